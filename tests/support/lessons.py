"""A lesson and its checks to build, and what came of it."""

import shutil

from grading.authoring.build import main
from tests.support.classes import REPOSITORY

TOY = '''\
# %% [markdown]
# # Doubling and squaring
#
# **You will learn** to double and to square.
#
# **Before you start.** Nothing.
#
# **Time and points.** Five minutes, 6 points, 1 of them by hand.

# %%
"""What this notebook imports."""

import math

# %%
SEED = 1

# %% [markdown]
# ### Exercise 1 · `double` (2 points)

# %% exercise="double"
def double(x):
    """Doubles x."""
    # BEGIN SOLUTION
    twice_as_much = x + x
    return twice_as_much
    # END SOLUTION


# %%
print("double(4) should be 8")

# %% check="double" points=2

# %% [markdown] predict="half"
# **Predict.** What is the square of ½? *Your guess.*

# %% [markdown]
# ### Exercise 2 · `square` (3 points)

# %% exercise="square"
def _helper(x):
    return x


def square(x):
    """Squares x."""
    # BEGIN SOLUTION
    return math.pow(_helper(x), 2)
    # END SOLUTION


# %% check="square" points=3

# %% [markdown] answer="why_square" points=1
# **Why** is a square never negative?
#
# <!-- BEGIN SOLUTION -->
# A product of equal signs is positive. Rubric: 1 point for the signs.
# <!-- END SOLUTION -->

# %% compare
1 + SEED

# %%
print("twins")

# %%
print("twins")

# %% [markdown]
# ## Recap
#
# You doubled and squared.

# %% [markdown]
# ## Further reading
#
# Euclid, because he came first.
'''

TOY_CHECKS = '''\
"""The checks of the toy."""

import os.path

import numpy as np
from numpy import linalg, testing


def check_double(double):
    """the numbers from 0 to 2"""
    pairs = {n: 2 * n for n in range(3)}
    assert all(double(n) == twice for n, twice in pairs.items()), "double: wrong"
    # BEGIN HIDDEN TESTS
    many = np.arange(10)
    assert (double(many) == 2 * many).all(), "double: wrong, case=arrays"
    # END HIDDEN TESTS


def check_square(square):
    """the number 3"""
    assert square(3) == 9, "square: wrong"
'''


def course(folder, text=TOY, checks=TOY_CHECKS):
    """Lays out a course with one assignment, 01_toy, and returns the path of its lesson."""
    for kind, content in (("checks", checks), ("solutions", text)):
        path = folder / kind / "01_toy.py"
        path.parent.mkdir(parents=True)
        path.write_text(content, encoding="utf-8")
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    return path


def built(path):
    """The two notebooks of a course laid out by `course`."""
    name, root = path.stem, path.parent.parent
    return (
        path.parent / name / f"{name}.ipynb",
        root / "course" / name / f"{name}.ipynb",
    )


def by_id(nb):
    return {cell.id: cell for cell in nb.cells}


def changed(text, old, new, at):
    """A text with a change, and the number of the line that then begins or goes on with `at`."""
    assert old in text
    fresh = text.replace(old, new, 1)
    assert fresh.count(at) == 1 or at not in text
    return fresh, fresh[: fresh.index(at)].count("\n") + 1


def refused(folder, capsys, text=TOY, checks=TOY_CHECKS):
    """What the build says, line by line, about a course that it refuses and writes nothing of."""
    path = course(folder, text, checks)
    assert main(["--course-dir", str(folder)]) == 1
    assert not any(one.exists() for one in built(path))
    return capsys.readouterr().err.splitlines()
