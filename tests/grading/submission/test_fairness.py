"""Honest but untidy submissions: each gets the points of its right exercises, and no less."""

import base64
import copy
import dataclasses
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.support.classes import (
    TOY,
    answered,
    behind,
    by_kind,
    course,
    grade,
    place,
    submit,
    with_source,
    without,
)

STEP = 8  # seconds that a cell or a call may take here
DOUBLE = "def double(x):\n    return x + x"
SQUARE = "def square(x):\n    return x * x"
TEXT = TOY.replace("SEED = 1\n", 'SEED = 1\n\n# %%\nshown = len("ab")\n')
REORDERED = "cells stood in another order; they were put back into that of the release"
UNMARKED = "`{}` was found in a cell that had lost nbgrader's mark"
ELSEWHERE = "`{}` was found in another cell; its own had no answer"
CHANGED = "the check `{}` differed from the current one, which was used"
MISSING = "the cell `{}` was missing; it was put back"
PUT_BACK = "a cell was missing; it was put back: `{}`"
TWICE = "the cell `{}` was there 2 times; the {} counts"
ANSWER = "the answer `why` was found in a cell that had lost its mark"
RENAMED = "the notebook was called {}; it was taken for 01_toy.ipynb"


@dataclasses.dataclass(frozen=True)
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
    """

    make: object
    repairs: tuple
    points: tuple = (2, 3)
    says: dict = dataclasses.field(default_factory=dict)
    answered: bool = True
    file: str = "01_toy.ipynb"
    beside: dict = dataclasses.field(default_factory=dict)


CASES = {}


def case(*repairs, student=None, **options):
    """Notes a case; the function that makes it gives the student's name, if nothing else does."""

    def note(make):
        CASES[student or make.__name__] = Case(make, repairs, **options)
        return make

    return note


# What code writes and does on its way


@case()
def it_is_tidy(nb, released):
    return nb


@case(points=(0, 0), answered=False)
def it_is_untouched(nb, released):
    return released


@case()
def warnings_and_log_lines_go_to_stderr(nb, released):
    text = "import logging, sys, warnings\n\n\ndef double(x):\n"
    text += "    warnings.warn('careful', DeprecationWarning)\n    logging.error('a line')\n"
    text += "    print('progress', file=sys.stderr)\n    return 2 * x"
    return with_source(nb, "double", text)


@case()
def it_prints_a_lot(nb, released):
    text = "def double(x):\n    print('a long line ' * 1000)\n    return 2 * x\n\n\n"
    nb = with_source(nb, "double", text + "for i in range(10_000):\n    print(i)")
    return behind(nb, "double", "print('x' * 10_000_000)")


@case()
def it_uses_magics(nb, released):
    magics = "%load_ext autoreload\n%autoreload 2\nA = 1"
    more = ("!ls", "%matplotlib inline", "files = !ls", "%%time\nB = 1", "%timeit -n1 -r1 A")
    nb = behind(nb, "square", magics, *more)
    return with_source(nb, "square", "%%time\ndef square(x):\n    return A * B * x * x")


@case()
def it_asks_for_help(nb, released):
    nb = behind(nb, "double", "double?", "?print", "double??", "help(double)", "%pdoc double")
    return with_source(nb, "double", DOUBLE + "\n\n\ndouble?")


@case()
def it_awaits_at_top_level(nb, released):
    return behind(nb, "double", "import asyncio\nawait asyncio.sleep(0)\nTWO = 2")


@case()
def it_waits_for_input(nb, released):
    return behind(nb, "double", "name = input('Who are you? ')\nprint(name)")


@case()
def it_shows_figures(nb, released):
    text = "%matplotlib widget\nimport matplotlib.pyplot as plt"
    show = "plt.ion()\nplt.plot([1, 2])\nplt.show()\nplt.figure()\nplt.pause(0.1)"
    return behind(nb, "double", text, show, "plt.switch_backend('TkAgg')")


@case()
def it_chooses_a_backend(nb, released):
    return behind(nb, "double", "import matplotlib\nmatplotlib.use('agg')")


