"""Real runs of `vae-grade run`: who gets which marks, and what is said about a bad submission."""

import copy
import dataclasses
import shutil
import subprocess
import sys

import pytest

from grading import cli, notebook
from grading.authoring.source import sources
from grading.classroom import report
from grading.classroom.assignment import GradingError, load_assignment
from grading.classroom.prepare import prepare
from grading.sandbox import judge
from tests.support.classes import (
    REPOSITORY,
    TOY,
    answered,
    by_kind,
    course,
    grade,
    half_right,
    place,
    submit,
    with_source,
)

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module", params=[path.stem for path in sources(REPOSITORY)])
def graded(request, tmp_path_factory):
    """One run over the solution, the untouched release and a half-right submission.

    Also what it stands for: checks, answers, the right half; and the folder.
    """
    folder = tmp_path_factory.mktemp("course")
    name, solution, released = course(folder, request.param)
    _, checks, answers = by_kind(solution)
    half, right = half_right(solution, released)
    submit(folder, "full", name, answered(solution, released))
    submit(folder, "half", name, half)
    submit(folder, "untouched", name, released)
    return grade(folder, name), checks, answers, right, folder


@pytest.fixture(scope="module")
def toy_class(tmp_path_factory):
    """One run over a class with good and bad submissions; returns the folder and the run."""
    folder = tmp_path_factory.mktemp("class")
    name, solved, released = course(folder, "01_toy", TOY)
    solution = answered(solved, released)
    submit(folder, "untouched", name, released)
    submit(folder, "half", name, half_right(solved, released)[0])
    submit(folder, "zoe", name, solution)
    submit(folder, "wrong-name", name, solution, file="my_toy.ipynb")
    submit(folder, "wrong-folder", "homework", solution, file="01_toy-1.ipynb")
    submit(folder, "another-assignment", "02_other", solution, file="02_other.ipynb")
    submit(folder, "broken", name, solution).write_text("{", "utf-8")
    stopped = "import os\n\n\ndef double(x):\n    os._exit(1)"
    submit(folder, "dead", name, with_source(solution, "double", stopped))
    unfinished = "def double(x):\n    return = x"
    submit(folder, "unfinished", name, with_source(solution, "double", unfinished))
    missing = copy.deepcopy(solution)
    missing.cells = [cell for cell in missing.cells if cell.id != "check_square"]
    submit(folder, "missing", name, missing)
    (folder / "classroom/submitted/empty/01_toy").mkdir(parents=True)
    return folder, grade(folder, name)


def points(checks):
    return {one["grade_id"]: one["points"] for one in checks}


def test_the_solution_gets_full_marks(graded):
    run, checks, answers, *_ = graded
    mine = run.of["full"]
    assert mine["scores"] == points(checks) | {one["grade_id"]: None for one in answers}
    assert mine["total"] == sum(points(checks).values())
    assert (mine["repairs"], mine["failure"]) == ([], "")


def test_no_cell_of_the_solution_fails_in_its_short_form(graded):
    *_, folder = graded
    (source,) = (path.name for path in (folder / "course").iterdir())
    task = load_assignment(source, folder)
    mine, _ = prepare("full", task, {}, again=True).work
    cells = [dataclasses.replace(cell, needed=True) for cell in mine.cells]
    # Where nothing is asked for, the library has everything that the lesson's own cells call.
    _, troubles = judge.judge(dataclasses.replace(mine, cells=cells, checks={}))
    assert troubles == []


def test_the_untouched_release_gets_nothing(graded):
    run, *_ = graded
    assert set(run.of["untouched"]["scores"].values()) == {0}


def test_a_half_right_submission_gets_the_points_of_its_right_half(graded):
    run, checks, _, right, _ = graded
    scores = run.of["half"]["scores"]
    assert len(right) < len(checks) or len(checks) == 1
    assert {name: scores[name] for name in points(checks)} == {
        name: worth if name.removeprefix("check_") in right else 0
        for name, worth in points(checks).items()
    }


def test_grading_a_whole_class_ends_well(graded):
    run, *_ = graded
    assert run.status == 0
    assert set(run.of) == {"full", "half", "untouched"}
    assert "NO GRADE" not in run.out


