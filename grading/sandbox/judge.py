"""Reaches the verdicts on one submission: here are the tests, in another process is the student.

This process holds the checks with their hidden parts and never runs a student's code. It has that
done in a jail, and gets values back.
"""

import contextlib
import io
import re
import time
import warnings
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

import vaelib  # noqa: F401 - before Keras: it keeps TensorFlow's messages away
from grading.sandbox.process import StudentProcess, start
from grading.sandbox.requests import WriteFile
from grading.sandbox.session import ENDED, StudentGoneError
from grading.sandbox.wire import plain
from grading.sandbox.work import BROKEN, FAILED, PASSED, STOPPED, Cell, Verdict, Work
from vaelib.checks import CheckFailed
from vaelib.checks.causes import missing_name
from vaelib.checks.finding import Finding
from vaelib.checks.messages import message

MOST_STARTS = 25  # of a student's process for one submission
LONGEST_LINE = 40  # characters of a cell in a trouble
MOST_TOLD = 3  # troubles in a message
INPUT = re.compile(r"\(<ipython-input-[^>]{0,50}>, ")  # in the text of a SyntaxError


def judge(work: Work) -> tuple[dict[str, Verdict], list[str]]:
    """Judges a submission.

    Args:
        work: a `Work`.

    Returns:
        verdicts: dict from exercise to `Verdict`.
        troubles: what went wrong in cells, in words, for the report.

    Raises:
        KilledError: a process of the student's was ended from outside, so nothing is decided.
    """
    hearing = _Hearing(work)
    verdicts = hearing.run(list(work.checks), whole=False)
    # What was left out as not needed was needed after all, if a name is missing.
    again = [name for name in hearing.lacking if not _is_final(verdicts.get(name))]
    if again and not all(cell.needed for cell in work.cells):
        verdicts |= hearing.run(again, whole=True)
    return verdicts, hearing.troubles


def run_check(source: str, exercise: str, value: object) -> Verdict:
    """Runs a check cell, hidden part included, on one answer.

    Args:
        source: the text of the cell.
        exercise: the name that it uses.
        value: what that name stands for.

    Returns:
        A `Verdict`: PASSED, FAILED, or BROKEN, the last if anything but AssertionError escaped.
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
        except CheckFailed as error:
            return _verdict(FAILED, error.finding)
        except AssertionError as error:
            missing = missing_name(error)
            said = Finding(exercise, "check failed", missing=missing, text=str(error))
            return _verdict(FAILED, said)
        except (Exception, SystemExit) as error:
            kind, missing = type(error).__name__, missing_name(error)
            said = Finding(exercise, "check broken", error=kind, missing=missing, text=str(error))
            return _verdict(BROKEN, said)
    return Verdict(PASSED, exercise=exercise)


def _verdict(outcome: str, finding: Finding) -> Verdict:
    """A verdict and its message; no text of a student's in it rules a terminal."""
    parts: dict[str, Any] = {
        name: plain(part) if isinstance(part, str) else part
        for name, part in asdict(finding).items()
    }
    return Verdict(outcome, plain(message(finding)), **parts)


class _OverError(Exception):
    """Why a submission's time is over; its argument is a `Finding` of no exercise."""


class _Hearing:
    """The student's processes for one submission, one after the other."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.deadline = time.monotonic() + work.seconds
        self.starts = 0
        self.stopping: set[int] = set()  # places of cells that ended a process
        self.troubles: list[str] = []
        self.lacking: dict[str, None] = {}  # exercises for which a name was missing, in order

    def run(self, exercises: list[str], whole: bool) -> dict[str, Verdict]:
        """Verdicts on some exercises, while the needed cells or the whole notebook are run.

        A check is run at its place, as in Jupyter, and once more at the end, if it was not passed:
        what it needs may stand further down.
        """
        verdicts: dict[str, Verdict] = {}
        cells = [cell for cell in self.work.cells if cell.check or cell.needed or whole]
        try:
            while not self._go_through(cells, exercises, verdicts):
                pass
        except _OverError as error:
            for exercise in exercises:
                stopped = _verdict(STOPPED, replace(error.args[0], exercise=exercise))
                verdicts.setdefault(exercise, stopped)
        return verdicts

    def _go_through(
        self, cells: Iterable[Cell], exercises: list[str], verdicts: dict[str, Verdict]
    ) -> bool:
        """Fills in verdicts; False if the process ended on the way and another one has to go on."""
        self._demand_time()
        self.starts += 1
        session = start(self.work, self.deadline)
        self.deadline = session.deadline
        cell: Cell | None = None
        late: list[str] = []
        with contextlib.closing(session):
            try:
                for name, content in self.work.files.items():
                    session.value(WriteFile(name, content))
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
                    if _is_final(verdict) or verdict.reason == "undefined":
                        verdicts[exercise] = verdict
                    if session.gone:
                        return False
            except StudentGoneError as error:
                if cell is None or cell.place in self.stopping:
                    raise _OverError(error.finding) from None
                self.stopping.add(cell.place)
                self._note(f"{_called(cell)} {error}; it was left out")
                return False
        return True

    def _run(self, cell: Cell, session: StudentProcess) -> None:
        self._demand_time()
        if error := session.run_cell(cell.source):
            error = INPUT.sub("(", error)
            self._note(f"{_called(cell)} raised {error}")

    def _check(self, exercise: str, session: StudentProcess) -> Verdict:
        self._demand_time()
        found = session.look_up(exercise)
        if found:
            verdict = self._checked(exercise, found[0], session)
        else:
            seen = "; ".join(self.troubles[:MOST_TOLD])
            said = Finding(exercise, "undefined", missing=exercise, text=seen)
            verdict = _verdict(FAILED, said)
        if verdict.missing:
            self.lacking[exercise] = None
        return verdict

    def _checked(self, exercise: str, value: object, session: StudentProcess) -> Verdict:
        with contextlib.suppress(StudentGoneError):
            verdict = run_check(self.work.checks[exercise], exercise, value)
            if not session.gone:
                return verdict
        return _verdict(STOPPED, replace(session.gone or ENDED, exercise=exercise))

    def _note(self, trouble: str) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)

    def _demand_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise _OverError(Finding("", "no time left", text=f"{self.work.seconds:g} s"))
        if self.starts >= MOST_STARTS:
            raise _OverError(Finding("", "too many starts", text=str(MOST_STARTS)))


def _called(cell: Cell) -> str:
    """What people know a cell by: its number, and how it begins."""
    lines = [one.strip() for one in cell.source.splitlines()]
    begins = next((one for one in lines if one and not one.startswith("#")), "")
    return f"cell {cell.place} (`{plain(begins)[:LONGEST_LINE]}`)"


def _is_final(verdict: Verdict | None) -> bool:
    """Whether nothing that comes later in the notebook can change it."""
    return verdict is not None and verdict.outcome in (PASSED, STOPPED)