@case()
def it_quits(nb, released):
    return behind(nb, "double", "exit()", "quit()", "import sys\nsys.exit()", "exit", "sys.exit(1)")


@case()
def it_raises_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "1 / 0", "raise KeyboardInterrupt", "assert False, 'not yet'")


@case()
def it_has_a_syntax_error_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "def helper(:\n    pass", "  x = 1\n y = 2")


@case()
def it_goes_to_another_folder(nb, released):
    text = "import os\nos.makedirs('mine', exist_ok=True)\nos.chdir('mine')"
    return behind(nb, "double", text, "os.chdir('/tmp')", "%cd ..")


@case()
def it_seeds(nb, released):
    text = "import random\nimport numpy as np\nimport keras\nnp.random.seed(0)\nrandom.seed(0)"
    return behind(nb, "double", text, "keras.utils.set_random_seed(1)")


@case()
def it_makes_warnings_errors(nb, released):
    text = "import warnings\nimport numpy as np\nwarnings.simplefilter('error')"
    return behind(nb, "double", text, "np.seterr(all='raise')")


@case()
def it_deletes_names(nb, released):
    return behind(nb, "check_double", "del double")


@case()
def it_takes_stdout_for_itself(nb, released):
    return behind(nb, "double", "import io, sys\nsys.stdout = io.StringIO()", "print(1)")


@case()
def it_shadows_builtins_in_its_own_cells(nb, released):
    return behind(nb, "double", "list = [1, 2]\nsum = 3\nmax = min = 0\ntype = 1")


@case()
def it_starts_a_thread(nb, released):
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()"
    return behind(nb, "double", text)


@case()
def it_uses_tensorflow_in_between(nb, released):
    text = "import tensorflow as tf\ntf.print(tf.constant(1.0) + 1)\ntf.random.set_seed(3)"
    return behind(nb, "double", text)


@case()
def it_reads_a_file_that_is_not_there(nb, released):
    return behind(nb, "double", "open('/content/drive/data.csv').read()")


@case()
def a_helper_s_name_is_used_twice(nb, released):
    text = "def f(x):\n    return 2 * x\n\n\ndef double(x):\n    return f(x)"
    nb = with_source(nb, "double", text)
    text = "def f(x, y):\n    return x * y\n\n\ndef square(x):\n    return f(x, x)"
    return with_source(nb, "square", text)


@case()
def a_variable_is_set_anew_below(nb, released):
    nb = with_source(nb, "double", "n = 2\n\n\ndef double(x):\n    return n * x")
    return behind(nb, "check_double", "n = 3")


@case()
def names_are_reset_at_the_end(nb, released):
    return behind(nb, "why", "%reset -f", "import builtins\ndel builtins.print")


@case()
def a_package_is_not_there(nb, released):
    text = "import seaborn_that_is_not_here\nfrom google.colab import drive\nimport sys\nTWO = 2"
    cell = next(cell for cell in nb.cells if cell.source == "import sys")
    nb = with_source(nb, cell.id, text)
    return with_source(nb, "double", "print(1 / 0)\n\n\ndef double(x):\n    return TWO * x")


@case()
def magics_and_input_stand_above_what_counts(nb, released):
    text = "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n!ls\n"
    text += "name = input()\nimport matplotlib\nmatplotlib.use('TkAgg')\nTWO = 2"
    nb = behind(nb, "predict_sum", text)
    return with_source(nb, "double", "def double(x):\n    return TWO * x")


# What is wrong with one exercise


@case(points=(0, 3), says={"double": "nothing of this name"})
def a_syntax_error_in_one_exercise(nb, released):
    return with_source(nb, "double", "def double(x:\n    return x + x")


@case(points=(0, 3), says={"double": "ZeroDivisionError"})
def a_run_time_error_in_one_exercise(nb, released):
    return with_source(nb, "double", "def double(x):\n    return x / 0")


@case(points=(2, 0), says={"square": f"did not end within {STEP} s"})
def an_endless_loop_in_one_exercise(nb, released):
    return with_source(nb, "square", "def square(x):\n    while True:\n        pass")


