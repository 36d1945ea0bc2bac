"""Starts students' processes, with a fork server that this process keeps, and watches them."""

import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import grading
from grading.sandbox import container, keeper, library
from grading.sandbox.requests import LookUp, RunCell
from grading.sandbox.session import ENDED, Session
from grading.sandbox.wire import plain
from grading.sandbox.work import CONTAINER, OWN, KilledError, Work
from vaelib.checks.finding import Finding
from vaelib.checks.known import ERRORS

ROOT = Path(grading.__path__[0]).parent
LONGEST_TROUBLE = 200  # characters
LAST_WORDS = 10.0  # s that a keeper has to say how a process ended
# It follows this process from its first moment, and not only when it has imported everything.
FORK_SERVER = """
from grading.sandbox import jail
jail.end_with_parent()
from grading.sandbox import zygote
zygote.main()
"""
KEPT = ("PATH", "HOME", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")


class StudentProcess(Session):
    """A session that ends when the whole notebook's time is over, and knows why a process ended.

    Args:
        connection: a socket.
        report: where the keeper writes how the process ended; see `grading.sandbox.keeper`.
        work: a `Work`.
        deadline: of the whole notebook, on the monotonic clock.
    """

    def __init__(self, connection: socket.socket, report: int, work: Work, deadline: float) -> None:
        super().__init__(connection, work.seconds_a_step, self._look)
        self.report = os.fdopen(report, "rb", buffering=0)
        self.work = work
        self.deadline = deadline
        self.killed = False

    def leave(self, finding: Finding) -> NoReturn:
        """Hangs up; see `Session.leave`. What the keeper has said comes before what was seen here.

        A container whose memory ran out may take longer to end than an answer may take.
        """
        told, _, _ = select.select([self.report], [], [], 0)
        cause = self._cause() if told or finding == ENDED else ENDED
        super().leave(finding if cause == ENDED else cause)

    def close(self) -> None:
        """Hangs up, if that has not been done.

        Raises:
            KilledError: the process was ended from outside, so nothing that it said counts.
        """
        self.connection.close()
        self.report.close()
        if self.killed:
            raise KilledError("the system ended the student's process, as when memory runs out")

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
        return None

    def _cause(self) -> Finding:
        """Why the process ended, as its keeper says; a keeper without a word was killed, too."""
        limits = self.work.limits
        waiting, _, _ = select.select([self.report], [], [], LAST_WORDS)
        match self.report.read(100).decode() if waiting else keeper.HUNG_UP:
            case keeper.MEMORY:
                return Finding("", "too much memory", text=f"{limits.memory / 2**30:g} GiB")
            case keeper.TIME:
                text = f"{limits.seconds:g} s of processor time"
                return Finding("", "notebook too long", text=text)
            case keeper.KILLED | "":
                self.killed = True
        return ENDED


def start(work: Work, deadline: float) -> StudentProcess:
    """Starts a student's process, and waits until it is ready.

    Raises:
        RuntimeError: it could not be started, which is no fault of the student's.
        KilledError: it was ended from outside.
    """
    began = time.monotonic()
    child = container.child if work.jail == CONTAINER else _fork_server(work).child
    connection, report = child(work)
    deadline += time.monotonic() - began  # a start is not on the student's time
    process = StudentProcess(connection, report, work, deadline)
    try:
        process.hello()
    except RuntimeError:
        process.close()
        raise
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
        """A connection to a new student's process, and a pipe from its keeper."""
        self.demand()
        here, there = socket.socketpair()
        report, keepers = os.pipe()
        request = {
            "limits": asdict(work.limits),
            "course": work.course,
            "isolated": work.jail == OWN,
        }
        with there:
            files = [there.fileno(), keepers]
            socket.send_fds(self.control, [json.dumps(request).encode()], files)
        os.close(keepers)
        return here, report

    def _start(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="library-", ignore_cleanup_errors=True)
        library.build(self.asked, Path(self.folder.name))
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        paths = [self.folder.name, str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
        # With -P no module comes from the folder that this process happens to be in.
        program = ("-P", "-c", FORK_SERVER)
        folders = (str(library.original()), self.folder.name)
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with there:
            self.process = subprocess.Popen(
                [sys.executable, *program, str(there.fileno()), *folders, "grading.sandbox.zygote"],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | {"PYTHONPATH": os.pathsep.join(paths)},
            )


_FORK_SERVERS: dict[tuple[str, ...], _ForkServer] = {}  # at most one
