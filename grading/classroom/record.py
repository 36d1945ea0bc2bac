"""Writes verdicts into nbgrader's gradebook, and the graded notebooks for people to read.

nbgrader executes nothing here. Its own steps restore locked cells and take the points from the
outputs of checks, as they always do; the outputs are put there from the verdicts. What nbgrader
does once for each step, as opening the gradebook, is done once for a run.
"""

import contextlib
import copy
import shutil
import tempfile
import textwrap
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)

from grading import notebook
from grading.course import LONGEST_REASON, generate, reason
from grading.sandbox.work import PASSED
from grading.submission import plain_markdown


class RecordError(Exception):
    """Why nbgrader did not take an assignment or a submission."""


class Recorder:
    """Writes submissions of one assignment while its gradebook is open; there is one at a time.

    Args:
        name: the assignment, which `register` has put into the gradebook.
        config: nbgrader's configuration of the course.

    Raises:
        RecordError: the gradebook does not know the assignment.
    """

    def __init__(self, name: str, config: Any) -> None:
        self.name = name
        self.config = config
        self.course = CourseDirectory(config=config, assignment_id=name)
        self.files = Autograde(coursedir=self.course, config=config, force=True)
        self.overwrite = OverwriteCells(config=config)
        self.save = SaveAutoGrades(config=config)
        self.checked = ""
        for step in (self.overwrite, self.save):
            step.notebook_id = step.assignment_id = name
        self.gradebook = Gradebook(self.course.db_url, self.course.course_id)
        with self._session():
            try:
                mine = self.gradebook.find_notebook(name, name)
            except MissingEntry as error:
                raise RecordError(f"the gradebook does not know {name}: {error}") from error
            self.sources = {cell.name: cell for cell in mine.source_cells}
            graded = (*mine.grade_cells, *mine.task_cells)
            self.graded = {one.name: _Graded(one.id, float(one.max_score)) for one in graded}
            self.written = {cell.id: cell.name for cell in (*mine.solution_cells, *mine.task_cells)}

    def close(self) -> None:
        """Closes the gradebook."""
        self.gradebook.close()

    def record(
        self,
        student: str,
        nb: NotebookNode,
        messages: dict[str, str],
        notes: list[str],
        timestamp: str,
    ) -> None:
        """Writes one submission's verdicts into the gradebook, and its notebook into autograded/.

        Args:
            student: the student's id.
            nb: the clean notebook, which is changed.
            messages: dict from the grade id of a check to its message, '' if it was passed.
            notes: what was noticed before grading, each a sentence. They come first in the
                notebook, and then the messages.
            timestamp: the text of the submission's timestamp.txt, or ''.

        Raises:
            RecordError: nbgrader did not take it.
        """
        failed = [message for message in messages.values() if message]
        if notes or failed:
            nb.cells.insert(0, _overview(notes, failed))
        place = Path(self.course.format_path(self.course.autograded_directory, student, self.name))
        try:
            with self._session():
                if self.files.init_destination(self.name, student):
                    self._grade(student, nb, messages, timestamp)
                    self._write(student, nb, timestamp, place)
        except BaseException as error:
            shutil.rmtree(place, ignore_errors=True)
            if not isinstance(error, Exception):
                raise
            words = " ".join(f"{type(error).__name__}: {error}".split())
            raise RecordError(textwrap.shorten(words, LONGEST_REASON, placeholder=" …")) from error

    @contextlib.contextmanager
    def _session(self) -> Any:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="nbgrader")  # how it uses SQLAlchemy
            try:
                yield
            finally:
                self.gradebook.db.remove()  # so that nothing of a submission stays in memory

    def _grade(
        self, student: str, nb: NotebookNode, messages: dict[str, str], timestamp: str
    ) -> None:
        when = {"timestamp": timestamp} if timestamp else {}
        self.gradebook.update_or_create_student(student)
        submission = self.gradebook.update_or_create_submission(self.name, student, **when)
        mine = self.gradebook.find_submission_notebook(self.name, self.name, student)
        rows = _Rows(self, mine.id)
        _apply(self.overwrite, nb, rows)
        self._check_metadata(nb)
        _set_outputs(nb, messages)
        self.save.student_id = student
        _apply(self.save, nb, rows)
        mine.late_submission_penalty = None
        late = submission.total_seconds_late > 0
        self.gradebook.db.commit()
        if late:  # nbgrader's step opens the gradebook for itself
            names = {"notebook": self.name, "assignment": self.name, "student": student}
            resources = {"nbgrader": names | {"db_url": self.course.db_url}}
            AssignLatePenalties(config=self.config).preprocess(nb, resources)

    def _check_metadata(self, nb: NotebookNode) -> None:
        """Has nbgrader check the marks of cells; those of the last notebook are not checked again.

        They come from the release, so they are the same in a whole class.
        """
        marks = [(cell.cell_type, cell.metadata.get("nbgrader")) for cell in nb.cells]
        said = repr([mark for mark in marks if mark[1]])
        if said != self.checked:
            CheckCellMetadata().preprocess(nb, {})
            self.checked = said

    def _write(self, student: str, nb: NotebookNode, timestamp: str, place: Path) -> None:
        place.mkdir(parents=True)
        if timestamp:
            (place / "timestamp.txt").write_text(timestamp)
        root = Path(self.course.format_path(self.course.source_directory, ".", self.name))
        own = {str(root / name) for name in self.files.exclude_overwriting.get(self.name, [])}
        for path in utils.find_all_files(str(root), [*self.course.ignore, "*.ipynb"]):
            if path not in own:
                copied = place / Path(path).relative_to(root)
                copied.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, copied)
        notebook.write(nb, place / f"{self.name}.ipynb")
        self.files.set_permissions(self.name, student)


