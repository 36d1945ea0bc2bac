"""Time and memory that a class takes to grade, here and under stock nbgrader."""

import contextlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbgrader.api import Gradebook

from experiments.measurements import ROOT, Figure
from experiments.memory import memory_of
from grading.course import environment

NAME = "03_reparameterization"
CLASS, IN_TURN = 24, 2  # submissions, and groups of them that alternate between the two
FULL = 4  # submissions with training at full length
WORKERS = 2
EVERY = 9  # one answer of so many is left open
LONG = 'import os\n\nos.environ.pop("NBGRADER_EXECUTION", None)  # training is not cut short'


def measure():
    """Both comparisons as figures.

    Raises:
        RuntimeError: a command failed, or a single score differs.
    """
    with tempfile.TemporaryDirectory() as folder:
        groups = [
            _course(Path(folder, f"group{i}"), CLASS // IN_TURN, i * CLASS // IN_TURN)
            for i in range(IN_TURN)
        ]
        short = _compare(f"{CLASS} submissions, training cut short", groups)
        full = _course(Path(folder, "full"), FULL, 0, LONG)
        return short + _compare(f"{FULL} submissions, training at full length", [full])


def _compare(title, groups):
    ours, theirs = [], []
    for folder in groups:
        theirs.append(_measured(_stock, folder))
        marks = _marks(folder)
        shutil.rmtree(folder / "classroom" / "autograded")
        (folder / "classroom" / "gradebook.db").unlink()
        ours.append(_measured(_vae_grade, folder))
        if _marks(folder) != marks:
            raise RuntimeError(f"the scores differ: {marks} under nbgrader, {_marks(folder)} here")
    seconds = [sum(one[0] for one in side) for side in (theirs, ours)]
    memory = [max(one[1] for one in side) / 2**30 for side in (theirs, ours)]
    return [
        Figure(title, "nbgrader", seconds[0], "s"),
        Figure(title, "vae-grade", seconds[1], "s"),
        Figure(title, "ratio", seconds[0] / seconds[1]),
        Figure(title, "nbgrader, peak memory", memory[0], "GiB"),
        Figure(title, "vae-grade, peak memory", memory[1], "GiB"),
    ]


def _course(folder, n, first, opening=""):
    """A course with n submissions: the solution, with another answer left open in each."""
    folder.mkdir()
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    for part in ("solutions", "course"):
        shutil.copytree(ROOT / part / NAME, folder / part / NAME)
    released = nbformat.read(ROOT / "course" / NAME / f"{NAME}.ipynb", 4)
    solved = nbformat.read(ROOT / "solutions" / NAME / f"{NAME}.ipynb", 4)
    answers = {cell.id: cell.source for cell in solved.cells if _solution(cell)}
    for i in range(first, first + n):
        nb = nbformat.from_dict(released)
        for place, cell in enumerate(filter(_solution, nb.cells)):
            if (i + place) % EVERY:
                cell.source = answers[cell.id]
            else:
                cell.source = next(c.source for c in released.cells if c.id == cell.id)
        if opening:
            nb.cells.insert(0, nbformat.v4.new_code_cell(opening))
        path = folder / "classroom" / "submitted" / f"student{i:02}" / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)
    return folder


def _solution(cell):
    return cell.metadata.get("nbgrader", {}).get("solution")


def _stock(folder):
    timeout = "--ExecutePreprocessor.timeout=3600"
    release = ["generate_assignment", NAME, "--CourseDirectory.release_directory=released"]
    for arguments in (release, ["autograde", NAME, timeout, "--Execute.timeout=3600"]):
        _command(folder, "nbgrader", *arguments)


def _vae_grade(folder):
    _command(folder, "grading", "run", NAME, "--workers", str(WORKERS))


def _command(folder, module, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=environment() | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


def _marks(folder):
    """Dict from student and check to points; written answers are not compared."""
    with contextlib.closing(Gradebook(f"sqlite:///{folder}/classroom/gradebook.db")) as gradebook:
        return {
            (submission.student_id, grade.name): grade.auto_score
            for submission in gradebook.assignment_submissions(NAME)
            for grade in submission.notebooks[0].grades
        }


def _measured(grade, folder):
    """Wall seconds, and the most memory in bytes that all its processes had at one time.

    Pages that processes share are counted once, as /proc says (the proportional set size).
    """
    peak, over = [0], threading.Event()

    def watch():
        me = psutil.Process()
        while not over.wait(0.5):
            peak[0] = max(peak[0], memory_of(me.children(recursive=True)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    try:
        grade(folder)
        return time.perf_counter() - started, peak[0]
    finally:
        over.set()
        watcher.join()
