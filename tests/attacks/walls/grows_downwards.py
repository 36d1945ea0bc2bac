"""Takes memory that calls itself a stack, which the limit on data does not count."""

import mmap
import time

ENDS = "memory"

kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100
kept = [mmap.mmap(-1, 512 << 20, kind) for _ in range(4)]
for one in kept:
    one.write(b"x" * (512 << 20))
time.sleep(20)
