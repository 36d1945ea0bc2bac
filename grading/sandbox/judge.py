"""Reaches the verdicts on one submission: here are the tests, in another process is the student.

This process holds the checks with their hidden parts and never runs a student's code. It has that
done in a jail, and gets values back.
"""

import contextlib
import functools
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import warnings
from dataclasses import asdict

import psutil

import vaelib  # noqa: F401 - before Keras: it keeps TensorFlow's messages away
from grading.sandbox.standin import Session, StudentGoneError
from grading.sandbox.wire import plain
from grading.sandbox.work import BROKEN, FAILED, PASSED, STOPPED, Verdict

MOST_STARTS = 25  # of a student's process for one submission
LONGEST_TROUBLE = 200  # characters
LONGEST_LINE = 40  # characters of it
MOST_TOLD = 3  # troubles in a message
INPUT = re.compile(r"\(<ipython-input-[^>]{0,50}>, ")  # in the text of a SyntaxError
NONSENSE = "gave back what cannot be read"


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
        message: that of the error, plain and not empty, or '' if it was passed.
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
            return FAILED, plain(str(error)) or f"{exercise}: the check failed."
        except (Exception, SystemExit) as error:
            return BROKEN, plain(f"{type(error).__name__}: {error}")
    return PASSED, ""


class _Hearing:
    """The student's processes for one submission, one after the other."""

    def __init__(self, work):
        self.work = work
        _zygote().demand()  # its start is not on the student's time
        self.deadline = time.monotonic() + work.seconds
        self.starts = 0
        self.stopping = set()  # places of cells that ended a process
        self.troubles = []
        self.unknown = []  # exercises whose name stands for nothing

    def run(self, exercises, whole):
        """Verdicts on some exercises, while the needed cells or the whole notebook are run.

        A check is run at its place, as in Jupyter, and once more at the end, if it was not passed:
        what it needs may stand further down.
        """
        verdicts, self.unknown = {}, []
        cells = [cell for cell in self.work.cells if cell.check or cell.needed or whole]
        try:
            while not self._go_through(cells, exercises, verdicts):
                pass
        except TimeoutError as error:
            for exercise in exercises:
                verdicts.setdefault(exercise, Verdict(STOPPED, f"{exercise}: {error}"))
        return verdicts

    def _go_through(self, cells, exercises, verdicts):
        """Fills in verdicts; False if the process ended on the way and another one has to go on."""
        self._demand_time()
        self.starts += 1
        session = _student(self.work, self.deadline)
        cell, late = None, []
        with contextlib.closing(session.connection):
            try:
                for name, content in self.work.files.items():
                    session.value("file", name=name, content=content)
                for cell in cells:
                    if not cell.check and cell.place not in self.stopping:
                        self._run(cell, session)
                    elif cell.check in exercises and not _is_final(verdicts.get(cell.check)):
                        verdict = self._check(cell.check, session)
                        if _is_final(verdict) or cell.check not in verdicts:
                            verdicts[cell.check] = verdict
                        late += [cell.check] * (not _is_final(verdict))
                    if session.gone:
                        return False
                for exercise in late:
                    verdict = self._check(exercise, session)
                    if _is_final(verdict) or exercise in self.unknown:
                        verdicts[exercise] = verdict
                    if session.gone:
                        return False
            except StudentGoneError as error:
                if cell is None or cell.place in self.stopping:
                    raise TimeoutError(f"no verdict: your code {error}.") from None
                self.stopping.add(cell.place)
                self._note(f"{_called(cell)} {error}; it was left out")
                return False
        return True

    def _run(self, cell, session):
        self._demand_time()
        if error := session.run_cell(cell.source):
            error = INPUT.sub("(", error)
            self._note(f"{_called(cell)} raised {error}")

    def _check(self, exercise, session):
        self._demand_time()
        found = session.look_up(exercise)
        if not found:
            self.unknown += [exercise] * (exercise not in self.unknown)
            message = f"{exercise}: nothing of this name is defined. Does its cell run?"
            if self.troubles:
                message += f" In your notebook {'; '.join(self.troubles[:MOST_TOLD])}."
            return Verdict(FAILED, plain(message))
        self.unknown = [name for name in self.unknown if name != exercise]
        try:
            outcome, message = run_check(self.work.checks[exercise], exercise, found[0])
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


class _Watched(Session):
    """A session that ends when the whole notebook's time is over or its memory is too large."""

    def __init__(self, connection, keeper, work, deadline):
        super().__init__(connection, work.seconds_a_step, self._look)
        self.keeper = keeper
        self.work = work
        self.deadline = deadline

    def run_cell(self, source):
        """Runs a cell, and returns the type and the start of the text of what it raised, or ''."""
        error = self.ask("cell", source=source).get("raised")
        if error is None:
            return ""
        if not isinstance(error, dict):
            self._leave(NONSENSE)
        return plain(f"{error.get('type')}: {error.get('text')}"[:LONGEST_TROUBLE])

    def look_up(self, name):
        """What a name stands for: a list with it, or an empty one."""
        value = self.ask("look_up", name=name).get("value")
        if not isinstance(value, list):
            self._leave(NONSENSE)
        return value

    def _look(self):
        if time.monotonic() > self.deadline:
            return f"took over {self.work.seconds:g} s for the whole notebook"
        with contextlib.suppress(psutil.Error):
            members = psutil.Process(self.keeper).children(recursive=True)
            if sum(one.memory_info().rss for one in members) > self.work.limits.memory:
                return f"used more than {self.work.limits.memory / 2**30:g} GiB of memory"
        return ""


def _called(cell):
    """What people know a cell by: its number, and how it begins."""
    lines = [one.strip() for one in cell.source.splitlines()]
    begins = next((one for one in lines if one and not one.startswith("#")), "")
    return f"cell {cell.place} (`{plain(begins)[:LONGEST_LINE]}`)"


def _is_final(verdict):
    """Whether nothing that comes later in the notebook can change it."""
    return verdict is not None and verdict.outcome in (PASSED, STOPPED)


def _student(work, deadline):
    """A session with a fresh process that is ready.

    Raises:
        RuntimeError: it could not be started, which is no fault of the student's.
    """
    connection, pid = _zygote().child(work)
    session = _Watched(connection, pid, work, deadline)
    try:
        session.hello()
    except StudentGoneError as error:
        raise RuntimeError(f"a student's process {error}") from None
    return session


@functools.cache
def _zygote():
    return _Zygote()


class _Zygote:
    """This process's own fork server (see `grading.sandbox.zygote`), started anew if it died."""

    def __init__(self):
        self.process = None

    def demand(self):
        """Starts it, unless it is there, and waits until it has imported everything."""
        if self.process is None or self.process.poll() is not None:
            self._start()
            if not self.control.recv(100):
                raise RuntimeError("the process that starts students' processes did not start")

    def child(self, work):
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

    def _start(self):
        self.control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = ("PATH", "HOME", "PYTHONPATH", "MPLCONFIGDIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH")
        with there:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grading.sandbox.zygote", str(there.fileno())],
                pass_fds=[there.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in kept if name in os.environ},
            )
