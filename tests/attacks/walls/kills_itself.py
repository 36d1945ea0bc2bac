"""Kills itself as the system does when memory runs out, to be judged again and again."""

import ctypes
import os
import signal

answer = []
libc = ctypes.CDLL(None, use_errno=True)
for pid in (os.getpid(), 0, 1):
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:
        pass
signal.raise_signal(signal.SIGSTOP)
if os.fork() == 0:
    os.kill(1, signal.SIGKILL)
    os._exit(0)
clone = calls.ALLOWED["clone"][calls.ARCHITECTURES[os.uname().machine][1]]  # noqa: F821
if libc.syscall(clone, int(signal.SIGKILL), 0, 0, 0, 0) == 0:  # whose end sends that signal
    os._exit(0)
