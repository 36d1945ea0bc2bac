"""Small classes to grade: a course in a folder, what students hand in, and what came of it."""

import copy
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_code_cell

from grading import notebook
from grading.authoring.build import convert
from grading.authoring.release import release

REPOSITORY = Path(__file__).resolve().parents[2]

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

# %% [markdown]
# ### Exercise 2 · `square` (3 points)

# %% exercise="square"
def square(x):
    # BEGIN SOLUTION
    return x * x
    # END SOLUTION


# %% check="square" points=3

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

TOY_CHECKS = '''\
def check_double(double):
    """the number 3"""
    assert double(3) == 6
    # BEGIN HIDDEN TESTS
    assert double(4) == 8
    # END HIDDEN TESTS


def check_square(square):
    """the number 3"""
    assert square(3) == 9
'''


@dataclass
class Graded:
    """One run of `vae-grade run`: its exit status, what it wrote, and its report by student."""

    status: int
    out: str
    err: str
    report: dict
    of: dict


def course(folder, source, text=None, checks=TOY_CHECKS):
    """Lays out a course with the solution notebook of one lesson, not executed, and its release.

    The lesson is that of the repository, or `text` with `checks`. Returns the name of the
    assignment, its solution and its release.
    """
    for kind, given in (("checks", text and checks), ("solutions", text)):
        path = folder / kind / f"{source}.py"
        path.parent.mkdir(parents=True)
        path.write_text(given or (REPOSITORY / kind / path.name).read_text("utf-8"), "utf-8")
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    shutil.copytree(REPOSITORY / "solutions" / "pictures", path.parent / "pictures")
    solution = convert(path)
    notebook.write(solution, path.parent / source / f"{source}.ipynb")
    released = release(solution, source, folder)
    notebook.write(released, folder / "course" / source / f"{source}.ipynb")
    return source, solution, released


def submit(folder, student, name, nb, file=None):
    """Lays a submission where students' work is collected, and returns its path."""
    path = folder / "classroom" / "submitted" / student / name / (file or f"{name}.ipynb")
    notebook.write(nb, path)
    return path


def grade(folder, name, *options):
    """Runs `vae-grade run NAME` with one worker in the root of a course, and reads its report."""
    done = subprocess.run(
        [sys.executable, "-m", "grading", "run", name, "--workers", "1", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    path = folder / "classroom" / "reports" / f"{name}.json"
    report = json.loads(path.read_text("utf-8")) if path.is_file() else {"submissions": []}
    of = {one["student"]: one for one in report["submissions"]}
    return Graded(done.returncode, done.stdout, done.stderr, report, of)


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


def answered(solution, released, exercises=None):
    """The release with the solutions of some exercises and written answers, or of all."""
    done = released
    for cell in solution.cells:
        graded = cell.metadata.get("nbgrader", {})
        if graded.get("solution") and (exercises is None or cell.id in exercises):
            done = with_source(done, cell.id, cell.source)
    return done


def half_right(solution, released):
    """The release with the solution of every second exercise; and the names of those."""
    right = [one["grade_id"] for one in by_kind(solution)[0][::2]]
    return answered(solution, released, right), right


def place(nb, cell_id):
    """The index of a cell."""
    return [cell.id for cell in nb.cells].index(cell_id)


def without(nb, *cell_ids):
    """Copies a notebook without some cells."""
    nb = copy.deepcopy(nb)
    nb.cells = [cell for cell in nb.cells if cell.id not in cell_ids]
    return nb


def without_outputs(nb):
    """Copies a notebook without what running it leaves behind."""
    nb = copy.deepcopy(nb)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


def behind(nb, cell_id, *sources):
    """Copies a notebook with a student's own code cells behind a cell."""
    nb = copy.deepcopy(nb)
    at = place(nb, cell_id) + 1
    nb.cells[at:at] = [new_code_cell(source) for source in sources]
    return nb
