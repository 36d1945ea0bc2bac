"""Answers with millions of empty lists, which are small on their way and large behind it."""

COMES_OUT = {"total": "stopped"}

# %% total
import os
import socket
import stat
import struct

sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]


def total(arrays):
    text = b'{"is":"dict","items":[["value",[' + b",".join([b"[]"] * 2_700_000) + b"]]]}"
    for number in sockets:
        line = socket.socket(fileno=number)
        line.setblocking(True)
        line.sendall(struct.pack("!II", len(text), 0) + text)
    return 0