@case()
def an_endless_loop_in_a_cell_of_its_own(nb, released):
    return behind(nb, "double", "while True:\n    pass")


@case(
    "left as it was: the cell `double` defines `doubel`, but no `double`",
    points=(0, 3),
    says={"double": "nothing of this name is defined"},
)
def an_exercise_is_renamed(nb, released):
    return with_source(nb, "double", "def doubel(x):\n    return x + x")


@case(points=(0, 3), says={"double": "nothing of this name is defined"})
def an_exercise_is_emptied(nb, released):
    return with_source(nb, "double", "")


@case(points=(0, 3))
def an_exercise_is_wrong(nb, released):
    return with_source(nb, "double", "def double(x):\n    return x + 2")


# Answers written in other ways


@case()
def an_answer_is_a_class(nb, released):
    text = "class Doubling:\n    def __call__(self, x):\n        return 2 * x\n\n\n"
    return with_source(nb, "double", text + "double = Doubling()")


@case()
def an_answer_is_a_lambda(nb, released):
    return with_source(nb, "double", "double = lambda x: 2 * x")


@case()
def an_answer_has_decorators(nb, released):
    text = "import functools\n\n\n@functools.lru_cache\n@functools.wraps(abs)\n"
    return with_source(nb, "double", text + DOUBLE)


@case()
def an_answer_is_a_partial_function(nb, released):
    text = "import functools, operator\n\ndouble = functools.partial(operator.mul, 2)"
    return with_source(nb, "double", text)


@case()
def an_answer_is_defined_under_a_condition(nb, released):
    return with_source(nb, "double", "if True:\n    def double(x):\n        return x + x")


@case()
def an_answer_has_types_and_defaults(nb, released):
    return with_source(
        nb, "double", "def double(x: float, *, n: int = 2) -> float:\n    return n * x"
    )


@case()
def an_answer_recurs(nb, released):
    text = "def square(x, n=None):\n    n = x if n is None else n\n"
    text += "    return 0 if n == 0 else x + square(x, n - 1)"
    return with_source(nb, "square", text)


@case()
def answers_are_numpy_scalars(nb, released):
    nb = with_source(
        nb, "double", "import numpy as np\n\n\ndef double(x):\n    return np.int64(2 * x)"
    )
    return with_source(nb, "square", "def square(x):\n    return np.float32(x * x)")


@case()
def answers_are_floats_and_tensors(nb, released):
    nb = with_source(nb, "double", "def double(x):\n    return 2.0 * x")
    text = "import tensorflow as tf\n\n\ndef square(x):\n    return tf.constant(x * x)"
    return with_source(nb, "square", text)


@case()
def the_stub_s_last_line_is_left(nb, released):
    return with_source(nb, "double", DOUBLE + '\n    raise NotImplementedError("your answer")')


# Cells of the student's own


@case()
def a_helper_has_a_cell_of_its_own(nb, released):
    nb = with_source(nb, "double", "def double(x):\n    return helper(x, 2)")
    return behind(nb, "predict_sum", "def helper(x, n):\n    return n * x")


@case()
def a_helper_stands_below_its_use(nb, released):
    nb = with_source(nb, "double", "def double(x):\n    return helper(x, 2)")
    return behind(nb, "why", "def helper(x, n):\n    return n * x")


@case()
def imports_have_a_cell_of_their_own(nb, released):
    nb = with_source(nb, "square", "def square(x):\n    return int(math.pow(x, 2))")
    return behind(nb, "double", "import math")


@case()
def imports_stand_at_the_end(nb, released):
    nb = with_source(nb, "square", "def square(x):\n    return int(math.pow(x, 2))")
    return behind(nb, "why", "import math")


@case()
def a_variable_of_a_teaching_cell_is_used(nb, released):
    return with_source(nb, "double", "def double(x):\n    return (SEED + 1) * x")


@case()
def a_variable_of_a_demonstration_is_used(nb, released):
    return with_source(nb, "double", "def double(x):\n    return shown * x")


