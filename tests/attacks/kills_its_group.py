"""Kills all of its process group, to which the grader might belong."""

import os
import signal

SAYS = "ended its own process"


def double(x):
    if os.getpid() != 1:
        raise RuntimeError("BREACH: no process namespace")
    os.kill(0, signal.SIGKILL)
    os._exit(0)
