"""Cells that were lost, copied, or moved."""

import copy

from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.support.classes import behind, place, with_source, without
from tests.support.untidy.case import (
    CHANGED,
    DOUBLE,
    ELSEWHERE,
    MISSING,
    PUT_BACK,
    REORDERED,
    TWICE,
    answered_but,
    case,
    moved,
)


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
    check = nb.cells[place(nb, "check_square")].source
    text = f"import operator\ntimes = operator.mul\n\n{check}\nprint('done')"
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
