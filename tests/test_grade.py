"""Real nbgrader runs: who gets which marks, and what the grader says about a bad submission."""

import copy
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import grading.grade
from grading import notebook
from grading.build import convert
from grading.release import release
from grading.source import sources

REPOSITORY = Path(__file__).resolve().parent.parent

TOY = """\
# %% [markdown]
# # Arithmetic
#
# **You will learn** to add.
#
# **Before you start.** Nothing.
#
# **Time and points.** A minute, 7 points.

# %%
import sys

# %%
SEED = 1

# %% [markdown] predict="sum"
# **Predict** the sum.

# %% [markdown]
# ### Exercise 1 · `double` (2 points)

# %% exercise="double"
def double(x):
    # BEGIN SOLUTION
    print("a log line", file=sys.stderr)
    return x + x
    # END SOLUTION


# %% check="double" points=2
def check_double():
    assert double(3) == 6
    # BEGIN HIDDEN TESTS
    assert double(4) == 8
    # END HIDDEN TESTS


check_double()

# %% [markdown]
# ### Exercise 2 · `square` (3 points)

# %% exercise="square"
def square(x):
    # BEGIN SOLUTION
    return x * x
    # END SOLUTION


# %% check="square" points=3
assert square(3) == 9

# %% [markdown] answer="why" points=2
# Why?
#
# <!-- BEGIN SOLUTION -->
# Because.
# <!-- END SOLUTION -->

# %% [markdown]
# ## Recap
#
# ## Further reading
"""


@dataclass
class Graded:
    """One run of the grader: its exit status, and its table as {student: {column: text}}."""

    status: int
    out: str
    err: str
    marks: dict


def course(folder, source, text=None):
    """Lays out a course with the solution notebook of one source, not executed.

    Returns the name of the assignment, its solution and its release.
    """
    (folder / "solutions").mkdir(parents=True)
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    path = folder / "solutions" / f"{source}.py"
    path.write_text(text or (REPOSITORY / "solutions" / path.name).read_text("utf-8"), "utf-8")
    solution = convert(path)
    notebook.write(solution, path.parent / source / f"{source}.ipynb")
    return source, solution, release(solution, source, folder)


def submit(folder, student, name, nb, file=None):
    """Lays a submission where students' work is collected."""
    path = folder / "classroom" / "submitted" / student / name / (file or f"{name}.ipynb")
    notebook.write(nb, path)


