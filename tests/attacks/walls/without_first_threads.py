"""Takes memory in processes whose first thread has ended, so that they look dead."""

import ctypes
import os
import threading
import time

ENDS = "memory"

kept = []
leave = calls.ALLOWED["exit"][calls.ARCHITECTURES[os.uname().machine][1]]  # noqa: F821


def fill():
    time.sleep(0.2)
    kept.append(bytearray(os.urandom(1 << 20)) * 300)
    time.sleep(1000)


for _ in range(5):
    if os.fork() == 0:
        threading.Thread(target=fill).start()
        ctypes.CDLL(None).syscall(leave, 0)
time.sleep(20)
