"""Fills shared memory under the name of a device of zeros."""

import mmap
import os

answer = []
for name in ("/dev/zero", "/dev/shm/../zero", "/proc/1/root/dev/zero"):
    try:
        file = os.open(name, os.O_RDWR)
        mmap.mmap(file, 64 << 20).write(bytes(64 << 20))
        answer.append(name)
    except OSError:
        pass
