"""Keeps pages alive in pipes after their files and mappings are gone."""

import ctypes
import os

answer = []
libc = ctypes.CDLL(None, use_errno=True)
page = ctypes.create_string_buffer(4096)
read, write = os.pipe()
other = os.pipe()[1]
with open("file", "w+b", buffering=0) as file:
    file.write(bytes(4096))
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(page), 4096)
    calls_of_libc = {
        "vmsplice": lambda: libc.vmsplice(write, vector, ctypes.c_long(1), 0),
        "splice": lambda: libc.splice(file.fileno(), None, write, None, ctypes.c_long(4096), 0),
        "sendfile": lambda: libc.sendfile(write, file.fileno(), None, ctypes.c_long(4096)),
    }
    for name, call in calls_of_libc.items():
        file.seek(0)
        if call() >= 0:
            answer.append(name)
os.write(write, b"x")
if libc.tee(read, other, ctypes.c_long(1), 0) >= 0:
    answer.append("tee")
