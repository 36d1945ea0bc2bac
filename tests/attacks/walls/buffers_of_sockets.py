"""Fills the buffers of sockets, which are memory of no process, in many processes."""

import os
import socket
import time

ENDS = "memory"

for _ in range(24):
    if os.fork() == 0:
        kept = []
        try:
            while True:
                kept.append(socket.socketpair())
                for one in kept[-1]:
                    one.setblocking(False)
                    try:
                        while True:
                            one.send(bytes(1 << 16))
                    except BlockingIOError:
                        pass
        except OSError:
            time.sleep(1000)
time.sleep(20)
