# N times one ioctl; prints the nanoseconds of one. The python side of ioctl_bench.ts.
# usage: ioctl_loop.py DEVICE COMMAND N
import fcntl
import os
import sys
import time

fd = os.open(sys.argv[1], os.O_RDWR)
command, n, arg = int(sys.argv[2], 0), int(sys.argv[3]), bytearray(64)


def loop(n):
    ioctl = fcntl.ioctl
    for _ in range(n):
        try:
            ioctl(fd, command, arg)
        except OSError:
            pass


start = time.perf_counter_ns()
loop(n)
print((time.perf_counter_ns() - start) / n)
