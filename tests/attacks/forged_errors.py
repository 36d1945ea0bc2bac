"""Sends errors with giant names, of the types that end programs, with numbers for texts."""

import json
import os
import stat
import struct

COMES_OUT = {"double": 0}  # the others are asked in a process that it did not spoil

sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]
kinds = ["BaseException", "GeneratorExit", "KeyboardInterrupt", "__import__", "StopIteration"]


def double(x):
    for kind in kinds:
        said = {"type": "A" * 10**6, "builtin": kind, "text": [[1]], "stub": 7}
        said = {"is": "dict", "items": list(said.items())}
        text = json.dumps({"is": "dict", "items": [["raised", said]]}).encode()
        for number in sockets:
            os.write(number, struct.pack("!II", len(text), 0) + text)
    return 6