@dataclass(frozen=True)
class _Graded:
    """A cell that gets points, as the gradebook knows it."""

    id: str
    max_score: float


class _Rows:
    """What two steps of nbgrader's ask the gradebook for, of one submission, found beforehand.

    The gradebook would look for each cell by itself, and would commit after each.
    """

    def __init__(self, recorder: Recorder, notebook_id: str) -> None:
        self.recorder = recorder
        self.db = self  # whose `commit` the steps call
        query = recorder.gradebook.db.query
        names = {cell.id: name for name, cell in recorder.graded.items()}
        # With the cells named, the database finds them by its index, however large the class is.
        grades = query(Grade).filter(Grade.cell_id.in_(names), Grade.notebook_id == notebook_id)
        comments = query(Comment).filter(
            Comment.cell_id.in_(recorder.written), Comment.notebook_id == notebook_id
        )
        self.grades = {names[one.cell_id]: one for one in grades}
        self.comments = {recorder.written[one.cell_id]: one for one in comments}

    def commit(self) -> None:
        """Does nothing: all of a submission is committed together."""

    def find_source_cell(self, name: str, *_: str) -> Any:
        """As `Gradebook.find_source_cell`."""
        return _found(self.recorder.sources, name)

    def find_graded_cell(self, name: str, *_: str) -> Any:
        """As `Gradebook.find_graded_cell`."""
        return _found(self.recorder.graded, name)

    def find_grade(self, name: str, *_: str) -> Any:
        """As `Gradebook.find_grade`."""
        return _found(self.grades, name)

    def find_comment(self, name: str, *_: str) -> Any:
        """As `Gradebook.find_comment`."""
        return _found(self.comments, name)


def register(name: str, config: Any) -> None:
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


def feedback(name: str, student: str, config: Any) -> None:
    """Makes the page that a student gets, without the hidden parts of checks; see the config.

    Raises:
        RecordError: nbgrader did not make it.
    """
    coursedir = CourseDirectory(config=config, assignment_id=name, student_id=student)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="nbgrader")
        report = utils.capture_log(GenerateFeedback(coursedir=coursedir, config=config, force=True))
    if not report["success"]:
        raise RecordError(reason(report))


def _apply(step: NbGraderPreprocessor, nb: NotebookNode, rows: _Rows) -> None:
    """Lets a step go through a notebook without opening the gradebook for itself."""
    step.gradebook = rows
    NbGraderPreprocessor.preprocess(step, nb, {})


def _set_outputs(nb: NotebookNode, messages: dict[str, str]) -> None:
    """Puts its outcome below each check: an error with its message, if it was not passed."""
    for cell in filter(notebook.is_check, nb.cells):
        message = messages.get(notebook.grade_id(cell), "it was not run")
        cell.outputs = [_error(message) if message else _passed(notebook.exercise_of(cell))]


def _found(rows: dict[str, Any], name: str) -> Any:
    if name not in rows:
        raise MissingEntry(f"the gradebook has no {name}")
    return rows[name]


def _overview(notes: list[str], failed: list[str]) -> NotebookNode:
    """What a reader looks for first. Messages are indented, so that nothing in them is markup."""
    lines = ["**Noticed before grading:**", "", *(f"- {note}" for note in notes), ""] * bool(notes)
    lines += ["**Not passed:**", ""] * bool(failed)
    for message in failed:
        words = " ".join(message.split())
        lines += textwrap.wrap(words, 100, initial_indent=4 * " ", subsequent_indent=8 * " ")
    source = plain_markdown("\n".join(lines))
    return NotebookNode(nbformat.v4.new_markdown_cell(source, id="overview"))


def _passed(exercise: str) -> NotebookNode:
    """The words that a student's own notebook shows; what was tried stands in the check."""
    return NotebookNode(
        nbformat.v4.new_output("stream", name="stdout", text=f"✓ {exercise} {PASSED}\n")
    )


def _error(message: str) -> NotebookNode:
    trace = [f"AssertionError: {message}"]
    return NotebookNode(
        nbformat.v4.new_output("error", ename="AssertionError", evalue=message, traceback=trace)
    )