@case()
def a_helper_uses_what_a_demonstration_computed(nb, released):
    nb = with_source(nb, "double", "def double(x):\n    return factor * x")
    return behind(nb, "check_square", "factor = shown * 1")


@case()
def a_name_is_used_again_below(nb, released):
    return behind(nb, "check_double", "double = 3", "def double(x):\n    return 0")


@case()
def one_exercise_uses_another(nb, released):
    return with_source(nb, "square", "def square(x):\n    return double(x) * x // 2")


@case()
def a_teaching_cell_was_edited(nb, released):
    text = "import sys\nimport math as m"
    cell = next(cell for cell in nb.cells if cell.source == "import sys")
    nb = with_source(nb, cell.id, text)
    heading = next(cell for cell in nb.cells if "Exercise 1" in cell.source)
    nb = with_source(nb, heading.id, "### Exercise 1\n\nMy notes: easy")
    return with_source(nb, "square", "def square(x):\n    return int(m.pow(x, 2))")


@case()
def it_has_notes_and_empty_cells(nb, released):
    nb = behind(nb, "double", "", "# a comment", "'a string'")
    nb.cells.insert(place(nb, "square"), new_markdown_cell("What is this? <b>Bold</b> & $x^2$"))
    return nb


# Cells lost, copied, moved


@case(TWICE.format("double", "last"))
def a_cell_is_copied_and_the_last_is_right(nb, released):
    copied = copy.deepcopy(nb.cells[place(nb, "double")])
    copied.source, copied.id = "def double(x):\n    return 0", "copied"
    nb.cells.insert(place(nb, "double"), copied)
    return nb


@case(TWICE.format("double", "last"))
def a_cell_is_copied_below_its_check(nb, released):
    copied = copy.deepcopy(nb.cells[place(nb, "double")])
    copied.id = "copied"
    nb.cells.append(copied)
    return with_source(nb, "double", "def double(x):\n    return 0")


@case(TWICE.format("double", "last"), points=(0, 3))
def a_cell_is_copied_and_the_last_is_wrong(nb, released):
    copied = copy.deepcopy(nb.cells[place(nb, "double")])
    copied.source, copied.id = "def double(x):\n    return 0", "copied"
    nb.cells.insert(place(nb, "double") + 1, copied)
    return nb


@case(TWICE.format("double", "one with an answer"))
def a_copy_is_the_untouched_stub(nb, released):
    stub = copy.deepcopy(released.cells[place(released, "double")])
    stub.id = "copied"
    nb.cells.insert(place(nb, "double") + 1, stub)
    return nb


@case(TWICE.format("double", "last"))
def a_cell_is_split(nb, released):
    whole = nb.cells[place(nb, "double")]
    first = copy.deepcopy(whole)
    first.id, first.source = "first", "import math\n\nTWO = 2"
    whole.source = "def double(x):\n    return int(math.sqrt(TWO * TWO)) * x"
    nb.cells.insert(place(nb, "double"), first)
    return nb


@case(TWICE.format("double", "last"))
def the_first_part_of_a_split_cell_is_the_answer(nb, released):
    second = copy.deepcopy(nb.cells[place(nb, "double")])
    second.id, second.source = "second", "print(double(8))"
    nb.cells.insert(place(nb, "double") + 1, second)
    return nb


@case()
def checks_are_copied(nb, released):
    for check in ("check_double", "check_square"):
        copied = copy.deepcopy(nb.cells[place(nb, check)])
        copied.id = f"{check}-copied"
        nb.cells.append(copied)
    return nb


@case(REORDERED)
def cells_are_moved(nb, released):
    return moved(nb)


@case(REORDERED)
def checks_stand_before_their_exercises(nb, released):
    for name in ("double", "square"):
        check = nb.cells.pop(place(nb, f"check_{name}"))
        nb.cells.insert(place(nb, name), check)
    return nb


@case(REORDERED)
def an_exercise_is_moved_with_its_helper(nb, released):
    nb = behind(
        nb, "predict_sum", "import functools", "@functools.lru_cache\ndef two():\n    return 2"
    )
    at = place(nb, "predict_sum") + 1
    moved = [nb.cells.pop(place(nb, "square")), nb.cells.pop(place(nb, "check_square"))]
    nb.cells[at:at] = moved
    return with_source(nb, "square", "def square(x):\n    return x ** two()")


