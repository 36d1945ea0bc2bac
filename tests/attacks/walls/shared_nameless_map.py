"""Fills shared memory without a name, which no limit of a process counts."""

import mmap

answer = []
try:
    taken = mmap.mmap(-1, 64 << 20)
    taken.write(bytes(64 << 20))
    answer.append("shared memory")
except OSError:
    pass
