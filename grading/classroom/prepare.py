"""Looks at what one student handed in, and makes of it what a worker can judge."""

import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from grading import notebook
from grading.classroom.assignment import Assignment
from grading.classroom.limited import LimitError, limited
from grading.classroom.provenance import digest
from grading.classroom.results import Result, fingerprint, handed_in, kept
from grading.sandbox.wire import plain
from grading.sandbox.work import Cell, Work
from grading.submission import Clean, SubmissionError, as_typed, clean

SECONDS = 10  # of a processor, to read a notebook and to render its text
# They would mean others to nbgrader, or be markup and script in its pages.
ODD_ID = re.compile(r"[*?\[\]{}<>\"\\\x00-\x1f\x7f\ufffd]|^\s|\s$")


@dataclass
class Submission:
    """One submission on its way through a run.

    Attributes:
        result: what is known of it so far.
        nb: the clean notebook, or None.
        work: what `grading.classroom.worker.judged` is called with, or None if there is nothing
            to judge.
        unchanged: True if the result is that of an earlier run, which still holds.
    """

    result: Result
    nb: NotebookNode | None = None
    work: tuple[Work, dict[str, str]] | None = None
    unchanged: bool = False


def prepare(student: str, task: Assignment, settings: dict[str, Any], again: bool) -> Submission:
    """Looks at one submission; whatever is wrong with it stands in the result's `failure`.

    Args:
        student: the id.
        task: what it is graded against.
        settings: keyword arguments of `Work`.
        again: True to have it judged though nothing has changed since it was last judged.
    """
    jail = settings.get("jail", Work.jail)
    result = Result(student, decided_by=task.decided_by, jail=jail)
    try:
        return _prepared(result, task, settings, again)
    except (SubmissionError, OSError) as error:
        result.failure = plain(str(error))
    except Exception as error:  # whatever one submission does to this, the class goes on
        result.failure = plain(f"the grader failed: {type(error).__name__}: {error}")
    return Submission(result)


def _prepared(
    result: Result, task: Assignment, settings: dict[str, Any], again: bool
) -> Submission:
    student = result.student
    if ODD_ID.search(student):
        raise SubmissionError(f"{student!r} cannot be a student's id")
    content, repairs = handed_in(student, task)
    result.submission = fingerprint(content)
    result.key = _key(content, task, settings)
    older = kept(student, task)
    if older and older.key == result.key and not older.failure and not again:
        return Submission(older, unchanged=True)
    cleaned = _cleaned(content, task.released)
    result.repairs = [plain(text) for text in (*repairs, *cleaned.repairs)]
    cells = [
        Cell(
            cell.source,
            place,
            notebook.exercise_of(cell) if notebook.is_check(cell) else "",
            cell.id in cleaned.needed,
        )
        for place, cell in enumerate(cleaned.nb.cells, start=1)
        if cell.cell_type == "code"
    ]
    work = Work(cells, task.checks, task.files, course=str(task.root.resolve()), **settings)
    return Submission(result, cleaned.nb, (work, task.decided_by))


def _cleaned(content: bytes, released: NotebookNode) -> Clean:
    """What comes of a notebook; its text is as it was typed if rendering that takes too long."""
    try:
        return limited(clean, content, released, seconds=SECONDS)
    except LimitError:
        pass
    try:
        return limited(clean, content, released, as_typed, seconds=SECONDS)
    except LimitError as error:
        raise SubmissionError(f"the notebook cannot be read: {error}") from error


def _key(content: bytes, task: Assignment, settings: dict[str, Any]) -> str:
    """Hash of all that a verdict and its place in a gradebook depend on."""
    book = task.config.CourseDirectory.db_url.replace(str(task.root), "")  # also if a course moves
    said = [sorted(task.decided_by.items()), sorted(settings.items()), book]
    return digest([repr(said).encode(), content])
