"""Signals its parent, its group, everybody and the first process; the answer is right."""

import os
import signal

COMES_OUT = {"double": 2}

if os.getpid() != 1:  # not in a jail: do no harm
    raise RuntimeError("BREACH: no process namespace")
for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
    for process in (os.getppid(), 1, -1, *range(2, 300)):
        try:
            os.kill(process, number)
        except OSError:
            pass
    try:
        os.killpg(os.getppid(), number)
    except OSError:
        pass


def double(x):
    return x + x
