# N times one FWCTL_RPC of 16 bytes at scope 0, or FWCTL_INFO where the opcode is
# "info"; prints the nanoseconds of one, run by run. The python side of
# tests/kernel/bench.
# usage: rpc_loop.py DEVICE OPCODE CAPACITY N RUNS
import ctypes
import fcntl
import os
import struct
import sys
import time

path, opcode, capacity, n, runs = sys.argv[1:]
fd = os.open(path, os.O_RDWR)
capacity = int(capacity)
ioctl, addressof = fcntl.ioctl, ctypes.addressof
INFO, RPC = struct.Struct("<IIIIQ"), struct.Struct("<IIIIQQ")


def infos(n):
    for _ in range(n):
        data = ctypes.create_string_buffer(64)
        ioctl(fd, 0x9A00, bytearray(INFO.pack(24, 0, 0, 64, addressof(data))))


def rpcs(n):
    head = struct.pack(">H14x", int(opcode, 0))
    request = ctypes.create_string_buffer(head, 16)
    for _ in range(n):
        response = ctypes.create_string_buffer(capacity)
        ioctl(fd, 0x9A01, bytearray(RPC.pack(32, 0, 16, capacity,
                                             addressof(request),
                                             addressof(response))))
        if response[0] != b"\0":
            sys.exit("refused")


loop = infos if opcode == "info" else rpcs
for _ in range(int(runs)):
    start = time.perf_counter_ns()
    loop(int(n))
    print((time.perf_counter_ns() - start) / int(n))
