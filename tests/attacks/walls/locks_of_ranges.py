"""Locks every second byte of a file: each lock is memory of the kernel's that nobody counts."""

import fcntl
import struct

answer = []
with open("file", "wb") as file:
    file.write(bytes(1000))
    for command in (fcntl.F_SETLK, fcntl.F_SETLKW, 37, 38):
        try:
            lock = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 2, 1, 0)
            fcntl.fcntl(file, command, lock)
            answer.append(command)
        except OSError:
            pass
