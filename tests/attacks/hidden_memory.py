"""Takes memory that counts for no process: nameless files, shared segments, new file systems."""

import ctypes
import os

SAYS = "took nothing"

libc = ctypes.CDLL(None, use_errno=True)
taken = []
try:
    taken.append(os.memfd_create("store"))
except OSError:
    pass
taken += [number for number in [libc.shmget(0, 1 << 30, 0o1600)] if number >= 0]
taken += [number for number in [libc.msgget(0, 0o1600)] if number >= 0]
if libc.unshare(0x10020000) == 0:
    taken.append("unshare")
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"size=100g") == 0:
        taken.append("tmpfs")


def double(x):
    raise RuntimeError(f"BREACH {taken}" if taken else "took nothing")