def test_what_a_check_writes_to_stderr_costs_nothing(toy_class):
    _, run = toy_class
    assert "file=sys.stderr" in TOY[TOY.index("def double") : TOY.index('# %% check="double"')]
    assert run.of["zoe"]["scores"]["check_double"] == 2


def test_the_table_tells_points_from_what_needs_grading_by_hand(toy_class):
    _, run = toy_class
    rows = {line.split()[0]: line.split()[1:] for line in run.out.splitlines() if line}
    assert rows["student"] == ["double", "(2)", "square", "(3)", "why", "(2)", "total"]
    assert rows["zoe"] == ["2", "3", "by", "hand", "5/7", "so", "far"]
    assert rows["half"] == ["2", "0", "0", "2/7"]
    assert rows["untouched"] == ["0", "0", "0", "0/7"]


def test_a_graded_notebook_begins_with_what_was_not_right(toy_class):
    folder, run = toy_class
    for student, wrong in (
        ("zoe", []),
        ("half", ["square"]),
        ("missing", []),
        ("dead", ["double"]),
    ):
        path = folder / "classroom" / "autograded" / student / "01_toy" / "01_toy.ipynb"
        first = notebook.read(path).cells[0]
        verdicts = run.of[student]["verdicts"]
        told = {n: " ".join(v["message"].split()) for n, v in verdicts.items() if v["message"]}
        assert list(told) == wrong
        shown = " ".join(first.source.partition("**Not passed:**")[2].split())
        assert shown == " ".join(told.values())
        assert ("**Noticed before grading:**" in first.source) == bool(run.of[student]["repairs"])


def test_what_was_put_right_for_many_is_told_once():
    one = {"failure": "", "scores": {}, "total": 0, "changed": [], "verdicts": {}}
    one |= {"decided_by": {}}
    made = {
        "assignment": "01_toy",
        "points": {},
        "mistakes": {},
        "stale": [],
        "decided_by": {},
        "submissions": [],
    }
    for student, repairs in (("ann", ["a", "b"]), ("bob", ["b"]), ("cy", ["b"])):
        made["submissions"].append(one | {"student": student, "repairs": repairs})
    lines = report.table(made).splitlines()
    assert lines[-2:] == ["ann: repaired: a", "3 students (ann bob cy): repaired: b"]


def test_bad_submissions_are_named_and_the_others_are_graded(toy_class):
    folder, run = toy_class
    assert run.status == 1
    failures = {name: one["failure"] for name, one in run.of.items() if one["failure"]}
    assert failures.pop("broken").startswith("the file is no notebook: Expecting property name")
    assert failures == {
        "empty": "no 01_toy.ipynb; found an empty folder",
        "wrong-folder": "no folder 01_toy; found homework/01_toy-1.ipynb",
    }
    assert run.of["dead"]["scores"] == {"check_double": 0, "check_square": 3, "why": None}
    dead = run.of["dead"]["verdicts"]["double"]
    assert (dead["outcome"], dead["reason"]) == ("stopped", "process ended")
    assert dead["message"] == "double: stopped: your code ended its own process."
    unfinished = run.of["unfinished"]["verdicts"]["double"]
    assert (unfinished["reason"], unfinished["missing"]) == ("undefined", "double")
    released = notebook.read(folder / "course/01_toy/01_toy.ipynb")
    assert unfinished["outcome"] == "failed"
    number = place(released, "double") + 1
    assert unfinished["message"] == (
        "double: nothing of this name is defined. Does its cell run? In your notebook cell "
        f"{number} (`def double(x):`) raised SyntaxError: invalid syntax (line 2)."
    )
    assert run.of["missing"]["total"] == 5
    assert run.of["missing"]["repairs"] == ["the cell `check_square` was missing; it was put back"]
    assert run.of["wrong-name"]["total"] == 5
    assert run.of["wrong-name"]["repairs"] == [
        "the notebook was called my_toy.ipynb; it was taken for 01_toy.ipynb"
    ]
    assert set(run.of) == {
        *("untouched", "half", "zoe", "wrong-name", "wrong-folder", "broken", "dead"),
        *("unfinished", "missing", "empty"),
    }


