"""Fills page tables: reads addresses that all show one page of zeros, as many as there can be."""

import mmap
import re

answer = []
size, kept = 1 << 46, []
while size >= 1 << 27:
    try:
        kept.append(mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, 1))
    except (OSError, MemoryError):
        size >>= 1
for space in kept:
    for i in range(0, min(len(space), 1 << 36), 1 << 21):  # a table for each 2 MiB
        space[i]
tables = int(re.search(r"VmPTE:\s+(\d+) kB", open("/proc/self/status").read())[1]) << 10
if tables > 16 << 20:
    answer.append(tables)
