"""Reaches the verdicts on one submission: here are the tests, in another process is the student.

This process holds the checks with their hidden parts and never runs a student's code. It has that
done in a jail, and gets values back.
"""

import contextlib
import functools
import io
import json
import os
import socket
import subprocess
import sys
import time
import warnings
from dataclasses import asdict

import psutil

from grading.standin import Session, StudentGoneError
from grading.work import BROKEN, FAILED, PASSED, STOPPED, Verdict

MOST_STARTS = 25  # of a student's process for one submission


def judge(work):
    """Judges a submission.

    Args:
        work: a `Work`.

    Returns:
        verdicts: dict from exercise to `Verdict`.
        troubles: what went wrong in cells, in words, for the report.
    """
    hearing = _Hearing(work)
    verdicts = hearing.run(list(work.checks), whole=False)
    # What was left out as not needed was needed after all, if a name is missing.
    again = [name for name, one in verdicts.items() if "NameError" in one.message]
    again += [name for name in hearing.unknown if name not in again]
    if again and not all(cell.needed for cell in work.cells):
        verdicts |= hearing.run(again, whole=True)
    return verdicts, hearing.troubles


def run_check(source, exercise, value):
    """Runs a check cell, hidden part included, on one answer.

    Args:
        source: the text of the cell.
        exercise: the name that it uses.
        value: what that name stands for.

    Returns:
        outcome: PASSED, FAILED, or BROKEN, the last if anything but AssertionError escaped.
        message: that of the error, or ''.
    """
    namespace = {"__name__": "check", exercise: value}
    code = compile(source, f"<check of {exercise}>", "exec", dont_inherit=True)
    silence = io.StringIO()
    with (
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(action="ignore"),
    ):
        try:
            exec(code, namespace)
        except AssertionError as error:
            return FAILED, str(error)
        except (Exception, SystemExit) as error:
            return BROKEN, f"{type(error).__name__}: {error}"
    return PASSED, ""


class _Hearing:
    """The student's processes for one submission, one after the other."""

    def __init__(self, work):
        self.work = work
        self.deadline = time.monotonic() + work.seconds
        self.starts = 0
        self.stopping = set()  # places of cells that ended a process
        self.troubles = []
        self.unknown = []

    def run(self, exercises, whole):
        """Verdicts on some exercises, after the needed cells or the whole notebook was run."""
        verdicts, session, found = {}, None, {}
        self.unknown = []
        try:
            for exercise in exercises:
                if session is None or session.gone:
                    session, found = self._start(whole)
                verdicts[exercise] = self._check(exercise, session, found)
        except TimeoutError as error:
            for exercise in exercises:
                verdicts.setdefault(exercise, Verdict(STOPPED, f"{exercise}: {error}"))
        if session:
            session.connection.close()
        return verdicts

    def _start(self, whole):
        """A process in which the cells were run, and what stood at the place of each check."""
        while True:
            self._demand_time()
            self.starts += 1
            session = _student(self.work)
            cells = [
                cell
                for cell in self.work.cells
                if (cell.check or cell.needed or whole) and cell.place not in self.stopping
            ]
            place, found = None, {}
            try:
                session.hello()
                for name, content in self.work.files.items():
                    session.value("file", name=name, content=content)
                for cell in cells:
                    place = cell.place
                    if cell.check:
                        found[cell.check] = session.value("look_up", name=cell.check)
                    else:
                        self._run(cell, session)
                place = None
                for exercise, value in found.items():
                    if not value:  # defined further down, or nowhere
                        found[exercise] = session.value("look_up", name=exercise)
            except StudentGoneError as error:
                if place is None:
                    raise TimeoutError(f"no verdict: your code {error}.") from None
                self.stopping.add(place)
                self._note(f"cell {place} {error}; it was left out")
            else:
                return session, found

    def _run(self, cell, session):
        self._demand_time()
        reply = session.ask("cell", source=cell.source)
        if "raised" in reply:
            error = reply["raised"]
            self._note(f"cell {cell.place} raised {error['type']}: {error['text'][:200]}")

    def _check(self, exercise, session, found):
        if not found.get(exercise):
            self.unknown.append(exercise)
            message = f"{exercise}: nothing of this name is defined. Does its cell run?"
            return Verdict(FAILED, message)
        self._demand_time()
        try:
            outcome, message = run_check(self.work.checks[exercise], exercise, found[exercise][0])
        except StudentGoneError:
            outcome, message = STOPPED, ""
        if session.gone:
            return Verdict(STOPPED, f"{exercise}: no verdict: your code {session.gone}.")
        if outcome == BROKEN:
            message = f"{exercise}: the check cannot deal with what your code gave: {message}"
        return Verdict(outcome, message)

    def _note(self, trouble):
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _demand_time(self):
        if time.monotonic() > self.deadline:
            raise TimeoutError(f"no verdict: the whole notebook took over {self.work.seconds:g} s.")
        if self.starts >= MOST_STARTS:
            raise TimeoutError(f"no verdict: your code was started {MOST_STARTS} times.")


def _student(work):
    """A `Session` with a fresh process."""
    connection, pid = _zygote().child(work)

    def watch():
        with contextlib.suppress(psutil.Error):
            members = psutil.Process(pid).children(recursive=True)
            if sum(one.memory_info().rss for one in members) > work.limits.memory:
                return f"used more than {work.limits.memory / 2**30:g} GiB of memory"
        return ""

    return Session(connection, work.seconds_a_step, watch)


@functools.cache
def _zygote():
    return _Zygote()


class _Zygote:
    """This process's own fork server (see `grading.zygote`), started anew if it died."""

    def __init__(self):
        self.process = None

    def child(self, work):
        """A connection to a new student's process, and the process id of its keeper."""
        if self.process is None or self.process.poll() is not None:
            self._start()
        here, there = socket.socketpair()
        request = {
            "limits": asdict(work.limits),
            "isolated": work.isolated,
            "asked": list(work.checks),
        }
        with there:
            socket.send_fds(self.control, [json.dumps(request).encode()], [there.fileno()])
        return here, int(self.control.recv(100))

    def _start(self):
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = ("PATH", "HOME", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")
        with there:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grading.zygote", str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in kept if name in os.environ},
            )
