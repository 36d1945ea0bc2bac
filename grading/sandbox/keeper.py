"""The process outside of a jail: it watches the one inside, ends it, and tells how it ended.

What it tells goes through a pipe that the student's code does not have, so none of it is forged.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import socket
from collections.abc import Callable, Iterable
from typing import NoReturn

from grading.sandbox.memory import used
from grading.sandbox.work import Limits

TICK = 100  # ms between two looks at the memory
SOON = 20  # ms until the second look: who starts a program has its memory twice for a moment
PRIORITY = -10  # as of `nice`
PDEATHSIG = 1

# How a student's process ended.
HUNG_UP = "hung up"  # the grader or the student's code closed the connection
MEMORY = "memory"  # all its processes together used more than their limit
TIME = "time"  # it used more processor time than its limit
KILLED = "killed"  # by the system, or by a person, though no limit of its own was reached
BY_ITSELF = "by itself"

libc = ctypes.CDLL(None, use_errno=True)


def keep(
    inside: int,
    connection: socket.socket,
    report: int | None,
    limits: Limits,
    members: Callable[[], Iterable[str]],
    end: Callable[[], None],
    ran_out: Callable[[], bool] = lambda: False,
) -> NoReturn:
    """Waits for the end of the process inside, or brings it about; never returns.

    Args:
        inside: its process id; with it all others of a jail end.
        connection: its socket, which tells when the grader hangs up.
        report: where to write how it ended, or None.
        limits: `Limits`.
        members: gives the folders in /proc of all its processes.
        end: ends them.
        ran_out: tells whether its control group ended it for its memory.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    libc.prctl(PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with contextlib.suppress(PermissionError):  # so that many processes cannot hold it up
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    poll = select.poll()
    ended = os.pidfd_open(inside)
    poll.register(ended, select.POLLIN)
    poll.register(connection, select.POLLRDHUP | select.POLLHUP)
    how, over = "", False
    while not how:
        events = poll.poll(SOON if over else TICK)
        if any(file == ended for file, _ in events):
            break
        was_over, over = over, used(members()) > limits.memory
        if events:
            how = HUNG_UP
        elif over and was_over:
            how = MEMORY
    end()
    _, status = os.waitpid(inside, 0)
    if ran_out():
        how = MEMORY
    if report is not None:
        os.write(report, (how or _how(status, limits.seconds)).encode())
    os._exit(0)


def _how(status: int, seconds: int) -> str:
    """How a process ended by itself; inside a jail nothing but the system can kill the first one.

    Not even by its limit of processor time, lowered: the filter of system calls keeps it as it is.
    """
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        return BY_ITSELF
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return TIME if spent.ru_utime + spent.ru_stime >= seconds - 1 else KILLED
