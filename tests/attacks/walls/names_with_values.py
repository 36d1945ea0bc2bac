"""Hides memory in extended attributes of files, and in keys and queues of the kernel's."""

import ctypes
import os

answer = []
libc = ctypes.CDLL(None, use_errno=True)
open("file", "w").close()
try:
    os.setxattr("file", "user.x", bytes(1000))
    answer.append("attribute")
except OSError:
    pass
if libc.syscall(248 if os.uname().machine == "x86_64" else 217, b"user", b"x", b"y", 1, -2) >= 0:
    answer.append("key")
if libc.mq_open(b"/x", os.O_CREAT | os.O_RDWR, 0o600, None) >= 0:
    answer.append("queue")
