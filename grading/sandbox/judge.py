"""Reaches the verdicts on one submission: here are the tests, in another process is the student.

This process holds the checks with their hidden parts and never runs a student's code. It has that
done in a jail, and gets values back.
"""

import contextlib
import hashlib
import json
import random
import re
import time
from collections.abc import Iterable
from dataclasses import replace

import vaelib  # noqa: F401 - before Keras: it keeps TensorFlow's messages away
from grading.sandbox.checking import Shown, made, run_check, visible
from grading.sandbox.process import StudentProcess, start
from grading.sandbox.requests import WriteFile
from grading.sandbox.session import ENDED, StudentGoneError
from grading.sandbox.wire import plain
from grading.sandbox.work import FAILED, PASSED, STOPPED, Cell, Verdict, Work
from vaelib.checks.finding import Finding
from vaelib.checks.messages import ending

MOST_STARTS = 25  # of a student's process for one submission
LONGEST_LINE = 40  # characters of a cell in a trouble
MOST_TOLD = 3  # troubles in a message
QUICK = 0.02  # s for each exercise, on average, that asking a second time may take
OPEN = ("undefined", "not implemented", "calls a stub")  # nothing was answered yet
# Nothing of the answer is in them.
WORDLESS = ("not implemented", "argument changed", "other result", "not built")
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
    verdicts = hearing.run(work.checks, whole=False)
    # What was left out as not needed was needed after all, if a name is missing.
    again = [name for name in hearing.lacking if _is_open(verdicts.get(name))]
    whole = bool(again) and not all(cell.needed for cell in work.cells)
    if whole:
        verdicts |= hearing.run({name: work.checks[name] for name in again}, whole=True)
    # Whoever had been shown a hidden part is asked for words in a process that is shown none.
    muted = {n: visible(work.checks[n]) for n, one in verdicts.items() if _is_muted(one)}
    for name, said in hearing.run(muted, whole=whole).items() if muted else ():
        if (said.outcome, said.reason) == (FAILED, verdicts[name].reason) and not said.closed:
            verdicts[name] = said
    return verdicts, hearing.troubles


class _OverError(Exception):
    """Why a submission's time is over; its argument is a `Finding` of no exercise."""


