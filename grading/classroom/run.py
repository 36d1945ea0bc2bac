"""Grades a class: every submission is cleaned, judged in a jail, and recorded by nbgrader."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from grading.classroom import gradebook, limited
from grading.classroom.assignment import Assignment, GradingError, students
from grading.classroom.pool import Pool, WorkerDiedError
from grading.classroom.prepare import Submission, prepare
from grading.classroom.record import Recorder, RecordError, register
from grading.classroom.results import Result, keep
from grading.classroom.worker import OtherVersionsError
from grading.sandbox.wire import plain
from grading.sandbox.work import PASSED, KilledError


def run(
    task: Assignment,
    pool: Pool[Submission],
    settings: dict[str, Any],
    *,
    only: str | None = None,
    again: bool = False,
    tell: Callable[[Submission | None, int], None] = lambda submission, total: None,
) -> list[Result]:
    """Grades a class: finds who handed in, prepares, judges, records, and keeps what came of it.

    Args:
        task: what it is graded against.
        pool: workers that call `grading.classroom.worker.judged`.
        settings: keyword arguments of `grading.sandbox.work.Work`: limits, times, jail.
        only: the id of one student, or None for all.
        again: grade also what has not changed since it was last graded.
        tell: called with None at first, then with each submission that is done; and with their
            number.

    Returns:
        A `Result` for each student, in the order of their ids.

    Raises:
        GradingError: `only` handed in nothing.
        RecordError: the gradebook does not take the assignment.
    """
    names = [name for name in students(task) if only in (None, name)]
    if only and not names:
        raise GradingError(f"{only} handed in nothing for {task.name}")
    if not names:
        return []
    task.kept.mkdir(parents=True, exist_ok=True)
    limited.start("grading.submission")
    register(task.name, task.config)
    tell(None, len(names))
    results = []
    with closing(Recorder(task.name, task.config)) as recorder, pool:
        for submission, judged in pool.map(_prepared(names, task, settings, again)):
            _decide(submission, judged)
            _record(submission, recorder, task)
            keep(submission.result, task)
            results.append(submission.result)
            tell(submission, len(names))
    return sorted(results, key=lambda one: one.student)


def _prepared(
    names: list[str], task: Assignment, settings: dict[str, Any], again: bool
) -> Iterator[Submission]:
    """Submissions, each looked at when there is a worker for it."""
    recorded = gradebook.graded(task.name, task.config)
    for name in names:
        yield prepare(name, task, settings, again or name not in recorded)


def _decide(submission: Submission, judged: Any) -> None:
    """Puts what a worker returned or raised into the result; None if it was asked nothing."""
    result = submission.result
    if isinstance(judged, KilledError):
        result.failure = plain(
            f"{judged}, and did it again when nothing else was judged: look at it, and grade it "
            "on a machine with more memory"
        )
    elif isinstance(judged, WorkerDiedError | OtherVersionsError):
        result.failure = plain(str(judged))
    elif isinstance(judged, BaseException):
        result.failure = plain(f"the grader failed: {type(judged).__name__}: {judged}")
    elif judged:
        result.verdicts, result.troubles, seconds = judged
        result.seconds = round(seconds, 2)


def _record(submission: Submission, recorder: Recorder, task: Assignment) -> None:
    """Puts a judged submission into the gradebook, and lets go of its notebook."""
    result, nb = submission.result, submission.nb
    submission.nb = submission.work = None
    if nb is None or result.failure:
        return
    # In nbgrader no message means full marks.
    messages = {
        f"check_{n}": "" if one.outcome == PASSED else one.message or f"{n}: the check failed."
        for n, one in result.verdicts.items()
    }
    timestamp = _timestamp(task.submitted / result.student / task.name / "timestamp.txt")
    try:
        recorder.record(result.student, nb, messages, result.repairs, timestamp)
    except RecordError as error:
        result.failure = plain(f"nbgrader did not take it: {error}")


def _timestamp(path: Path) -> str:
    """When a notebook was handed in, as the file says, or '' if it says nothing of the kind."""
    try:
        if not path.is_file() or path.is_symlink():
            return ""
        with path.open() as file:
            text = file.read(100).strip()
        return text if text and parse_utc(text) else ""
    except (ValueError, OverflowError, OSError):
        return ""
