"""Takes memory as private copies of the pages of a file, in many processes."""

import mmap
import os
import time

ENDS = "memory"

with open("file", "wb") as file:
    file.write(bytes(7 << 20))
for _ in range(24):
    if os.fork() == 0:
        kept = []
        with open("file", "rb") as file:
            for _ in range(9):
                kept.append(mmap.mmap(file.fileno(), 7 << 20, mmap.MAP_PRIVATE))
                kept[-1].write(b"x" * (7 << 20))
        time.sleep(1000)
time.sleep(20)
