"""What an untidy submission is, and the words of what is put right in it."""

import copy
import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import nbformat

from tests.support.classes import TOY, place, with_source

STEP = 8  # seconds that a cell or a call may take here
# One cell more, which no exercise needs: what it computes is shown, and set by a call.
TEXT = TOY.replace("SEED = 1\n", 'SEED = 1\n\n# %%\nshown = len("ab")\n')
DOUBLE = "def double(x):\n    return x + x"
SQUARE = "def square(x):\n    return x * x"
REORDERED = "cells stood in another order; they were put back into that of the release"
UNMARKED = "`{}` was found in a cell that had lost nbgrader's mark"
ELSEWHERE = "`{}` was found in another cell; its own had no answer"
CHANGED = "the check `{}` differed from the current one, which was used"
MISSING = "the cell `{}` was missing; it was put back"
PUT_BACK = "a cell was missing; it was put back: `{}`"
TWICE = "the cell `{}` was there 2 times; the {} counts"
ANSWER = "the answer `why` was found in a cell that had lost its mark"
RENAMED = "the notebook was called {}; it was taken for 01_toy.ipynb"


@dataclass(frozen=True)
class Case:
    """A submission, and what must come of it.

    Attributes:
        make: called with the answered notebook and the release; returns a notebook or bytes.
        repairs: all that must be told as put right, in order.
        points: of `double` and of `square`.
        says: dict from exercise to what its message must contain.
        answered: whether the written answer waits for a person.
        file: what the notebook is called.
        beside: dict from path to bytes of what lies beside it.
        judged: whether only the grader's own processes can tell what its cells do.
    """

    make: Callable
    repairs: tuple
    points: tuple = (2, 3)
    says: dict = field(default_factory=dict)
    answered: bool = True
    file: str = "01_toy.ipynb"
    beside: dict = field(default_factory=dict)
    judged: bool = False

    def lay(self, folder, full, released):
        """Writes what is handed in into a folder."""
        made = self.make(copy.deepcopy(full), released)
        files = {self.file: made if isinstance(made, bytes) else written(made)}
        for name, content in (files | self.beside).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


CASES = {}


def case(*repairs, student=None, **options):
    """Notes a case; the function that makes it gives the student's name, if nothing else does."""

    def note(make):
        CASES[student or make.__name__] = Case(make, repairs, **options)
        return make

    return note


running = functools.partial(case, judged=True)


def written(nb):
    """The bytes of a notebook, whatever is wrong with it."""
    return nbformat.writes(nb, version=nbformat.NO_CONVERT).encode()


def dumped(data):
    """The bytes of a notebook that is a dict."""
    return json.dumps(data, ensure_ascii=False).encode()


def answered_but(nb, released, *names):
    """The answered notebook with some stubs untouched."""
    for name in names:
        nb = with_source(nb, name, released.cells[place(released, name)].source)
    return nb


def moved(nb):
    """Copies a notebook with its cells from the last to the first."""
    nb = copy.deepcopy(nb)
    nb.cells.reverse()
    return nb


def stripped(nb):
    """The notebook as Colab saves it: without nbgrader's metadata, in the format of before ids."""
    data = json.loads(written(nb))
    for number, cell in enumerate(data["cells"]):
        cell["metadata"] = {"id": f"Xy{number}", "executionInfo": {"status": "ok"}, "colab": {}}
        del cell["id"]
    data |= {"nbformat": 4, "nbformat_minor": 0}
    data["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    return data
