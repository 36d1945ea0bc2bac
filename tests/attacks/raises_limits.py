"""Lifts its limits."""

import os
import resource

SAYS = "nothing was lifted"

lifted = []
for name in ("RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_NOFILE"):
    kind = getattr(resource, name)
    for value in (resource.RLIM_INFINITY, resource.getrlimit(kind)[1] + 1):
        try:
            resource.setrlimit(kind, (value, value))
            lifted.append(name)
        except (OSError, ValueError):
            pass
try:
    os.setpriority(os.PRIO_PROCESS, 0, -10)
    lifted.append("priority")
except OSError:
    pass
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    lifted.append("scheduler")
except OSError:
    pass


def double(x):
    raise RuntimeError(f"BREACH {lifted}" if lifted else "nothing was lifted")
