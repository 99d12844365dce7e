#!/usr/bin/env python3
"""Asks a fwctl device what it is and sends it one request.

    info_rpc.py /dev/fwctl/fwctl0 SCOPE REQUEST-HEX RESPONSE-LENGTH

Prints the device type and its data, then the errno or the response, in hex. It
is written by include/uapi/fwctl/fwctl.h alone and knows nothing of this
project: what it prints on a modelled device it prints on a real one.
"""
import ctypes
import fcntl
import os
import struct
import sys

FWCTL_INFO = 0x9A00
FWCTL_RPC = 0x9A01


def address(buffer):
    return ctypes.addressof(buffer)


def info(fd):
    data = ctypes.create_string_buffer(64)
    arg = bytearray(struct.pack("<IIIIQ", 24, 0, 0, 64, address(data)))
    fcntl.ioctl(fd, FWCTL_INFO, arg)
    _, _, kind, length, _ = struct.unpack("<IIIIQ", arg)
    return kind, data.raw[:length]


def rpc(fd, scope, request, room):
    request = ctypes.create_string_buffer(request, len(request))
    response = ctypes.create_string_buffer(room)
    arg = bytearray(struct.pack("<IIIIQQ", 32, scope, len(request), room,
                                address(request), address(response)))
    fcntl.ioctl(fd, FWCTL_RPC, arg)
    length = struct.unpack_from("<I", arg, 12)[0]
    return response.raw[:min(length, room)]


def main():
    path, scope, request, room = sys.argv[1:]
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        kind, data = info(fd)
        print("type", kind, "data", data.hex() or "-")
        try:
            response = rpc(fd, int(scope), bytes.fromhex(request), int(room))
            print("response", response.hex() or "-")
        except OSError as error:
            print("errno", error.errno)
    finally:
        os.close(fd)


main()
