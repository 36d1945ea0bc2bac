"""Locks memory, so that the machine could not even swap it."""

import ctypes
import mmap

answer = []
libc = ctypes.CDLL(None, use_errno=True)
space = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
address = ctypes.addressof(ctypes.c_char.from_buffer(space))
if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(1 << 20)) == 0:
    answer.append("mlock")
if libc.mlockall(3) == 0:
    answer.append("mlockall")
try:
    mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x2000)
    answer.append("MAP_LOCKED")
except OSError:
    pass
