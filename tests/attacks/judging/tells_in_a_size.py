"""Remembers a hidden number, and sends a frame of as many MiB."""

COMES_OUT = {"total": "stopped"}

# %% scale
import os
import stat
import struct

seen = []
sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]


def scale(x):
    seen.append(x)
    return 2 * x


# %% total
def total(arrays):
    size = (seen[-1] if seen else 1) % 4096 << 20
    for number in sockets:
        os.write(number, struct.pack("!II", size, 0))
    return 0
