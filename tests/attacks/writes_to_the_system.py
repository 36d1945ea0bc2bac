"""Writes to the system's switches, to Python, to the library and to what others read."""

import contextlib
import os
import sys

import numpy

import vaelib

SAYS = "nothing was written"

places = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/1/oom_score_adj"]
places += ["/proc/self/oom_score_adj", "/proc/sys/kernel/hostname", "/etc/ld.so.preload"]
places += ["/proc/self/uid_map", "/proc/self/setgroups", "/sys/devices/system/cpu/cpu1/online"]
places += [sys.executable, numpy.__file__, vaelib.__file__, vaelib.losses.__file__]
places += [f"{sys.prefix}/new", f"{os.path.dirname(numpy.__file__)}/new.py", "/usr/bin/new", "/new"]
places += ["@CANARY@", "@KEY@", "@SOLUTION@", "@GRADEBOOK@", "@NEIGHBOUR@", "/lib/new", "/dev/new"]
written = []
for path in places:
    for flags in (os.O_WRONLY, os.O_WRONLY | os.O_CREAT, os.O_RDWR | os.O_TRUNC):
        with contextlib.suppress(OSError):
            os.close(os.open(path, flags))
            written.append(path)
    with contextlib.suppress(OSError):
        os.chmod(path, 0o777)
        written.append(path)
    with contextlib.suppress(OSError):
        os.rename(path, path + ".old")
        written.append(path)


def double(x):
    raise RuntimeError(f"BREACH {written}" if written else "nothing was written")
