"""Takes memory in many children, each of which stays far below the limit."""

import os
import time

ENDS = "memory"

for _ in range(24):
    if os.fork() == 0:
        kept = bytearray(os.urandom(1 << 20)) * 60
        time.sleep(1000 + len(kept))
time.sleep(20)
