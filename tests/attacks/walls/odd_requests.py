"""Asks files, devices and itself for what only few may: typing for others, copies, being hidden."""

import ctypes
import fcntl

answer = []
libc = ctypes.CDLL(None, use_errno=True)
with open("file", "w+b") as file:
    for request in (0x5412, 0x541C, 0x40049409, 0x4020940D, 0xC0189436, 0x5402, 0x540E, 0x8946):
        try:
            fcntl.ioctl(file, request, bytes(64))
            answer.append(hex(request))
        except OSError:
            pass
    for command in (8, 10, 1024, 1026, 1033, 1036):
        try:
            fcntl.fcntl(file, command, 0)
            answer.append(command)
        except OSError:
            pass
for option in (1, 4, 8, 22, 24, 28, 29, 31, 33, 35, 36, 38, 41, 47, 53, 59, 62, 65, 0x59616D61):
    if libc.prctl(option, 0, 0, 0, 0) == 0:
        answer.append(f"prctl {option}")
