"""Sends to every listener on this machine, and to everything that is no part of a network."""

import contextlib
import socket

SAYS = "nothing was sent"

sent = []
for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "@ADDRESS@"):
    with contextlib.suppress(OSError):
        socket.create_connection((host, int("@TCP@")), 1).send(b"owned")
        sent.append(host)
with contextlib.suppress(OSError):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.sendto(b"owned", ("127.0.0.1", int("@UDP@")))
    sent.append("udp")
with contextlib.suppress(OSError):
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    line.sendto(b"owned", ("255.255.255.255", int("@UDP@")))
    sent.append("broadcast")
for address in ("@SOCKET@", "\0@ABSTRACT@"):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with contextlib.suppress(OSError):
            line = socket.socket(socket.AF_UNIX, kind)
            line.connect(address)
            line.send(b"owned")
            sent.append(address)
with contextlib.suppress(OSError):
    socket.getaddrinfo("example.org", 80)
    sent.append("name")
for family in (socket.AF_VSOCK, socket.AF_PACKET, socket.AF_ALG, socket.AF_CAN):
    with contextlib.suppress(OSError):
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_CAN else socket.SOCK_STREAM)
        sent.append(family)
with contextlib.suppress(OSError):
    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sent.append("raw")


def double(x):
    raise RuntimeError(f"BREACH {sent}" if sent else "nothing was sent")
