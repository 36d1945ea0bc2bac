"""Makes the buffers of sockets and pipes larger than anybody counts."""

import fcntl
import os
import socket

answer = []
for option in (socket.SO_SNDBUF, socket.SO_RCVBUF, 32, 33):
    try:
        socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, option, 4 << 20)
        answer.append(option)
    except OSError:
        pass
try:
    fcntl.fcntl(os.pipe()[1], 1031, 1 << 20)
    answer.append("pipe")
except OSError:
    pass