def test_grading_again_takes_the_new_submission_and_leaves_the_others(toy_class, tmp_path):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    submitted = folder / "classroom" / "submitted"
    handed_in = (submitted / "zoe/01_toy/01_toy.ipynb").read_bytes()
    (submitted / "untouched/01_toy/01_toy.ipynb").write_bytes(handed_in)
    kept = {p: p.stat().st_mtime_ns for p in (folder / "classroom/autograded").rglob("*.ipynb")}
    assert grade(folder, "01_toy").of["untouched"]["total"] == 5
    written = {p.parent.parent.name for p, t in kept.items() if p.stat().st_mtime_ns != t}
    assert written == {"untouched"}


def test_what_a_gradebook_lacks_is_graded_again(toy_class, tmp_path):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    expected = toy_class[1].of["zoe"]["scores"]
    other = f"sqlite:///{tmp_path}/other.db"
    for options in ((), ("--db-url", other)):
        (folder / "classroom" / "gradebook.db").unlink(missing_ok=True)
        done = grade(folder, "01_toy", "--only", "zoe", *options)
        assert done.of["zoe"]["scores"] == expected
    assert not (folder / "classroom" / "gradebook.db").exists()


def test_without_walls_the_marks_are_the_same_and_nothing_is_left(toy_class, tmp_path, monkeypatch):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    done = grade(folder, "01_toy", "--not-isolated", "--again")
    assert done.err.startswith("NOT ISOLATED: students' code can do what you can do.")
    expected = {name: one["scores"] for name, one in toy_class[1].of.items()}
    assert {name: one["scores"] for name, one in done.of.items()} == expected
    assert list(temporary.iterdir()) == []


def test_nbgrader_itself_grades_from_the_root(toy_class, tmp_path):
    folder = shutil.copytree(toy_class[0], tmp_path / "class")
    executed = folder / "classroom/autograded/zoe/01_toy/01_toy.ipynb"
    executed.unlink()
    done = nbgrader(folder, "autograde", "01_toy", "--student", "zoe", "--force")
    assert done.returncode == 0, done.stderr
    assert executed.is_file()


def test_a_class_that_handed_in_nothing_is_told_so(tmp_path, capsys):
    course(tmp_path, "01_toy", TOY)
    assert cli.main(["run", "01_toy", "--course-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        "nothing was submitted: no classroom/submitted/STUDENT/01_toy/01_toy.ipynb\n"
    )


def test_an_unknown_assignment_is_told_so(tmp_path):
    course(tmp_path, "01_toy", TOY)
    known = r"there is no assignment '02_toy', since .*02_toy\.ipynb is not there; there is 01_toy"
    with pytest.raises(GradingError, match=known):
        load_assignment("02_toy", tmp_path)


def test_a_path_in_place_of_an_assignment_is_told_which_there_are(tmp_path):
    course(tmp_path, "01_toy", TOY)
    told = r"there is no assignment 'a/01_toy\.ipynb'.* there is 01_toy$"
    with pytest.raises(GradingError, match=told):
        load_assignment("a/01_toy.ipynb", tmp_path)


def test_checks_that_are_not_what_was_built_are_named_before_grading(tmp_path):
    course(tmp_path, "01_toy", TOY)
    file = tmp_path / "checks" / "01_toy.py"
    assert cli.unbuilt(load_assignment("01_toy", tmp_path)) == ""
    file.write_text(file.read_text("utf-8").replace("assert ", "assert True and ", 1), "utf-8")
    said = cli.unbuilt(load_assignment("01_toy", tmp_path))
    assert said.startswith("CAREFUL: checks/01_toy.py or the points in solutions/01_toy.py are not")
    assert "make build A=01_toy" in said
    assert "VAE_CHECKS" in said


def test_a_folder_without_a_configuration_is_told_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="run this from the root of the repository"):
        load_assignment("01_toy", tmp_path)


def nbgrader(folder, *arguments):
    """Runs nbgrader's own command in the root of a course."""
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
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
