"""What nbgrader's gradebook holds for an assignment, read in one query."""

import contextlib
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)


@dataclass
class Marks:
    """What the gradebook holds for one student.

    Attributes:
        points: dict from grade id to points, or to None where a person has still to grade.
        changed: grade ids of written answers that were changed after a person had graded them.
    """

    points: dict[str, float | None] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)


def marks(name: str, config: Any) -> dict[str, Marks]:
    """What the gradebook holds for an assignment, a dict from student to `Marks`."""
    found: dict[str, Marks] = {}
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url)) as gradebook:
        grades = (
            gradebook.db.query(
                SubmittedAssignment.student_id,
                BaseCell.name,
                Grade.auto_score,
                Grade.manual_score,
                Grade.score,
                Grade.needs_manual_grade,
            )
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .filter(Assignment.name == name)
            .order_by(SubmittedAssignment.student_id, BaseCell.name)
        )
        for student, cell, auto, manual, score, needed in grades:
            mine = found.setdefault(student, Marks())
            is_open = manual is None and auto is None
            mine.points[cell] = None if is_open else float(score)
            if manual is not None and needed:
                mine.changed.append(cell)
    return found


def graded(name: str, config: Any) -> set[str]:
    """Ids of the students whose submission the gradebook holds."""
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url)) as gradebook:
        students = (
            gradebook.db.query(SubmittedAssignment.student_id)
            .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
            .filter(Assignment.name == name)
        )
        return {student for (student,) in students}
