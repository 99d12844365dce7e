#!/usr/bin/env python3
"""HWRM_VER_GET, in the shape of the example in the kernel's bnxt_fwctl.rst.

    hwrm_ver_get.py [/dev/fwctl/fwctlN]

Without a node it takes the first of type bnxt. Prints the capabilities that
FWCTL_INFO gives, then the answer's header and the versions in it. Written by
include/uapi/fwctl/{fwctl,bnxt}.h and include/linux/bnxt/hsi.h alone.
"""
import ctypes
import fcntl
import glob
import os
import sys

FWCTL_INFO = 0x9A00
FWCTL_RPC = 0x9A01
FWCTL_DEVICE_TYPE_BNXT = 3
FWCTL_RPC_DEBUG_READ_ONLY = 1
HWRM_VER_GET = 0
HWRM_VERSION = (1, 10, 3)
CAPABILITIES = ("inline", "query", "send", "DMA")


class Info(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("flags", ctypes.c_uint32),
                ("out_device_type", ctypes.c_uint32),
                ("device_data_len", ctypes.c_uint32),
                ("out_device_data", ctypes.c_uint64)]


class Rpc(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("scope", ctypes.c_uint32),
                ("in_len", ctypes.c_uint32), ("out_len", ctypes.c_uint32),
                ("in_", ctypes.c_uint64), ("out", ctypes.c_uint64)]


class VerGetInput(ctypes.LittleEndianStructure):
    _pack_ = 1
    _fields_ = [("req_type", ctypes.c_uint16), ("cmpl_ring", ctypes.c_uint16),
                ("seq_id", ctypes.c_uint16), ("target_id", ctypes.c_uint16),
                ("resp_addr", ctypes.c_uint64),
                ("hwrm_intf", ctypes.c_uint8 * 3),
                ("unused", ctypes.c_uint8 * 5)]


class VerGetOutput(ctypes.LittleEndianStructure):
    _pack_ = 1
    _fields_ = [("error_code", ctypes.c_uint16), ("req_type", ctypes.c_uint16),
                ("seq_id", ctypes.c_uint16), ("resp_len", ctypes.c_uint16),
                ("hwrm_intf", ctypes.c_uint8 * 4),
                ("hwrm_fw", ctypes.c_uint8 * 4),
                ("mgmt_fw", ctypes.c_uint8 * 4),
                ("netctrl_fw", ctypes.c_uint8 * 4),
                ("rest", ctypes.c_uint8 * 152)]


def info(fd):
    caps = ctypes.c_uint32()
    arg = Info(size=ctypes.sizeof(Info), device_data_len=ctypes.sizeof(caps),
               out_device_data=ctypes.addressof(caps))
    fcntl.ioctl(fd, FWCTL_INFO, arg)
    return arg.out_device_type, caps.value


def first():
    def number(path):
        return int(path.rsplit("fwctl", 1)[1])

    for path in sorted(glob.glob("/dev/fwctl/fwctl*"), key=number):
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        if info(fd)[0] == FWCTL_DEVICE_TYPE_BNXT:
            return fd
        os.close(fd)
    sys.exit("no bnxt device")


def dotted(version):
    return ".".join(str(part) for part in version)


def main():
    fd = os.open(sys.argv[1], os.O_RDWR) if len(sys.argv) > 1 else first()
    kind, caps = info(fd)
    if kind != FWCTL_DEVICE_TYPE_BNXT:
        sys.exit(f"the device's type is {kind}, not bnxt")
    names = [name for bit, name in enumerate(CAPABILITIES) if caps >> bit & 1]
    print(f"a bnxt device, uctx_caps 0x{caps:x}: {', '.join(names)}")

    request = VerGetInput(req_type=HWRM_VER_GET, cmpl_ring=0xFFFF,
                          target_id=0xFFFF)
    request.hwrm_intf[:] = HWRM_VERSION
    answer = VerGetOutput()
    arg = Rpc(size=ctypes.sizeof(Rpc), scope=FWCTL_RPC_DEBUG_READ_ONLY,
              in_len=ctypes.sizeof(request), out_len=ctypes.sizeof(answer),
              in_=ctypes.addressof(request), out=ctypes.addressof(answer))
    fcntl.ioctl(fd, FWCTL_RPC, arg)
    print(f"HWRM_VER_GET answered {arg.out_len} bytes: error_code "
          f"{answer.error_code}, req_type {answer.req_type}, resp_len "
          f"{answer.resp_len}")
    print(f"interface {dotted(answer.hwrm_intf[:3])}, firmware "
          f"{dotted(answer.hwrm_fw[:3])}, management "
          f"{dotted(answer.mgmt_fw[:3])}")
    os.close(fd)
    sys.exit(0 if answer.error_code == 0 and
             answer.req_type == HWRM_VER_GET else 1)


main()
