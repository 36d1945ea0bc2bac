"""Sends arrays of shapes that cannot be, and of types that are no numbers."""

import json
import os
import stat
import struct

SAYS = "cannot be read"

sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]
array = {
    "is": "array",
    "dtype": "<f8",
    "shape": [0, 10**30],
    "scalar": False,
    "start": 0,
    "size": 0,
}
odd = {**array, "dtype": [["a", "O"]], "shape": [0]}


def double(x):
    text = json.dumps({"is": "dict", "items": [["value", [array, odd]]]}).encode()
    for number in sockets:
        os.write(number, struct.pack("!II", len(text), 0) + text)
    return 0
