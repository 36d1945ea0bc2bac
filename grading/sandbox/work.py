"""What is judged, and what a verdict is: plain values, which workers on any machine can be sent."""

import os
from dataclasses import dataclass, field, replace

OUTCOMES = PASSED, FAILED, STOPPED, BROKEN = "passed", "failed", "stopped", "broken"
THREADS = 4  # that TensorFlow and numpy start for each processor, besides what a notebook starts
OWN, CONTAINER, NONE = "own", "container", "none"  # jails


class KilledError(Exception):
    """Why nothing was decided: a student's process was ended from outside, for no limit of its own.

    The system does that when the whole machine's memory runs out, and it may hit anybody.
    """


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook to run.

    Attributes:
        source: its text.
        place: its number among all cells, from 1.
        check: the exercise that is checked at this place, if the cell is a check; it is not run.
        needed: False if nothing that an exercise needs can come from it.
    """

    source: str
    place: int
    check: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Limits:
    """What a student's process may use.

    Attributes:
        memory: bytes of memory of each of its processes, and of all together.
        disk: bytes of its folder, which lies in memory, and of any file.
        processes: how many processes and threads.
        seconds: of processor time of each of its processes.
    """

    memory: int = 4 << 30
    disk: int = 256 << 20
    processes: int = 128
    seconds: int = 900


def with_threads(limits: Limits) -> Limits:
    """Limits that leave room for the threads of TensorFlow and numpy on this machine."""
    return replace(limits, processes=limits.processes + THREADS * (os.cpu_count() or 1))


@dataclass(frozen=True)
class Work:
    """All that is needed to judge a submission, on whatever machine.

    Attributes:
        cells: of the clean notebook, a list of `Cell`.
        checks: dict from exercise to the text of its check, hidden part included.
        files: dict from name to bytes of the files that come with the assignment.
        limits: `Limits`.
        course: folder of the course, which is hidden from students' code wherever it lies.
        jail: what stands around a student's process: OWN (`grading.sandbox.jail`), CONTAINER
            (`grading.sandbox.container`), or NONE, if that was agreed to.
        seconds: for all of it.
        seconds_a_step: for one cell, or for one call of a function.
    """

    cells: list[Cell]
    checks: dict[str, str]
    files: dict[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    course: str = ""
    jail: str = OWN
    seconds: float = 300
    seconds_a_step: float = 60


@dataclass(frozen=True)
class Verdict:
    """What was found about one exercise, as plain values; in a hidden case none shows a number.

    The words are made where a check runs, since who records and reports has no TensorFlow, which
    `vaelib` imports. What they are made from stands beside them: nobody has to search them.

    Attributes:
        outcome: PASSED, FAILED, STOPPED or BROKEN.
        message: what people are told, or "" if it was passed.
        details: what the answer itself said where `message` must not, as it could be what a hidden
            part showed it. It is for staff: no student may see it.

    The others are those of `vaelib.checks.finding.Finding`, but for its table.
    """

    outcome: str
    message: str = ""
    exercise: str = ""
    reason: str = ""
    case: str = ""
    what: str = ""
    mistake: str = ""
    got: str = ""
    expected: str = ""
    place: str = ""
    share: str = ""
    stub: str = ""
    error: str = ""
    missing: str = ""
    text: str = ""
    closed: bool = False
    details: str = ""
