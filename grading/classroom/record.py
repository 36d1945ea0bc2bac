"""Writes verdicts into the gradebook, through nbgrader's own autograding with its steps replaced.

nbgrader executes nothing here. It restores locked cells, and takes the points from the outputs of
checks, as it always does; the outputs are put there from the verdicts.
"""

import contextlib
import copy
import tempfile
import textwrap
import warnings
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from nbgrader.utils import capture_log
from traitlets import Dict

from grading import notebook, submission
from grading.course import generate, reason


class RecordError(Exception):
    """Why nbgrader did not take an assignment or a submission."""


class Verdicts(NbGraderPreprocessor):
    """A step of nbgrader's: a check that was not passed gets an error with its message."""

    messages = Dict(help="the message of each check by its grade id, '' if passed").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        """Sets the outputs of a check; the scores come from them in the next step."""
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and not graded.get("solution"):
            message = self.messages.get(graded["grade_id"], "it was not run")
            cell.outputs = [_error(message)] if message else []
        return cell, resources


def register(name, config):
    """Puts an assignment into the gradebook, which a build does not, by releasing it aside.

    Raises:
        RecordError: nbgrader does not take it.
    """
    with tempfile.TemporaryDirectory() as folder:
        aside = copy.deepcopy(config)
        aside.CourseDirectory.release_directory = folder
        report = generate(name, aside)
    if not report["success"]:
        raise RecordError(f"the gradebook does not take {name}: {reason(report)}")


def record(name, student, nb, messages, notes, timestamp, config):
    """Writes one submission's verdicts into the gradebook, and its notebook for people to read.

    Args:
        name: the assignment.
        student: the student's id.
        nb: the clean notebook.
        messages: dict from the grade id of a check to its message, '' if it was passed.
        notes: what was noticed before grading, each a sentence. They come first in it, and then
            the messages.
        timestamp: the text of the submission's timestamp.txt, or ''.
        config: nbgrader's configuration of the course.

    Raises:
        RecordError: nbgrader did not take it.
    """
    with tempfile.TemporaryDirectory() as folder:
        mine = Path(folder, student, name)
        failed = [message for message in messages.values() if message]
        if notes or failed:
            nb = copy.deepcopy(nb)
            nb.cells.insert(0, _overview(notes, failed))
        notebook.write(nb, mine / f"{name}.ipynb")
        if timestamp:
            (mine / "timestamp.txt").write_text(timestamp)
        ours = copy.deepcopy(config)
        ours.CourseDirectory.submitted_directory = folder
        ours.Autograde.sanitize_preprocessors = [OverwriteCells, CheckCellMetadata]
        ours.Autograde.autograde_preprocessors = [
            Verdicts,
            SaveAutoGrades,
            AssignLatePenalties,
            CheckCellMetadata,
        ]
        ours.Verdicts.messages = messages
        coursedir = CourseDirectory(config=ours, assignment_id=name, student_id=student)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="nbgrader")  # how it uses SQLAlchemy
            report = capture_log(Autograde(coursedir=coursedir, config=ours, force=True))
    if not report["success"]:
        raise RecordError(reason(report))


def graded(name, config):
    """Ids of the students whose submission the gradebook holds, a set."""
    with _submissions(name, config) as submissions:
        return {one.student_id for one in submissions}


def feedback(name, student, config):
    """Makes the page that a student gets, without the hidden parts of checks; see the config.

    Raises:
        RecordError: nbgrader did not make it.
    """
    coursedir = CourseDirectory(config=config, assignment_id=name, student_id=student)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="nbgrader")
        report = capture_log(GenerateFeedback(coursedir=coursedir, config=config, force=True))
    if not report["success"]:
        raise RecordError(reason(report))


def scores(name, config):
    """What the gradebook holds for an assignment.

    Returns:
        A dict from student to a dict from grade id to points, or to None where a person has still
        to grade.
    """
    found = {}
    with _submissions(name, config) as submissions:
        for submission in submissions:
            (mine,) = submission.notebooks
            found[submission.student_id] = {
                one.name: None if _open(one) else float(one.score) for one in mine.grades
            }
    return found


def changed_answers(name, config):
    """Who changed a written answer after a person had graded it.

    Returns:
        A dict from student to grade ids of such answers.
    """
    found = {}
    with _submissions(name, config) as submissions:
        for submission in submissions:
            (mine,) = submission.notebooks
            again = [
                g.name for g in mine.grades if g.manual_score is not None and g.needs_manual_grade
            ]
            if again:
                found[submission.student_id] = again
    return found


@contextlib.contextmanager
def _submissions(name, config):
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url)) as gradebook:
        yield gradebook.assignment_submissions(name)


def _open(one):
    return one.manual_score is None and one.auto_score is None


def _overview(notes, failed):
    """What a reader looks for first. Messages are indented, so that nothing in them is markup."""
    lines = ["**Noticed before grading:**", "", *(f"- {note}" for note in notes), ""] * bool(notes)
    lines += ["**Not right:**", ""] * bool(failed)
    for message in failed:
        words = " ".join(message.split())
        lines += textwrap.wrap(words, 100, initial_indent=4 * " ", subsequent_indent=8 * " ")
    return nbformat.v4.new_markdown_cell(submission.plain_markdown("\n".join(lines)), id="overview")


def _error(message):
    return nbformat.v4.new_output(
        "error", ename="AssertionError", evalue=message, traceback=[f"AssertionError: {message}"]
    )
