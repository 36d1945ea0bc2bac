"""What came of each submission, kept on disk until the submission or what decides changes."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grading.classroom import gradebook
from grading.classroom.assignment import Assignment, students
from grading.sandbox.work import OUTCOMES, Verdict
from grading.submission import MOST_BYTES, SubmissionError, find

AGAIN = "another notebook was handed in since, and was not graded yet"
LONGEST_ID = 200  # bytes of it in a file's name, of 255 that there may be


@dataclass
class Result:
    """What came of one submission.

    Attributes:
        student: the id.
        key: hash of the submission, of how it is graded, and of `decided_by`; '' if there was
            nothing to grade.
        decided_by: what decided; see `grading.classroom.provenance`.
        jail: what stood around the student's process; see `grading.sandbox.work.Work`.
        submission: SHA-256 of the notebook that was handed in, or ''.
        verdicts: dict from exercise to `Verdict`.
        repairs: what was put right in the notebook, each a sentence.
        troubles: what went wrong in its cells, each a sentence.
        seconds: that judging it took.
        failure: why it is not in the gradebook, or ''.
    """

    student: str
    key: str = ""
    decided_by: dict[str, str] = field(default_factory=dict)
    jail: str = ""
    submission: str = ""
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""


def keep(result: Result, task: Assignment) -> None:
    """Writes a result in one step, so that no half of one is ever there."""
    path = _path(result.student, task)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False), "utf-8")
    part.replace(path)


def kept(student: str, task: Assignment) -> Result | None:
    """The result of an earlier run, or None if there is none that this edition can read."""
    try:
        data = json.loads(_path(student, task).read_text("utf-8"))
        data["verdicts"] = {name: Verdict(**one) for name, one in data["verdicts"].items()}
        known = all(one.outcome in OUTCOMES for one in data["verdicts"].values())
        return Result(**data) if known else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _path(student: str, task: Assignment) -> Path:
    """Where a result is kept, also of an id that leaves no room for an ending."""
    name = student.encode()
    if len(name) > LONGEST_ID:
        start, rest = name[:LONGEST_ID].decode(errors="ignore"), hashlib.sha256(name).hexdigest()
        student = f"{start}-{rest[:16]}"
    return task.kept / f"{student}.json"


def handed_in(student: str, task: Assignment) -> tuple[bytes, list[str]]:
    """A student's notebook, no more of it than may be read, and what is odd about its place.

    Raises:
        SubmissionError: there is no notebook, or none that stands out.
        OSError: it cannot be read.
    """
    path, repairs = find(task.submitted / student / task.name, task.name)
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1), repairs


def fingerprint(content: bytes) -> str:
    """What tells one notebook from another one: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


def kept_results(task: Assignment) -> list[Result]:
    """Results of earlier runs, one for each student who was graded.

    Where another notebook lies there now, the result is a failure that says so.
    """
    found = [kept(student, task) for student in students(task)]
    return [
        Result(one.student, failure=AGAIN) if _is_older(one, task) else one for one in found if one
    ]


def not_graded(task: Assignment, results: list[Result]) -> list[str]:
    """Students who handed in something and have none of the `results` that are kept."""
    graded = {one.student for one in results}
    return [student for student in students(task) if student not in graded]


def _is_older(result: Result, task: Assignment) -> bool:
    if not result.submission:
        return False
    try:
        content, _ = handed_in(result.student, task)
    except (SubmissionError, OSError):
        return True
    return fingerprint(content) != result.submission


def points(task: Assignment, results: list[Result]) -> dict[str, dict[str, float | None]]:
    """Points in the gradebook for what is handed in now; None where a person has still to grade.

    A student whose last submission got no grade has none, though the gradebook may still hold
    those of an earlier one.

    Args:
        task: what was graded.
        results: what `kept_results` gives, which reads everything that was handed in.

    Returns:
        A dict from student to a dict from grade id to points.
    """
    valid = {one.student for one in results if not one.failure}
    marks = gradebook.marks(task.name, task.config)
    return {student: mine.points for student, mine in marks.items() if student in valid}
