"""Honest but untidy submissions, graded by the whole command: from a folder to the gradebook."""

import copy

import nbformat
import pytest

from grading.submission.cells import State
from grading.submission.clean import PASSES
from grading.submission.read import read
from tests.support.classes import answered, behind, by_kind, course, grade, place, submit
from tests.support.untidy import CASES, GRADED
from tests.support.untidy.case import REORDERED, STEP, TEXT, dumped, moved, stripped, written

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder and one run over the class."""
    folder = tmp_path_factory.mktemp("class")
    name, solution, released = course(folder, "01_toy", TEXT)
    full = answered(solution, released)
    for student in GRADED:
        handed_in = folder / "classroom" / "submitted" / student / name
        CASES[student].lay(handed_in, full, released)
    return folder, grade(folder, name, "--workers", "2", "--timeout", str(5 * STEP))


@pytest.mark.parametrize("student", GRADED)
def test_an_untidy_submission_gets_the_points_of_its_right_exercises(student, graded):
    one, came = CASES[student], graded[1].of[student]
    assert came["failure"] == ""
    assert tuple(came["scores"].values()) == (*one.points, None if one.answered else 0)
    assert tuple(came["repairs"]) == one.repairs
    for exercise, words in one.says.items():
        assert words in came["verdicts"][exercise]["message"]


def test_nothing_else_came_of_the_run(graded):
    folder, run = graded
    assert run.status == 0, run.err
    assert set(run.of) == set(GRADED)
    recorded = folder.glob("classroom/autograded/*/01_toy/01_toy.ipynb")
    assert {path.parent.parent.name for path in recorded} == set(GRADED)


def test_huge_outputs_are_cut_and_not_lost(graded):
    folder, _ = graded
    nb = nbformat.read(folder / "classroom/autograded/outputs_are_huge/01_toy/01_toy.ipynb", 4)
    text, picture = nb.cells[place(nb, "double")].outputs
    assert text.text.startswith("a line\nxxx")
    assert text.text.endswith("(cut off)")
    assert list(picture.data) == ["image/png"]


def test_untidy_submissions_of_a_real_assignment_get_all_points(tmp_path):
    name, solution, released = course(tmp_path, "01_autoencoder")
    full = answered(solution, released)
    graded = [cell for cell in full.cells if cell.metadata.get("nbgrader")]
    exercises, checks, _ = by_kind(full)
    names = [one["grade_id"] for one in exercises]
    code = [cell.source for cell in full.cells if cell.id in names]
    bare = copy.deepcopy(full)
    bare.cells = graded
    submit(tmp_path, "lost", name, released).write_bytes(dumped(stripped(full)))
    submit(tmp_path, "backwards", name, released).write_bytes(written(moved(full)))
    submit(tmp_path, "bare", name, bare)
    submit(tmp_path, "one-cell", name, behind(released, full.cells[-1].id, "\n\n\n".join(code)))
    run = grade(tmp_path, name)
    points = {one["grade_id"]: one["points"] for one in checks}
    assert set(run.of) == {"lost", "backwards", "bare", "one-cell"}
    for one in run.of.values():
        assert {key: one["scores"][key] for key in points} == points
        assert one["troubles"] == []
    assert run.of["backwards"]["repairs"] == [REORDERED]


def test_each_pass_finds_something_to_do_in_this_class(tmp_path):
    """So that nothing of the clean-up goes through the whole command untried."""
    _, solution, released = course(tmp_path / "course", "01_toy", TEXT)
    idle = set(PASSES[1:])  # the first one refuses other assignments, and changes nothing
    for student in GRADED:
        CASES[student].lay(tmp_path / student, answered(solution, released), released)
        given, _ = read((tmp_path / student / CASES[student].file).read_bytes())
        state = State(tuple(released.cells), given)
        for one in PASSES:
            before, state = state, one(state)
            idle -= {one} if state != before else set()
    assert idle == set()
