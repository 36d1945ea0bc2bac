"""Whether a large class of toy submissions is graded in linear time and in bounded memory."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil
from nbformat import v4

from experiments.measurements import ROOT, Figure
from experiments.memory import memory_of
from grading import notebook
from grading.course import course_config, environment, generate

NAME = "01_toy"
WARM_UP = 50  # submissions, while workers start
WORKERS = 2
EVERY = 1.0  # seconds between two looks at the memory
CELLS = (  # kind, name, points, text; and the answer to an exercise
    ("code", "", 0, "SEED = 1"),
    ("code", "double", 0, "def double(x):\n    return x + x"),
    ("code", "check_double", 2, "assert double(3) == 6"),
    ("code", "square", 0, "def square(x):\n    return x * x"),
    ("code", "check_square", 3, "assert square(3) == 9"),
    ("markdown", "why", 2, "Because."),
)


def measure(n: int = 3_000) -> list[Figure]:
    """Grades a class of n, and gives its figures.

    Halves are those of what follows the first 50 submissions. Pages that processes share are
    counted once, as /proc says (the proportional set size).

    Args:
        n: how many submissions, more than 50.
    """
    os.environ.update(environment())  # nbgrader calls alembic by its bare name
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _course(folder, n)
        sizes, spending = _grade(folder)
        verdicts = (folder / "classroom" / "verdicts" / NAME).glob("*.json")
        moments = sorted(path.stat().st_mtime for path in verdicts)
    if len(moments) != n:
        raise RuntimeError(f"{len(moments)} of {n} were graded")
    begin, middle, end = (moments[place - 1] for place in (WARM_UP, (WARM_UP + n) // 2, n))
    title = f"{n:,} toy submissions"
    figures = []
    for half, start, stop in (("first half", begin, middle), ("second half", middle, end)):
        most = max(size for at, size in sizes if start < at <= stop)
        figures += [
            Figure(f"{title}, {half}", "wall time", stop - start, "s"),
            Figure(f"{title}, {half}", "peak memory", most / 2**20, "MiB"),
        ]
    ratio = (end - middle) / (middle - begin)
    spent = (_nearest(spending, end) - _nearest(spending, begin)) / (n - WARM_UP)
    return [
        *figures,
        Figure(f"{title}, second half / first", "ratio of wall times", ratio),
        Figure(f"{title}, each", "processor time of the recording process", spent, "s"),
    ]


def _course(folder, n):
    """A course with one small assignment, and n submissions with one answer in three wrong."""
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    solved = v4.new_notebook(cells=[_cell(*one) for one in CELLS])
    solved.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    notebook.write(solved, folder / "solutions" / NAME / f"{NAME}.ipynb")
    report = generate(NAME, course_config(folder))
    if not report["success"]:
        raise RuntimeError(report["error"])
    released = notebook.read(folder / "course" / NAME / f"{NAME}.ipynb")
    answers = [cell.source for cell in solved.cells]
    for i in range(n):
        for place, cell in enumerate(released.cells):
            if notebook.is_exercise(cell) or notebook.is_answer(cell):
                cell.source = answers[place] if (i + place) % 3 else f"# nothing from {i}"
        path = folder / "classroom" / "submitted" / f"student{i:05}" / NAME / f"{NAME}.ipynb"
        notebook.write(released, path)


def _cell(kind, name, points, source):
    make = v4.new_code_cell if kind == "code" else v4.new_markdown_cell
    if not name:
        return make(source)
    is_check = name.startswith("check_")
    graded = {
        "grade_id": name,
        "schema_version": 3,
        "grade": points > 0,
        "solution": not is_check,
        "locked": is_check,
        "task": False,
    }
    graded |= {"points": points} if points else {}
    return make(source, id=name, metadata={"nbgrader": graded})


def _grade(folder):
    """Runs `vae-grade run`; bytes of all its processes, and seconds that the first one took.

    Returns:
        Two lists of pairs of a moment and a value.
    """
    command = [sys.executable, "-m", "grading", "run", NAME, "--workers", str(WORKERS)]
    sizes, spent = [], []
    with (folder / "output.txt").open("w") as output:
        env = os.environ | {"PYTHONPATH": str(ROOT)}
        started = psutil.Popen(command, cwd=folder, env=env, stdout=output, stderr=output)
        while started.poll() is None:
            with contextlib.suppress(psutil.Error):
                times = started.cpu_times()
                spent.append((time.time(), times.user + times.system))
                family = [started, *started.children(recursive=True)]
                sizes.append((time.time(), memory_of(family)))
            time.sleep(EVERY)
    if started.returncode:
        raise RuntimeError((folder / "output.txt").read_text())
    return sizes, spent


def _nearest(pairs, moment):
    return min(pairs, key=lambda pair: abs(pair[0] - moment))[1]
