"""Recording in one open gradebook leaves what nbgrader's own autograding leaves."""

import contextlib
import copy
import shutil
import stat
import sys
import tempfile
import time
import warnings
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
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

from grading import notebook
from grading.classroom.record import (
    Recorder,
    RecordError,
    _error,
    _overview,
    _passed,
    register,
)
from grading.course import course_config
from grading.submission import clean
from tests.support.classes import TOY, answered, course, with_source, without

NAME = "01_toy"
LATE, EARLY = "2030-01-02 00:00:00 UTC", "2029-12-31 23:00:00 +0100"
PASSED = {"check_double": "", "check_square": ""}
FAILED = PASSED | {"check_double": "double: wrong.\n\n    <b>6</b> is not 7"}


class Verdicts(NbGraderPreprocessor):
    """A step of nbgrader's: a check that was not passed gets an error with its message."""

    messages = Dict().tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("grade") and not graded.get("solution"):
            message = self.messages.get(graded["grade_id"], "it was not run")
            cell.outputs = [_error(message) if message else _passed(notebook.exercise_of(cell))]
        return cell, resources


def nbgrader_records(config, student, nb, messages, notes, timestamp):
    """The independent implementation: nbgrader's Autograde, which executes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        mine = Path(folder, student, NAME)
        failed = [message for message in messages.values() if message]
        if notes or failed:
            nb.cells.insert(0, _overview(notes, failed))
        notebook.write(nb, mine / f"{NAME}.ipynb")
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
        coursedir = CourseDirectory(config=ours, assignment_id=NAME, student_id=student)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="nbgrader")
            report = capture_log(Autograde(coursedir=coursedir, config=ours, force=True))
    assert report["success"], report


def recorder_records(config, *submission):
    """What is tested, with a gradebook of its own for each submission or for all."""
    with contextlib.closing(Recorder(NAME, config)) as recorder:
        recorder.record(*submission)


def rows(config):
    """All that the gradebook holds, without the names that it makes up by itself."""
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url, "vae")) as gradebook:
        assignment = gradebook.find_assignment(NAME)
        (released,) = assignment.notebooks
        found = {
            "students": sorted((s.id, s.first_name, s.email) for s in gradebook.students),
            "assignment": (assignment.name, assignment.duedate, assignment.max_score),
            "source cells": [
                (c.name, c.cell_type, c.source, c.checksum, c.locked) for c in released.source_cells
            ],
            "cells": sorted((c.name, c.max_score, c.cell_type) for c in released.grade_cells),
        }
        for one in gradebook.assignment_submissions(NAME):
            (mine,) = one.notebooks
            found[one.student_id] = {
                "submission": (one.timestamp, one.extension, one.total_seconds_late, one.score),
                "notebook": (mine.name, mine.flagged, mine.late_submission_penalty, mine.score),
                "failed": (mine.failed_tests, mine.needs_manual_grade, mine.max_score),
                "grades": {
                    g.name: (
                        *(g.auto_score, g.manual_score, g.extra_credit, g.score),
                        *(g.needs_manual_grade, g.failed_tests, g.max_score, g.cell_type),
                    )
                    for g in mine.grades
                },
                "comments": {
                    c.name: (c.auto_comment, c.manual_comment, c.comment) for c in mine.comments
                },
            }
    return found


def files(folder):
    root = folder / "classroom" / "autograded"
    return {
        path.relative_to(root).as_posix(): (
            stat.S_IMODE(path.stat().st_mode),
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(root.rglob("*"))
    }


def type_in(config, student, **given):
    """What a person does in formgrader."""
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url, "vae")) as gradebook:
        for name, points in given.items():
            grade = gradebook.find_grade(name, NAME, NAME, student)
            grade.manual_score, grade.needs_manual_grade = points, False
            grade.extra_credit = 0.5
        comment = gradebook.find_comment("why", NAME, NAME, student)
        comment.manual_comment = "Well said."
        gradebook.db.commit()


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    """A course with a file beside its notebook, a due date and a penalty for being late."""
    folder = tmp_path_factory.mktemp("course")
    _, solved, released = course(folder, NAME, TOY)
    (folder / "solutions" / NAME / "data").mkdir()
    (folder / "solutions" / NAME / "data" / "numbers.csv").write_text("1,2\n")
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    config = course_config(folder)
    register(NAME, config)
    with contextlib.closing(Gradebook(config.CourseDirectory.db_url, "vae")) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate="2030-01-01 00:00:00 UTC")
    return folder, solved, released


@pytest.fixture
def both(lesson, tmp_path):
    """Two copies of the course, and what records into each."""
    ways = {"nbgrader": nbgrader_records, "recorder": recorder_records}
    folders = {name: shutil.copytree(lesson[0], tmp_path / name) for name in ways}
    return [(folders[name], course_config(folders[name]), way) for name, way in ways.items()]


def record(both, lesson, student, handed_in, messages, notes=(), timestamp=""):
    """Records one submission both ways, from the bytes that were handed in."""
    for _, config, way in both:
        cleaned = clean(notebook.dumps(handed_in).encode(), lesson[2])
        way(config, student, cleaned.nb, messages, [*notes, *cleaned.repairs], timestamp)


def compare(both):
    """Both left the same; returns the rows."""
    (one, config, _), (other, its_config, _) = both
    left, right = rows(config), rows(its_config)
    assert left == right
    assert files(one) == files(other)
    return right


def handed_in(lesson, **texts):
    _, solved, released = lesson
    done = answered(solved, released)
    for cell_id, text in texts.items():
        done = with_source(done, cell_id, text)
    return done


def test_first_submissions_are_recorded_as_nbgrader_does(both, lesson):
    record(both, lesson, "zoe", handed_in(lesson), PASSED)
    record(both, lesson, "żółć o'neil", handed_in(lesson), FAILED, ["a note"])
    record(both, lesson, "untouched", lesson[2], dict.fromkeys(PASSED, "no."))
    record(both, lesson, "unjudged", handed_in(lesson), {"check_double": ""})
    found = compare(both)
    assert found["zoe"]["grades"]["check_double"][0] == 2
    assert found["zoe"]["grades"]["why"][0] is None
    assert found["untouched"]["comments"]["why"][0] == "No response."
    assert found["unjudged"]["grades"]["check_square"][0] == 0
    autograded = both[1][0] / "classroom" / "autograded" / "zoe" / NAME
    assert (autograded / "data" / "numbers.csv").read_text() == "1,2\n"


def test_late_submissions_are_recorded_as_nbgrader_does(both, lesson):
    record(both, lesson, "late", handed_in(lesson), PASSED, timestamp=LATE)
    record(both, lesson, "early", handed_in(lesson), PASSED, timestamp=EARLY)
    found = compare(both)
    assert found["late"]["notebook"][2] == 5
    assert found["early"]["notebook"][2] is None
    assert "late/01_toy/timestamp.txt" in files(both[1][0])
    record(both, lesson, "late", handed_in(lesson), FAILED, timestamp=EARLY)
    record(both, lesson, "early", handed_in(lesson), FAILED)  # keeps its timestamp
    found = compare(both)
    assert found["late"]["notebook"][2] is None
    assert "late/01_toy/timestamp.txt" in files(both[1][0])
    assert "early/01_toy/timestamp.txt" not in files(both[1][0])


def test_a_second_submission_keeps_what_a_person_typed_in(both, lesson):
    record(both, lesson, "zoe", handed_in(lesson), FAILED)
    record(both, lesson, "amy", handed_in(lesson), PASSED)
    for _, config, _ in both:
        type_in(config, "zoe", why=1.5, check_double=1.0)
    record(both, lesson, "zoe", handed_in(lesson, why="Why?\n\nAnother answer."), PASSED)
    found = compare(both)
    assert found["zoe"]["grades"]["why"][:5] == (None, 1.5, 0.5, 2.0, True)
    assert found["zoe"]["grades"]["check_double"][:5] == (2, 1.0, 0.5, 1.5, True)
    assert found["zoe"]["comments"]["why"][1] == "Well said."
    assert found["amy"]["grades"]["why"][1] is None


def test_a_repaired_notebook_is_recorded_as_nbgrader_does(both, lesson):
    changed = without(handed_in(lesson), "check_square")
    changed = with_source(changed, "check_double", "pass")
    for cell in changed.cells:
        if cell.id == "check_double":
            cell.metadata.nbgrader.points = 100
    record(both, lesson, "rex", changed, FAILED)
    compare(both)
    path = both[1][0] / "classroom" / "autograded" / "rex" / NAME / f"{NAME}.ipynb"
    nb = notebook.read(path)
    assert "Noticed before grading" in nb.cells[0].source
    checks = {cell.id: cell for cell in nb.cells if notebook.is_check(cell)}
    assert "HIDDEN" in checks["check_double"].source
    assert checks["check_double"].metadata.nbgrader.points == 2


def test_many_submissions_in_one_gradebook_are_those_of_one_each(both, lesson):
    (_, config, _), (_, its_config, _) = both
    cases = [(f"s{i}", [PASSED, FAILED][i % 2], LATE * (i % 3 == 0)) for i in range(6)]
    contents = notebook.dumps(handed_in(lesson)).encode()
    with contextlib.closing(Recorder(NAME, its_config)) as recorder:
        for student, messages, timestamp in cases * 2:
            recorder.record(student, clean(contents, lesson[2]).nb, messages, [], timestamp)
    for student, messages, timestamp in cases:
        nbgrader_records(config, student, clean(contents, lesson[2]).nb, messages, [], timestamp)
    compare(both)


def test_marks_of_cells_that_nbgrader_does_not_take_are_told_after_good_ones(both, lesson):
    _, config, _ = both[1]
    contents = notebook.dumps(handed_in(lesson)).encode()
    with contextlib.closing(Recorder(NAME, config)) as recorder:
        recorder.record("zoe", clean(contents, lesson[2]).nb, PASSED, [], "")
        nb = clean(contents, lesson[2]).nb
        next(filter(notebook.is_check, nb.cells)).metadata.nbgrader.schema_version = 99
        with pytest.raises(RecordError, match="SchemaTooNewError"):
            recorder.record("eve", nb, PASSED, [], "")


def test_what_cannot_be_recorded_is_told_and_leaves_no_notebook(both, lesson):
    folder, config, _ = both[1]
    contents = notebook.dumps(handed_in(lesson)).encode()
    with contextlib.closing(Recorder(NAME, config)) as recorder:
        nb = clean(contents, lesson[2]).nb
        next(filter(notebook.is_check, nb.cells)).metadata.nbgrader.points = "many"
        with pytest.raises(RecordError, match=r"^ValueError: could not convert"):
            recorder.record("eve", nb, PASSED, [], "")
        assert not (folder / "classroom/autograded/eve" / NAME).exists()
        recorder.record("zoe", clean(contents, lesson[2]).nb, PASSED, [], "")
    assert rows(config)["zoe"]["grades"]["check_double"][0] == 2
    with pytest.raises(RecordError, match="does not know 02_other"):
        Recorder("02_other", config)


def test_recording_takes_at_most_80_ms_of_a_processor(tmp_path):
    name, solved, released = course(tmp_path, "03_reparameterization")
    contents = notebook.dumps(answered(solved, released)).encode()
    config = course_config(tmp_path)
    register(name, config)
    messages = {
        f"check_{notebook.exercise_of(c)}": "" for c in filter(notebook.is_check, solved.cells)
    }
    spent = []
    with contextlib.closing(Recorder(name, config)) as recorder:
        for i in range(12):
            nb = clean(contents, released).nb
            started = time.process_time()
            recorder.record(f"s{i}", nb, messages, [], "")
            spent.append(time.process_time() - started)
    assert sorted(spent)[len(spent) // 4] < 0.08  # what runs beside it makes some slower
    print("seconds of a processor:", *(f"{one:.3f}" for one in spent), file=sys.stderr)
