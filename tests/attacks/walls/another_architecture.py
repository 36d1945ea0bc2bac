"""Calls the kernel as a program of 32 bits does, where numbers mean other calls."""

import ctypes
import mmap
import os
import signal

answer = []
if os.uname().machine == "x86_64":
    child = os.fork()
    if child == 0:
        code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
        code.write(bytes.fromhex("b814000000cd80c3"))  # getpid of 32 bits
        run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))
        run()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) not in (signal.SIGSYS, signal.SIGSEGV):
        answer.append(status)
