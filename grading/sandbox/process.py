"""Starts students' processes, with a fork server that this process keeps, and watches them."""

import contextlib
import functools
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict

import psutil

from grading.sandbox.requests import LookUp, RunCell
from grading.sandbox.session import Session
from grading.sandbox.wire import plain
from grading.sandbox.work import Work
from vaelib.checks.finding import Finding

LONGEST_TROUBLE = 200  # characters
# It follows this process from its first moment, and not only when it has imported everything.
FORK_SERVER = """
from grading.sandbox import jail
jail.end_with_parent()
from grading.sandbox import zygote
zygote.main()
"""
KEPT = ("PATH", "HOME", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")


class StudentProcess(Session):
    """A session that ends when the whole notebook's time is over or its memory is too large.

    Args:
        connection: a socket.
        keeper: the process id of the parent of all of the student's processes.
        work: a `Work`.
        deadline: of the whole notebook, on the monotonic clock.
    """

    def __init__(self, connection: socket.socket, keeper: int, work: Work, deadline: float) -> None:
        super().__init__(connection, work.seconds_a_step, self._look)
        self.keeper = keeper
        self.work = work
        self.deadline = deadline

    def run_cell(self, source: str) -> str:
        """Runs a cell, and returns the type and the start of the text of what it raised, or ''."""
        error = self.ask(RunCell(source)).get("raised")
        if error is None:
            return ""
        if not isinstance(error, dict):
            self.leave(Finding("", "nonsense"))
        return plain(f"{error.get('type')}: {error.get('text')}"[:LONGEST_TROUBLE])

    def look_up(self, name: str) -> list[object]:
        """What a name stands for: a list with it, or an empty one."""
        value = self.ask(LookUp(name)).get("value")
        if not isinstance(value, list):
            self.leave(Finding("", "nonsense"))
        return value

    def _look(self) -> Finding | None:
        if time.monotonic() > self.deadline:
            return Finding("", "notebook too long", text=f"{self.work.seconds:g} s")
        with contextlib.suppress(psutil.Error):
            members = psutil.Process(self.keeper).children(recursive=True)
            if sum(one.memory_info().rss for one in members) > self.work.limits.memory:
                limit = f"{self.work.limits.memory / 2**30:g} GiB"
                return Finding("", "too much memory", text=limit)
        return None


def demand_fork_server() -> None:
    """Starts this process's fork server, unless it is there.

    Raises:
        RuntimeError: it did not start.
    """
    _fork_server().demand()


def start(work: Work, deadline: float) -> StudentProcess:
    """Starts a student's process, and waits until it is ready.

    Raises:
        RuntimeError: it could not be started, which is no fault of the student's.
    """
    connection, keeper = _fork_server().child(work)
    process = StudentProcess(connection, keeper, work, deadline)
    process.hello()
    return process


@functools.cache
def _fork_server() -> "_ForkServer":
    return _ForkServer()


class _ForkServer:
    """This process's own `grading.sandbox.zygote`, started anew if it died."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def demand(self) -> None:
        """Starts it, unless it is there, and waits until it has imported everything."""
        if self.process is None or self.process.poll() is not None:
            self._start()
            if not self.control.recv(100):
                raise RuntimeError("the process that starts students' processes did not start")

    def child(self, work: Work) -> tuple[socket.socket, int]:
        """A connection to a new student's process, and the process id of its keeper."""
        self.demand()
        here, there = socket.socketpair()
        request = {
            "limits": asdict(work.limits),
            "isolated": work.isolated,
            "asked": list(work.checks),
        }
        with there:
            socket.send_fds(self.control, [json.dumps(request).encode()], [there.fileno()])
        return here, int(self.control.recv(100))

    def _start(self) -> None:
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self.process = subprocess.Popen(
                [sys.executable, "-c", FORK_SERVER, str(there.fileno()), "grading.sandbox.zygote"],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in KEPT if name in os.environ},
            )
