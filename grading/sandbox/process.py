"""Starts students' processes, with a fork server that this process keeps, and watches them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import psutil

import grading
from grading.sandbox import library
from grading.sandbox.requests import LookUp, RunCell
from grading.sandbox.session import Session
from grading.sandbox.wire import plain
from grading.sandbox.work import Work
from vaelib.checks.finding import Finding
from vaelib.checks.known import ERRORS

ROOT = Path(grading.__path__[0]).parent
LONGEST_TROUBLE = 200  # characters
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

    def run_cell(self, source: str) -> tuple[str, str] | None:
        """Runs a cell, and returns what it raised, or None.

        Returns:
            The name of a type that everybody knows, and the true type with the start of the text.
        """
        error = self.ask(RunCell(source)).get("raised")
        if error is None:
            return None
        if not isinstance(error, dict):
            self.leave(Finding("", "nonsense"))
        kind, builtin = str(error.get("type")), str(error.get("builtin"))
        known = kind if kind in ERRORS else builtin if builtin in ERRORS else "Exception"
        return known, plain(f"{kind}: {error.get('text')}"[:LONGEST_TROUBLE])

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


def demand_fork_server(work: Work) -> None:
    """Starts this process's fork server for an assignment, unless it is there.

    Raises:
        RuntimeError: it did not start.
    """
    _fork_server(work).demand()


def start(work: Work, deadline: float) -> StudentProcess:
    """Starts a student's process, and waits until it is ready.

    Raises:
        RuntimeError: it could not be started, which is no fault of the student's.
    """
    connection, keeper = _fork_server(work).child(work)
    process = StudentProcess(connection, keeper, work, deadline)
    process.hello()
    return process


def _fork_server(work: Work) -> "_ForkServer":
    """That of an assignment; it takes the place of another one's, since each has TensorFlow."""
    asked = tuple(sorted(work.checks))
    if asked not in _FORK_SERVERS:
        for other in list(_FORK_SERVERS):
            _FORK_SERVERS.pop(other).end()
        _FORK_SERVERS[asked] = _ForkServer(asked)
    return _FORK_SERVERS[asked]


class _ForkServer:
    """This process's own `grading.sandbox.zygote`, started anew if it died.

    Args:
        asked: names of exercises, which the library lacks in all that it forks.
    """

    def __init__(self, asked: tuple[str, ...]) -> None:
        self.asked = asked
        self.process: subprocess.Popen[bytes] | None = None

    def demand(self) -> None:
        """Starts it, unless it is there, and waits until it has imported everything."""
        if self.process is None or self.process.poll() is not None:
            self._start()
            if not self.control.recv(100):
                raise RuntimeError("the process that starts students' processes did not start")

    def end(self) -> None:
        """Ends it."""
        if self.process is not None:
            self.control.close()
            self.process.wait()
            self.folder.cleanup()

    def child(self, work: Work) -> tuple[socket.socket, int]:
        """A connection to a new student's process, and the process id of its keeper."""
        self.demand()
        here, there = socket.socketpair()
        request = {"limits": asdict(work.limits), "isolated": work.isolated}
        with there:
            socket.send_fds(self.control, [json.dumps(request).encode()], [there.fileno()])
        return here, int(self.control.recv(100))

    def _start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="library-", ignore_cleanup_errors=True)
        library.build(self.asked, Path(self.folder.name))
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        paths = [self.folder.name, str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
        # With -P no module comes from the folder that this process happens to be in.
        program = ("-P", "-m", "grading.sandbox.zygote")
        folders = (str(library.original()), self.folder.name)
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self.process = subprocess.Popen(
                [sys.executable, *program, str(there.fileno()), *folders],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | {"PYTHONPATH": os.pathsep.join(paths)},
            )


_FORK_SERVERS: dict[tuple[str, ...], _ForkServer] = {}  # at most one
