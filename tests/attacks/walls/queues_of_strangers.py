"""Fills the queue of one socket from many that are closed again: datagrams, and who waits in line."""

import socket

answer = []
for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    for make in (lambda: socket.socket(socket.AF_UNIX, kind), lambda: socket.socketpair(type=kind)):  # noqa: B023
        try:
            make()
            answer.append(str(kind))
        except OSError:
            pass
with socket.socket(socket.AF_UNIX) as line:
    try:
        line.bind("\0line")
        line.listen(4096)
        answer.append("listens")
    except OSError:
        pass
with socket.socket(socket.AF_INET6) as line:
    try:
        line.bind(("::", 0))
        line.listen(4096)
        answer.append("listens")
    except OSError:
        pass
