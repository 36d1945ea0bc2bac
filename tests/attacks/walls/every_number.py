"""Tries every system call that is not on the list, up to numbers that no kernel has yet."""

import ctypes
import errno
import os

answer = []
libc = ctypes.CDLL(None, use_errno=True)
column = calls.ARCHITECTURES[os.uname().machine][1]  # noqa: F821
allowed = {numbers[column] for numbers in calls.ALLOWED.values()}  # noqa: F821
probes = {335, 336}  # which kernels let pass every filter, and which end whoever calls them
for number in {*range(600), *range(1000, 100_000, 997), (1 << 30) - 1} - allowed - probes:
    ctypes.set_errno(0)
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(0)] * 6)
    if done != -1 or ctypes.get_errno() != errno.ENOSYS:
        answer.append(number)