@case(MISSING.format("double"), points=(0, 3))
def an_exercise_is_deleted(nb, released):
    return without(nb, "double")


@case(MISSING.format("check_double"), MISSING.format("check_square"))
def checks_are_deleted(nb, released):
    return without(nb, "check_double", "check_square")


@case(PUT_BACK.format("import sys"))
def the_cell_of_imports_is_deleted(nb, released):
    nb.cells = [cell for cell in nb.cells if cell.source != "import sys"]
    return nb


@case(PUT_BACK.format("SEED = 1"))
def the_cell_of_settings_is_deleted(nb, released):
    nb.cells = [cell for cell in nb.cells if cell.source != "SEED = 1"]
    return with_source(nb, "double", "def double(x):\n    return (SEED + 1) * x")


@case(PUT_BACK.format("import sys"), PUT_BACK.format("SEED = 1"), answered=False)
def all_but_the_exercises_is_deleted(nb, released):
    nb = answered_but(nb, released, "why")
    nb.cells = [cell for cell in nb.cells if cell.metadata.get("nbgrader")]
    return nb


@case(CHANGED.format("check_square"))
def a_check_is_changed(nb, released):
    return with_source(nb, "check_square", "assert square(3) == 10")


@case(CHANGED.format("check_square"), points=(2, 0))
def a_check_is_made_easy(nb, released):
    nb = with_source(nb, "check_square", "assert True")
    return with_source(nb, "square", "def square(x):\n    return 0")


@case(CHANGED.format("check_square"))
def a_helper_is_typed_into_a_check(nb, released):
    nb = with_source(nb, "square", "def square(x):\n    return times(x, x)")
    text = "import operator\ntimes = operator.mul\n\nassert square(3) == 9\nprint('done')"
    return with_source(nb, "check_square", text)


@case(CHANGED.format("check_double"), ELSEWHERE.format("double"))
def an_exercise_is_typed_into_its_check(nb, released):
    check = released.cells[place(released, "check_double")].source
    nb = with_source(nb, "check_double", f"{DOUBLE}\n\n\n{check}")
    return with_source(nb, "double", released.cells[place(released, "double")].source)


@case("the cell `double` had become another kind; it was made code again")
def an_exercise_is_made_text(nb, released):
    at = place(nb, "double")
    old = nb.cells[at]
    nb.cells[at] = new_markdown_cell(old.source, id=old.id, metadata=old.metadata)
    return nb


@case("the cell `why` had become another kind; it was made text again")
def a_written_answer_is_made_code(nb, released):
    at = place(nb, "why")
    old = nb.cells[at]
    nb.cells[at] = new_code_cell("Because it is so.", id=old.id, metadata=old.metadata)
    return nb


# Cells typed anew, without nbgrader's marks


@case(UNMARKED.format("double"))
def an_exercise_is_typed_anew_in_place(nb, released):
    return without(behind(nb, "double", DOUBLE), "double")


@case(UNMARKED.format("double"))
def an_exercise_is_typed_anew_behind_its_stub(nb, released):
    return behind(answered_but(nb, released, "double"), "double", DOUBLE)


@case(ELSEWHERE.format("double"))
def an_exercise_is_typed_anew_behind_its_check(nb, released):
    nb = answered_but(nb, released, "double")
    return behind(nb, "check_double", "import functools", f"@functools.lru_cache\n{DOUBLE}")


@case(ELSEWHERE.format("double"))
def an_exercise_is_typed_anew_at_the_end_and_its_stub_is_deleted(nb, released):
    nb = without(nb, "double")
    return behind(nb, "why", "from functools import cache", f"@cache\n{DOUBLE}")


@case(ELSEWHERE.format("double"), ELSEWHERE.format("square"))
def all_exercises_are_typed_into_one_cell_at_the_start(nb, released):
    return behind(
        answered_but(nb, released, "double", "square"), "predict_sum", f"{DOUBLE}\n\n\n{SQUARE}"
    )


