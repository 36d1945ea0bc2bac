"""Attaches to other processes, and reads and writes their memory."""

import ctypes
import os

SAYS = "none was reached"

libc = ctypes.CDLL(None, use_errno=True)
reached = []
own = os.listdir("/proc/self/task")  # a thread's number leads to the memory of its own process
for process in range(300):
    if str(process) not in own:
        if libc.ptrace(0x4206, process, 0, 0) == 0 or libc.ptrace(16, process, 0, 0) == 0:
            reached.append(process)
        try:
            reached.append(open(f"/proc/{process}/mem", "rb"))
        except OSError:
            pass
if libc.ptrace(0, 0, 0, 0) == 0:
    reached.append("traceme")


def double(x):
    raise RuntimeError(f"BREACH {reached}" if reached else "none was reached")
