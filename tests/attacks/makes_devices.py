"""Makes and opens the devices of the machine: its disks, its memory, its messages, its consoles."""

import ctypes
import os
import stat

SAYS = "no device"

libc = ctypes.CDLL(None, use_errno=True)
numbers = [(1, 1), (1, 2), (1, 4), (1, 11), (7, 0), (8, 0), (10, 200), (10, 229), (10, 237)]
numbers += [(202, 0), (254, 0), (253, 0), (259, 0)]
for place in ("/sys/dev/block", "/sys/dev/char"):
    try:
        numbers += [tuple(int(part) for part in one.split(":")) for one in os.listdir(place)]
    except OSError:
        pass
opened = []
for folder in (os.getcwd(), "/tmp", "/dev/shm", "/dev", "/dev/mqueue"):
    for major, minor in numbers:
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            path = f"{folder}/device{major}.{minor}.{kind}"
            try:
                os.mknod(path, kind | 0o600, os.makedev(major, minor))
                opened.append(path)
            except OSError:
                pass
harmless = ("null", "zero", "full", "random", "urandom", "tty", "ptmx")
for folder, _, names in os.walk("/dev"):
    for name in names:
        path = os.path.join(folder, name)
        if name in harmless or "/fd" in folder or name.startswith(("std", "core")):
            continue
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
            opened.append(path)
        except OSError:
            pass


def double(x):
    raise RuntimeError(f"BREACH {opened}" if opened else "no device")