@case(ELSEWHERE.format("square"))
def two_exercises_are_typed_into_the_cell_of_the_first(nb, released):
    nb = answered_but(nb, released, "square")
    return with_source(nb, "double", f"{DOUBLE}\n\n\n{SQUARE}")


@case(ELSEWHERE.format("double"))
def a_comment_is_typed_into_the_stub(nb, released):
    stub = released.cells[place(released, "double")].source
    nb = with_source(nb, "double", stub.replace("(x):", "(x):  # see below"))
    return behind(nb, "why", DOUBLE)


@case(UNMARKED.format("double"))
def an_exercise_is_typed_anew_with_imports_before_it(nb, released):
    nb = behind(nb, "double", "from functools import cache", f"@cache\n{DOUBLE}")
    return without(nb, "double")


@case(ANSWER)
def a_written_answer_is_typed_anew(nb, released):
    at = place(nb, "why")
    nb.cells[at] = new_markdown_cell("Since $2x = x + x$.")
    return nb


@case(ANSWER)
def a_written_answer_stands_behind_its_stub(nb, released):
    nb = answered_but(nb, released, "why")
    nb.cells.insert(place(nb, "why") + 1, new_markdown_cell("Since $2x = x + x$."))
    return nb


@case(ANSWER)
def a_written_answer_is_typed_into_a_code_cell(nb, released):
    return behind(answered_but(nb, released, "why"), "why", "Since twice is once more.")


def answered_but(nb, released, *names):
    """The answered notebook with some stubs untouched."""
    for name in names:
        nb = with_source(nb, name, released.cells[place(released, name)].source)
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


def written(nb):
    """The bytes of a notebook, whatever is wrong with it."""
    return nbformat.writes(nb, version=nbformat.NO_CONVERT).encode()


def dumped(data):
    """The bytes of a notebook that is a dict."""
    return json.dumps(data, ensure_ascii=False).encode()


@case(UNMARKED.format("double"), UNMARKED.format("square"), ANSWER)
def all_metadata_are_lost(nb, released):
    return dumped(stripped(nb))


@case(UNMARKED.format("double"), points=(2, 0), answered=False)
def all_metadata_are_lost_and_half_is_answered(nb, released):
    return dumped(stripped(answered_but(nb, released, "square", "why")))


@case()
def colab_keeps_the_ids_elsewhere(nb, released):
    data = stripped(nb)
    for cell, old in zip(data["cells"], nb.cells, strict=True):
        cell["metadata"]["id"] = old.id
    return dumped(data)


# Files and formats


for student, file in {
    "downloaded_twice": "01_toy (1).ipynb",
    "called_homework": "homework.ipynb",
    "shouted": "01_TOY.IPYNB",
    "called_in_another_script": "zadanie Łukasz 学生.ipynb",
    "saved_by_a_browser": "01_toy.ipynb.txt",
    "unzipped_into_a_folder": "01_toy/01_toy.ipynb",
}.items():
    case(RENAMED.format(file), student=student, file=file)(it_is_tidy)


@case(
    "several notebooks: 01_toy.ipynb was graded, and not scratch.ipynb",
    beside={
        "scratch.ipynb": b"{",
        "data.csv": b"1,2",
        ".ipynb_checkpoints/01_toy-checkpoint.ipynb": b"{}",
        "__pycache__/a.pyc": b"",
        "__MACOSX/._01_toy.ipynb": b"\x00",
    },
)
def with_other_files(nb, released):
    return nb


@case(
    RENAMED.format("homework.ipynb"),
    file="homework.ipynb",
    beside={".ipynb_checkpoints/homework-checkpoint.ipynb": b"{}"},
)
def with_a_checkpoint(nb, released):
    return nb


@case(student="Łukasz Żółć")
def a_polish_student(nb, released):
    return nb


@case(student="学生")
def a_chinese_student(nb, released):
    return nb


@case(student="O'Brien, Ana (2)")
def a_student_with_spaces(nb, released):
    return nb


