"""Tries every system call under its number of x32, listed or not."""

import ctypes
import errno

answer = []
libc = ctypes.CDLL(None, use_errno=True)
for number in range(600):
    ctypes.set_errno(0)
    done = libc.syscall(ctypes.c_long(0x40000000 + number), *[ctypes.c_long(0)] * 6)
    if done != -1 or ctypes.get_errno() != errno.ENOSYS:
        answer.append(number)
