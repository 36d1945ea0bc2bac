"""The course as a whole: its notebooks, checks, attacks, site, tests and their length."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import nbformat

from experiments.clock import CHILDREN, stopwatch
from experiments.measurements import ROOT, Figure
from grading.authoring.execute import execute

ATTACKS = ROOT / "tests" / "attacks"
CHECKS = ("-m", "grading.authoring.kill_matrix")
ATTACK_KINDS = {
    "in code": ("*.py", "walls/*.py", "judging/*.py"),
    "on notebook or folder": ("notebooks/*.py",),
    "on downloads": ("downloads/*.py",),
    "on pages": ("pages/*.py",),
}
ATTACK_TESTS = (
    *("-m", "pytest", "-q"),
    *(f"tests/grading/sandbox/test_{name}.py" for name in ("attacks", "walls", "judging")),
    *(f"tests/grading/classroom/test_{name}.py" for name in ("downloads", "pages")),
)
SITE = ("-m", "sphinx", "--quiet", "--fail-on-warning", "docs")
LANES = ("test-fast", "test", "test-colab")
FOLDERS = ("vaelib", "grading", "experiments", "solutions", "checks", "tests", "tests/answers")


def notebooks():
    """Every solution notebook from top to bottom, on real data if there is any, and without."""
    figures = []
    for path in sorted(ROOT.glob("solutions/*/*.ipynb")):
        for kind in ("real", "synthetic") if "VAELIB_DATA" in os.environ else ("synthetic",):
            nb = nbformat.read(path, as_version=4)
            with patch.dict(os.environ), tempfile.TemporaryDirectory() as folder:
                if kind == "synthetic":
                    os.environ.pop("VAELIB_DATA", None)
                with stopwatch(CHILDREN) as seconds:
                    execute(nb, folder, {cell.id: 0 for cell in nb.cells})
            figures += _seconds(f"{path.stem}, {kind} data", seconds)
    return figures


def checks():
    """Every check on its right and wrong answers: the last line of the kill matrix."""
    numbers = re.findall(r"\d+", _output(*CHECKS).splitlines()[-1])
    quantities = ("exercises", "answers", "passed", "refused", "faults")
    return [
        Figure("all checks", quantity, int(number))
        for quantity, number in zip(quantities, numbers, strict=True)
    ]


def attacks():
    """Every attack, judged by its test."""
    counts = {
        kind: sum(len(list(ATTACKS.glob(files))) for files in patterns)
        for kind, patterns in ATTACK_KINDS.items()
    }
    with stopwatch(CHILDREN) as seconds:
        output = _output(*ATTACK_TESTS)
    return [
        Figure("all attacks", "attacks", sum(counts.values())),
        *(Figure("all attacks", kind, count) for kind, count in counts.items()),
        Figure("all attacks", "tests passed", _passed(output)),
        Figure("all attacks", "wall time", seconds[0], "s"),
    ]


def site():
    """How long the site takes to build, and how large it is."""
    with tempfile.TemporaryDirectory() as folder:
        with stopwatch(CHILDREN) as seconds:
            _output(*SITE, "--doctree-dir", f"{folder}/doctrees", f"{folder}/site")
        size = sum(path.stat().st_size for path in Path(folder, "site").rglob("*"))
    return [*_seconds("`make site`", seconds), Figure("`make site`", "size", size / 1e6, "MB")]


def tests():
    """How long the lanes of tests take once their environment is installed."""
    figures = []
    for lane in LANES:
        with stopwatch(CHILDREN) as seconds:
            done = subprocess.run(["make", lane], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        name = f"`make {lane}`"
        figures += _seconds(name, seconds)
        figures.append(Figure(name, "tests and cells passed", _passed(done.stdout.decode())))
    return figures


def lines():
    """Lines of the text that people edit, by folder."""
    figures = []
    for folder in FOLDERS:
        files = (ROOT / folder).rglob("*.py") if (ROOT / folder).is_dir() else ()
        lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in files]
        if lengths:
            figures += [
                Figure(f"`{folder}/`", "files", len(lengths)),
                Figure(f"`{folder}/`", "all", sum(lengths), "lines"),
                Figure(f"`{folder}/`", "median file", round(statistics.median(lengths)), "lines"),
                Figure(f"`{folder}/`", "largest file", max(lengths), "lines"),
            ]
    return figures


def _seconds(name, seconds):
    return [
        Figure(name, "wall time", seconds[0], "s"),
        Figure(name, "processor time", seconds[1], "s"),
    ]


def _output(*arguments):
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _passed(output):
    """How many tests passed, by the last lines of pytest."""
    return sum(int(number) for number in re.findall(r"(\d+) passed", output))
