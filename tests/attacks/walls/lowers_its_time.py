"""Lowers its limit of processor time, to be killed by the system before it used its own."""

import ctypes
import resource
import time

answer = []
for kind in range(16):
    try:
        resource.setrlimit(kind, (1, 1))
        answer.append(kind)
    except (OSError, ValueError):
        pass
if ctypes.CDLL(None).setrlimit(0, (ctypes.c_ulong * 2)(1, 1)) == 0:
    answer.append("setrlimit")
end = time.process_time() + 2
while time.process_time() < end:
    pass