@case()
def windows_line_ends(nb, released):
    data = json.loads(written(nb))
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return json.dumps(data, indent=1).replace("\n", "\r\n").encode()


@case()
def a_mark_at_the_start_of_the_file(nb, released):
    return written(nb).decode().encode("utf-8-sig")


@case()
def utf_16(nb, released):
    return written(nb).decode().encode("utf-16")


@case()
def letters_that_are_not_ascii(nb, released):
    text = 'def double(größe):\n    """倍にする – ≥ 2×, naïve 🙂."""\n    return größe * 2'
    return with_source(nb, "double", text)


@case()
def letters_in_another_encoding(nb, released):
    nb = with_source(nb, "double", f"# naïve\n{DOUBLE}")
    return dumped(json.loads(written(nb))).decode().encode("latin-1", errors="replace")


@case(UNMARKED.format("double"), UNMARKED.format("square"), ANSWER)
def the_format_of_2013(nb, released):
    cells = [
        {"cell_type": "heading", "level": 1, "source": [cell.source], "metadata": {}}
        if cell.cell_type == "markdown" and cell.source.startswith("# ")
        else {"cell_type": "markdown", "source": [cell.source], "metadata": {}}
        if cell.cell_type == "markdown"
        else {
            "cell_type": "code",
            "input": cell.source.splitlines(keepends=True),
            "language": "python",
            "prompt_number": 1,
            "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["6"]}],
        }
        for cell in nb.cells
    ]
    half = len(cells) // 2
    sheets = [{"cells": cells[:half], "metadata": {}}, {"cells": cells[half:]}]
    return dumped({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})


@case()
def sources_are_strings_and_fields_are_missing(nb, released):
    data = json.loads(written(nb))
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"])
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
    return dumped({"cells": data["cells"]})


@case()
def metadata_of_another_version(nb, released):
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] |= {"schema_version": 99, "points": "many", "grade": None}
    nb.metadata["kernelspec"] = {"name": "my-env", "display_name": "Mine"}
    return dumped(nb | {"nbformat_minor": 99})


@case()
def outputs_are_cleared(nb, released):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


@case()
def outputs_are_huge(nb, released):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(1 << 20)).decode()
    nb.cells[place(nb, "double")].outputs = [
        new_output("stream", text="a line\n" + "x" * 50_000_000),
        new_output("display_data", data={"image/png": picture, "text/html": "<script>"}),
    ]
    return nb


@case("pictures that were pasted into text were left out")
def a_picture_is_pasted_into_the_answer(nb, released):
    text = "Why?\n\nBecause ![image.png](attachment:image.png), see above."
    nb = with_source(nb, "why", text)
    nb.cells[place(nb, "why")].attachments = {"image.png": {"image/png": "AAAA"}}
    return nb


@case()
def tags_and_attachments(nb, released):
    for cell in nb.cells:
        cell.metadata |= {"tags": ["skip-execution", "hide"], "collapsed": True, "slideshow": {}}
    return nb


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The folder and one run over all cases."""
    folder = tmp_path_factory.mktemp("class")
    name, solution, released = course(folder, "01_toy", TEXT)
    full = answered(solution, released)
    for student, one in CASES.items():
        path = submit(folder, student, name, released, file=one.file)
        made = one.make(copy.deepcopy(full), released)
        path.write_bytes(made if isinstance(made, bytes) else written(made))
        for where, content in one.beside.items():
            (path.parent / where).parent.mkdir(exist_ok=True)
            (path.parent / where).write_bytes(content)
    return folder, grade(folder, name, "--workers", "2", "--timeout", str(5 * STEP))


@pytest.mark.parametrize("student", CASES)
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
    assert set(run.of) == set(CASES)
    recorded = folder.glob("classroom/autograded/*/01_toy/01_toy.ipynb")
    assert {path.parent.parent.name for path in recorded} == set(CASES)


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


def moved(nb):
    """Copies a notebook with its cells from the last to the first."""
    nb = copy.deepcopy(nb)
    nb.cells.reverse()
    return nb