def grade(folder, name):
    """Runs `python -m grading.grade NAME` in the root of a course, and reads its table."""
    done = subprocess.run(
        [sys.executable, "-m", "grading.grade", name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines() if "  " in line]
    marks = {row[0]: dict(zip(lines[0][1:], row[1:], strict=True)) for row in lines[1:]}
    return Graded(done.returncode, done.stdout, done.stderr, marks)


def with_source(nb, cell_id, text):
    """Copies a notebook with other text in one cell."""
    nb = copy.deepcopy(nb)
    (cell,) = (cell for cell in nb.cells if cell.id == cell_id)
    cell.source = text
    return nb


def by_kind(nb):
    """The nbgrader metadata of the exercises, checks and answers of a notebook, in order."""
    metadata = [cell.metadata["nbgrader"] for cell in nb.cells if "nbgrader" in cell.metadata]
    exercises = [one for one in metadata if not one["grade"]]
    checks = [one for one in metadata if one["grade"] and not one["solution"]]
    answers = [one for one in metadata if one["grade"] and one["solution"]]
    return exercises, checks, answers


def column(one):
    """The heading of a check or an answer in the table."""
    return f"{one['grade_id'].removeprefix('check_')} ({one['points']})"


def half_right(solution, released):
    """The release with the solution of every second exercise; and the names of those."""
    half, right = released, [one["grade_id"] for one in by_kind(solution)[0][::2]]
    for cell in solution.cells:
        if cell.id in right:
            half = with_source(half, cell.id, cell.source)
    return half, right


@pytest.fixture(scope="module", params=[path.stem for path in sources(REPOSITORY)])
def graded(request, tmp_path_factory):
    """One run over the solution, the untouched release and a half-right submission.

    Also what it stands for: checks, answers, the right half; and the solution as it was executed.
    """
    folder = tmp_path_factory.mktemp("course")
    name, solution, released = course(folder, request.param)
    _, checks, answers = by_kind(solution)
    half, right = half_right(solution, released)
    submit(folder, "full", name, solution)
    submit(folder, "half", name, half)
    submit(folder, "untouched", name, released)
    run = grade(folder, name)
    executed = notebook.read(folder / "classroom" / "autograded" / "full" / name / f"{name}.ipynb")
    return run, checks, answers, right, executed


@pytest.fixture(scope="module")
def toy_class(tmp_path_factory):
    """One run over a class with good and bad submissions; returns the folder and the run."""
    folder = tmp_path_factory.mktemp("class")
    name, solution, released = course(folder, "01_toy", TOY)
    submit(folder, "untouched", name, released)
    submit(folder, "half", name, half_right(solution, released)[0])
    submit(folder, "zoe", name, solution)
    submit(folder, "wrong-name", name, solution, file="my_toy.ipynb")
    submit(folder, "wrong-folder", "homework", solution, file="01_toy-1.ipynb")
    submit(folder, "another-assignment", "02_other", solution, file="02_other.ipynb")
    submit(folder, "broken", name, solution)
    (folder / "classroom/submitted/broken/01_toy/01_toy.ipynb").write_text("{", "utf-8")
    stopped = "import os\n\n\ndef double(x):\n    os._exit(1)"
    submit(folder, "dead", name, with_source(released, "double", stopped))
    missing = copy.deepcopy(solution)
    missing.cells = [cell for cell in missing.cells if cell.id != "check_square"]
    submit(folder, "missing", name, missing)
    (folder / "classroom/submitted/empty/01_toy").mkdir(parents=True)
    return folder, grade(folder, name)


def test_the_solution_gets_full_marks(graded):
    run, checks, answers, *_ = graded
    marks = run.marks["full"]
    assert {column(one): marks[column(one)] for one in checks} == {
        column(one): str(one["points"]) for one in checks
    }
    assert all(marks[column(one)] == "needs grading by hand" for one in answers)
    every = sum(one["points"] for one in checks + answers)
    so_far = f"{sum(one['points'] for one in checks)}/{every}"
    assert marks["total"] == (f"{so_far} so far" if answers else so_far)


def test_no_cell_of_the_solution_fails_in_its_short_form(graded):
    *_, executed = graded
    outputs = [output for cell in executed.cells for output in cell.get("outputs", ())]
    assert outputs
    assert [o["evalue"] for o in outputs if o["output_type"] == "error"] == []


def test_the_untouched_release_gets_nothing(graded):
    run, checks, answers, *_ = graded
    marks = run.marks["untouched"]
    assert {marks[column(one)] for one in checks + answers} == {"0"}
    assert marks["total"].startswith("0/")


def test_a_half_right_submission_gets_the_points_of_its_right_half(graded):
    run, checks, _, right, _ = graded
    marks = run.marks["half"]
    assert len(right) < len(checks) or len(checks) == 1
    assert {column(one): marks[column(one)] for one in checks} == {
        column(one): str(one["points"] if one["grade_id"][len("check_") :] in right else 0)
        for one in checks
    }


def test_grading_a_whole_class_ends_well(graded):
    run, *_ = graded
    assert run.status == 0
    assert set(run.marks) == {"full", "half", "untouched"}
    assert "NO GRADE" not in run.out


def test_what_a_check_writes_to_stderr_costs_nothing(toy_class):
    _, run = toy_class
    assert "file=sys.stderr" in TOY[TOY.index("def double") : TOY.index('# %% check="double"')]
    assert run.marks["zoe"]["double (2)"] == "2"


def test_the_table_tells_points_from_what_needs_grading_by_hand(toy_class):
    _, run = toy_class
    assert run.marks["zoe"] == {
        "double (2)": "2",
        "square (3)": "3",
        "why (2)": "needs grading by hand",
        "total": "5/7 so far",
    }
    assert run.marks["half"]["total"] == "2/7"
    assert set(run.marks["untouched"].values()) == {"0", "0/7"}


def test_bad_submissions_are_named_and_the_others_are_graded(toy_class):
    _, run = toy_class
    assert run.status == 1
    assert set(run.marks) == {"untouched", "half", "zoe", "missing"}
    said = dict(re.findall(r"^NO GRADE for ([\w-]+): (.*)$", run.out, re.MULTILINE))
    assert said.pop("broken").startswith("NotJSONError")
    assert said.pop("dead") == "DeadKernelError: Kernel died"
    assert said == {
        "wrong-name": "no 01_toy/01_toy.ipynb; found 01_toy/my_toy.ipynb",
        "wrong-folder": "no 01_toy/01_toy.ipynb; found homework/01_toy-1.ipynb",
        "empty": "no 01_toy/01_toy.ipynb; found an empty folder",
        "missing": "no score for square; was the cell removed?",
    }


def test_grading_again_takes_the_new_submission(toy_class, tmp_path):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    submitted = folder / "classroom" / "submitted"
    handed_in = (submitted / "zoe/01_toy/01_toy.ipynb").read_bytes()
    for student in submitted.iterdir():
        if student.name != "untouched":
            shutil.rmtree(student)
    (submitted / "untouched/01_toy/01_toy.ipynb").write_bytes(handed_in)
    assert grade(folder, "01_toy").marks["untouched"]["total"] == "5/7 so far"


def test_nbgrader_itself_grades_from_the_root(toy_class, tmp_path):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    executed = folder / "classroom/autograded/zoe/01_toy/01_toy.ipynb"
    executed.unlink()
    done = nbgrader(folder, "autograde", "01_toy", "--student", "zoe", "--force")
    assert done.returncode == 0, done.stderr
    assert executed.is_file()


def test_a_class_that_handed_in_nothing_is_told_so(tmp_path, monkeypatch, capsys):
    course(tmp_path, "01_toy", TOY)
    monkeypatch.setattr(grading.grade, "environment", dict)
    assert grading.grade.main(["01_toy", "--course-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        "nothing was submitted: no classroom/submitted/STUDENT/01_toy/01_toy.ipynb\n"
    )


def test_an_unknown_assignment_is_told_so(tmp_path):
    course(tmp_path, "01_toy", TOY)
    with pytest.raises(grading.grade.GradingError, match=r"02_toy\.ipynb is not there"):
        grading.grade.grade("02_toy", tmp_path)


def test_a_folder_without_a_configuration_is_told_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="run this from the root of the repository"):
        grading.grade.grade("01_toy", tmp_path)


def nbgrader(folder, *arguments):
    """Runs nbgrader's own command in the root of a course."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_validate_runs_from_the_root_and_names_what_fails(tmp_path):
    name, _, released = course(tmp_path, "01_toy", TOY)
    half = with_source(released, "double", "def double(x):\n    return x + x")
    half = with_source(half, "why", "Why?\n\nBecause.")
    notebook.write(half, tmp_path / "course" / name / f"{name}.ipynb")
    done = nbgrader(tmp_path, "validate", f"course/{name}/{name}.ipynb")
    assert "VALIDATION FAILED ON 1 CELL(S)!" in done.stdout
    assert "assert square(3) == 9" in done.stdout
