"""Cells of the student's own."""

from nbformat.v4 import new_markdown_cell

from tests.support.classes import behind, place, with_source
from tests.support.untidy.case import case


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