class _Hearing:
    """The student's processes for one submission, one after the other."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.deadline = time.monotonic() + work.seconds
        self.starts = 0
        self.stopping: set[int] = set()  # places of cells that ended a process
        self.shown = Shown()  # to the process of this moment
        self.troubles: list[str] = []  # for staff
        self.told: list[str] = []  # the same, for the student
        self.lacking: dict[str, None] = {}  # exercises for which a name was missing, in order
        self.draw = random.Random(_seed(work))
        # What took no longer than this is asked a second time: nearly all that is quick, and of
        # what is slow a few.
        self.patience = {name: QUICK / (1 - self.draw.random()) for name in work.checks}

    def run(self, checks: dict[str, str], whole: bool) -> dict[str, Verdict]:
        """Verdicts on some exercises, while the needed cells or the whole notebook are run.

        A check is run at its place, as in Jupyter. If nothing was answered there, as what it needs
        may stand further down, it is run once more at the end; another verdict is never changed.
        """
        verdicts: dict[str, Verdict] = {}
        cells = [cell for cell in self.work.cells if cell.check or cell.needed or whole]
        try:
            while not self._go_through(cells, checks, verdicts):
                pass
        except _OverError as error:
            for exercise in checks:
                stopped = made(STOPPED, replace(error.args[0], exercise=exercise))
                verdicts.setdefault(exercise, stopped)
        return verdicts

    def _go_through(
        self, cells: Iterable[Cell], checks: dict[str, str], verdicts: dict[str, Verdict]
    ) -> bool:
        """Fills in verdicts; False if the process ended on the way and another one has to go on."""
        self._demand_time()
        self.starts += 1
        self.shown = Shown()
        session = start(self.work, self.deadline)
        self.deadline = session.deadline
        cell: Cell | None = None
        with contextlib.closing(session):
            try:
                for name, content in self.work.files.items():
                    session.value(WriteFile(name, content))
                for cell in cells:
                    if not cell.check and cell.place not in self.stopping:
                        self._run(cell, session)
                    elif cell.check in checks and cell.check not in verdicts:
                        verdicts[cell.check] = self._check(cell.check, checks, session)
                    if session.gone:
                        return False
                late = [exercise for exercise, one in verdicts.items() if _is_open(one)]
                for exercise in self.draw.sample(late, len(late)):
                    verdicts[exercise] = self._check(exercise, checks, session)
                    if session.gone:
                        return False
            except StudentGoneError as error:
                if cell is None or cell.place in self.stopping:
                    raise _OverError(self._quiet(error.finding)) from None
                self.stopping.add(cell.place)
                self._note(
                    cell,
                    f"{error}; it was left out",
                    f"{ending(self._quiet(error.finding))}; it was left out",
                )
                return False
        return True

    def _run(self, cell: Cell, session: StudentProcess) -> None:
        self._demand_time()
        if raised := session.run_cell(cell.source):
            kind, text = raised
            self._note(cell, INPUT.sub("(", f"raised {text}"), f"raised {kind}")

    def _check(self, exercise: str, checks: dict[str, str], session: StudentProcess) -> Verdict:
        """A verdict; of some exercises that were passed it is asked for again, and must agree."""
        self._demand_time()
        started = time.monotonic()
        verdict = self._asked(exercise, checks, session)
        took = time.monotonic() - started
        in_time = took < self.patience[exercise] and started + 3 * took < self.deadline
        if verdict.outcome != PASSED or not in_time:
            return verdict
        second = self._asked(exercise, checks, session)
        if second.outcome == FAILED:
            said = Finding(exercise, "not steady", case=second.case)
            return made(FAILED, said, second.details or second.message)
        return verdict if second.reason == "notebook too long" else second

    def _asked(self, exercise: str, checks: dict[str, str], session: StudentProcess) -> Verdict:
        found = session.look_up(exercise)
        if found:
            verdict = self._checked(exercise, checks[exercise], found[0], session)
        else:
            seen = "; ".join(self.told[:MOST_TOLD])
            verdict = made(FAILED, Finding(exercise, "undefined", missing=exercise, text=seen))
        if verdict.missing:
            self.lacking[exercise] = None
        return verdict

    def _checked(
        self, exercise: str, check: str, value: object, session: StudentProcess
    ) -> Verdict:
        with contextlib.suppress(StudentGoneError):
            verdict = run_check(check, exercise, value, self.work.checks, self.shown)
            if not session.gone:
                return verdict
        gone = session.gone or ENDED
        return made(STOPPED, replace(self._quiet(gone), exercise=exercise), details=gone.text)

    def _quiet(self, finding: Finding) -> Finding:
        """Why a process ended, without what it may have been shown in a hidden part."""
        loud = self.shown.hidden and finding.reason == "nonsense"
        return replace(finding, text="") if loud else finding

    def _note(self, cell: Cell, trouble: str, quiet: str) -> None:
        """Keeps what went wrong in a cell, and what of it a student may be told."""
        told = quiet if self.shown.hidden else trouble
        for words, kept in ((trouble, self.troubles), (told, self.told)):
            if (sentence := f"{_called(cell)} {words}") not in kept:
                kept.append(sentence)

    def _demand_time(self) -> None:
        if time.monotonic() > self.deadline:
            raise _OverError(Finding("", "no time left", text=f"{self.work.seconds:g} s"))
        if self.starts >= MOST_STARTS:
            raise _OverError(Finding("", "too many starts", text=str(MOST_STARTS)))


def _seed(work: Work) -> bytes:
    """What draws are made from: the submission, and the checks, which nobody knows who wrote it."""
    texts = [*(cell.source for cell in work.cells), *work.checks.values()]
    return hashlib.sha256(json.dumps(texts).encode()).digest()


def _called(cell: Cell) -> str:
    """What people know a cell by: its number, and how it begins."""
    lines = [one.strip() for one in cell.source.splitlines()]
    begins = next((one for one in lines if one and not one.startswith("#")), "")
    return f"cell {cell.place} (`{plain(begins)[:LONGEST_LINE]}`)"


def _is_muted(verdict: Verdict) -> bool:
    """Whether something of the answer's own was left out of a message on an open case."""
    plain_words = verdict.reason in WORDLESS or bool(verdict.stub)
    return verdict.outcome == FAILED and verdict.closed and not verdict.case and not plain_words


def _is_open(verdict: Verdict | None) -> bool:
    """Whether nothing was answered yet, so that what stands further down can still answer it."""
    return verdict is not None and (verdict.reason in OPEN or bool(verdict.missing))
