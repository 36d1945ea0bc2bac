"""A mark is decided anew when what decides it is another thing, and says what decided it."""

import contextlib
import json
import shutil
from concurrent.futures import Executor, Future

import pytest

from grading import cli, notebook
from grading.classroom import provenance, report, worker
from grading.classroom.assignment import load_assignment
from grading.classroom.pool import Pool
from grading.classroom.prepare import prepare
from grading.classroom.results import kept, kept_results
from grading.classroom.run import run
from grading.sandbox.work import PASSED, Verdict
from tests.support.classes import REPOSITORY, TOY, answered, course, submit, with_source


class Kind(Executor):
    """A worker in this process that finds everything right."""

    def submit(self, function, work, decided_by):
        future = Future()
        future.set_result(({name: Verdict(PASSED) for name in work.checks}, [], 0.1))
        return future


class Strict(Executor):
    """A worker in this process that looks at what it would decide by."""

    def submit(self, function, work, decided_by):
        future = Future()
        try:
            future.set_result(function(work, decided_by))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Copies of both packages, which the grader takes for its own."""
    root = tmp_path / "packages"
    for name in provenance.OURS:
        shutil.copytree(REPOSITORY / name, root / name)
    monkeypatch.setattr(provenance, "package_folder", lambda name: root / name)
    return root


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory):
    """A class of three, graded."""
    folder = tmp_path_factory.mktemp("class")
    name, solved, released = course(folder, "01_toy", TOY)
    for student in ("ann", "bob", "cy"):
        submit(folder, student, name, answered(solved, released))
    grade(folder)
    return folder


@pytest.fixture
def graded(graded_once, packages, tmp_path):
    """The same in a folder of its own."""
    return shutil.copytree(graded_once, tmp_path / "class")


def grade(folder, **options):
    return run(load_assignment("01_toy", folder), Pool(Kind, lambda: 2, None), {}, **options)


def regraded(folder):
    """Those who are graded anew in a run."""
    task = load_assignment("01_toy", folder)
    return [s for s in ("ann", "bob", "cy") if prepare(s, task, {}, again=False).work]


def test_a_second_run_grades_nobody_anew(graded):
    assert regraded(graded) == []


@pytest.mark.parametrize(
    "path",
    [
        "vaelib/checks/demands.py",
        "vaelib/checks/oracles.py",
        "vaelib/reference/bands.json",
        "vaelib/explorer/page.html",
        "grading/sandbox/judge.py",
        "grading/classroom/run.py",
    ],
)
def test_a_change_in_either_package_grades_everybody_anew(graded, packages, path):
    file = packages / path
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")
    assert regraded(graded) == ["ann", "bob", "cy"]


def test_a_changed_tolerance_grades_everybody_anew(graded, packages):
    file = packages / "vaelib" / "checks" / "demands.py"
    text = file.read_text("utf-8")
    assert "rtol: ArrayLike = 1e-5" in text
    file.write_text(text.replace("ArrayLike = 1e-5", "ArrayLike = 1e-3"), "utf-8")
    assert regraded(graded) == ["ann", "bob", "cy"]


def test_a_new_file_and_a_new_name_of_one_grade_everybody_anew(graded, packages):
    extra = packages / "vaelib" / "data" / "more.bin"
    extra.write_bytes(b"\0")
    assert regraded(graded) == ["ann", "bob", "cy"]
    grade(graded)
    extra.rename(extra.with_name("other.bin"))
    assert regraded(graded) == ["ann", "bob", "cy"]


def test_what_python_keeps_beside_a_module_changes_nothing(graded, packages):
    cache = packages / "vaelib" / "__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "losses.cpython-399.pyc").write_bytes(b"\0")
    assert regraded(graded) == []


def test_a_changed_check_grades_everybody_anew(graded):
    path = graded / "solutions" / "01_toy" / "01_toy.ipynb"
    solved = notebook.read(path)
    check = next(cell for cell in solved.cells if cell.id == "check_double")
    text = check.source.replace("double(4) == 8", "double(5) == 10")
    assert text != check.source
    notebook.write(with_source(solved, "check_double", text), path)
    assert regraded(graded) == ["ann", "bob", "cy"]


def test_a_changed_release_grades_everybody_anew(graded):
    path = graded / "course" / "01_toy" / "01_toy.ipynb"
    nb = notebook.read(path)
    nb.cells[0].source += "\n\nOne more line."
    notebook.write(nb, path)
    assert regraded(graded) == ["ann", "bob", "cy"]


@pytest.mark.parametrize("package", provenance.THEIRS)
def test_another_version_of_a_package_grades_everybody_anew(graded, monkeypatch, package):
    with other_version(monkeypatch, package):
        assert regraded(graded) == ["ann", "bob", "cy"]


def test_another_python_grades_everybody_anew(graded, monkeypatch):
    monkeypatch.setattr(provenance.platform, "python_version", lambda: "3.99.0")
    assert regraded(graded) == ["ann", "bob", "cy"]


def test_a_change_in_the_documentation_grades_nobody_anew(graded):
    (graded / "docs").mkdir()
    (graded / "docs" / "example.py").write_text('"""Another docstring."""\n')
    assert regraded(graded) == []


def test_a_course_that_moves_grades_nobody_anew(graded, tmp_path):
    assert regraded(graded.rename(tmp_path / "elsewhere")) == []


def test_only_who_handed_in_something_else_is_graded_anew(graded):
    path = graded / "classroom/submitted/bob/01_toy/01_toy.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    assert regraded(graded) == ["bob"]


def test_a_result_says_what_decided_it_and_comes_back_from_disk_as_it_was(graded):
    task = load_assignment("01_toy", graded)
    (ann, *_) = grade(graded, again=True)
    assert set(ann.decided_by) == {
        *("checks", "release", "vaelib", "grading", "python"),
        *("tensorflow", "keras", "numpy", "scipy"),
    }
    assert kept("ann", task) == ann
    made = report.make(task, kept_results(task), 0)
    assert made["decided_by"] == task.decided_by
    assert [one["decided_by"] for one in made["submissions"]] == [task.decided_by] * 3


OLD = {
    "first edition": {
        "student": "ann",
        "key": "0" * 64,
        "submission": "",
        "verdicts": {"double": ["pass", ""], "square": ["fail", "square: no."]},
        "repairs": [],
        "troubles": [],
        "seconds": 1.0,
        "failure": "",
    },
    "an outcome's old name": {"student": "ann", "verdicts": {"double": {"outcome": "pass"}}},
    "list": [],
    "number": 7,
    "list of verdicts": {"student": "ann", "key": "", "verdicts": []},
    "without verdicts": {"student": "ann"},
    "unknown field": {"student": "ann", "verdicts": {}, "more": 1},
}


@pytest.mark.parametrize("kind", OLD)
def test_verdicts_of_another_edition_are_graded_anew(graded, kind):
    task = load_assignment("01_toy", graded)
    (task.kept / "ann.json").write_text(json.dumps(OLD[kind]))
    assert [one.student for one in kept_results(task)] == ["bob", "cy"]
    assert regraded(graded) == ["ann"]
    grade(graded)
    assert [one.student for one in kept_results(task)] == ["ann", "bob", "cy"]


def test_a_report_names_marks_that_something_else_decided(graded, monkeypatch, capsys):
    with other_version(monkeypatch, "numpy", "1.0.1"):
        grade(graded, only="bob", again=True)
        grade(graded, only="cy", again=True)
    here = provenance.tools()["numpy"]
    assert cli.main(["report", "01_toy", "--course-dir", str(graded)]) == 0
    out = capsys.readouterr().out
    assert (
        f"2 students' marks (bob cy) were decided by numpy 1.0.1; here is numpy {here}: "
        "grade again with vae-grade run 01_toy\n"
    ) in out
    made = json.loads((graded / "classroom/reports/01_toy.json").read_text("utf-8"))
    assert {one["student"]: one["decided_by"]["numpy"] for one in made["submissions"]} == {
        "ann": here,
        "bob": "1.0.1",
        "cy": "1.0.1",
    }
    grade(graded)
    task = load_assignment("01_toy", graded)
    assert "decided by" not in report.table(report.make(task, kept_results(task), 0))


def test_a_worker_that_would_decide_by_something_else_refuses_and_names_it(graded, monkeypatch):
    task = load_assignment("01_toy", graded)
    there = provenance.tools() | {"numpy": "1.0.1"}
    monkeypatch.setattr(worker, "_tools", lambda: there)
    results = run(task, Pool(Strict, lambda: 2, worker.judged), {}, again=True)
    here = task.decided_by["numpy"]
    assert {one.failure for one in results} == {
        f"a worker would decide by numpy 1.0.1, and the run by numpy {here}"
    }
    assert {len(one.verdicts) for one in results} == {0}
    made = report.make(task, results, 0)
    assert "NO GRADE for ann: a worker would decide by numpy 1.0.1" in report.table(made)


@contextlib.contextmanager
def other_version(monkeypatch, package, text="0.0.1"):
    true = provenance._version
    with monkeypatch.context() as patched:
        patched.setattr(
            provenance, "_version", lambda name: text if name == package else true(name)
        )
        yield
