"""Takes huge pages, which count neither as data nor as resident."""

import mmap

answer = []
for size in (0, 21 << 26, 30 << 26):
    try:
        mmap.mmap(-1, 64 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000 | size)
        answer.append(size)
    except PermissionError:
        pass
