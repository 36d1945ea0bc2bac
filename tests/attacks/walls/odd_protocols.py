"""Opens sockets of protocols that load parts of the kernel which nobody needs."""

import socket

answer = []
for family in range(60):
    for kind in (1, 2, 3, 4, 5, 6):
        for protocol in (2, 33, 132, 136, 255, 262, 9, 12, 15, 16, 21):
            try:
                socket.socket(family, kind, protocol)
                answer.append((family, kind, protocol))
            except OSError:
                pass
