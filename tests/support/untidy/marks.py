"""Cells that were typed anew or lost nbgrader's marks."""

from nbformat.v4 import new_markdown_cell

from tests.support.classes import behind, place, with_source, without
from tests.support.untidy.case import (
    ANSWER,
    CHANGED,
    DOUBLE,
    ELSEWHERE,
    SQUARE,
    UNMARKED,
    answered_but,
    case,
    dumped,
    stripped,
)


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


@case(CHANGED.format("check_double"))
def a_changed_check_has_lost_its_mark(nb, released):
    text = released.cells[place(released, "check_double")].source
    return without(behind(nb, "check_double", f"{text}\nprint(double(5))"), "check_double")


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
