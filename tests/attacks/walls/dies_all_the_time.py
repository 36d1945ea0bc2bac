"""Starts processes that die at once, again and again, while others take the memory."""

import os
import time

ENDS = "memory"

for _ in range(6):
    if os.fork() == 0:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                child = os.fork()
            except OSError:
                continue
            if child == 0:
                os._exit(0)
            os.waitpid(child, 0)
for _ in range(5):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1 << 20)) * 300
        time.sleep(1000 + len(kept))
time.sleep(20)
