"""Each pass over a submission alone: what it takes, and what it leaves."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.submission import SubmissionError, choosing, matching
from grading.submission.cells import Given, State
from grading.submission.clean import PASSES
from grading.submission.rebuilding import in_order

HEAD, IMPORTS, DOUBLE, CHECK, SQUARE, WHY = range(6)
STUB = "def double(x):\n    raise NotImplementedError"
RIGHT = "def double(x):\n    return x + x"


def graded(cell, grade, solution):
    cell.metadata["nbgrader"] = {"grade_id": cell.id, "grade": grade, "solution": solution}
    return cell


@pytest.fixture
def released():
    """The cells of a small release."""
    return (
        new_markdown_cell("# Arithmetic", id="head"),
        new_code_cell("import sys", id="imports"),
        graded(new_code_cell(STUB, id="double"), False, True),
        graded(new_code_cell("def check_double(): pass", id="check_double"), True, False),
        graded(new_code_cell("def square(x): ...", id="square"), False, True),
        graded(new_markdown_cell(f"Why?\n\n{matching.STUB}", id="why"), True, True),
    )


@pytest.fixture
def state(released):
    """A state with given cells: of some released ones, with other values, or the student's own."""

    def make(*given, **values):
        cells = []
        for number, (index, changes) in enumerate(given):
            like = {} if index is None else {"match": index, "place": index}
            if index is not None:
                like |= {"kind": released[index].cell_type, "source": released[index].source}
            cells.append(Given(**{"number": number, "kind": "code", "source": ""} | like | changes))
        return State(released, tuple(cells), **values)

    return make


def matches(state):
    return [one.match for one in state.given]


def own(source, place=-1, **changes):
    return None, {"source": source, "place": place} | changes


def test_a_pass_changes_nothing_in_what_it_takes(state):
    given = state(own("x = 1", keys=("double",)), own(RIGHT, DOUBLE), (CHECK, {"source": "x = 2"}))
    for one in PASSES:
        before = copy.deepcopy(given)
        left = one(given)
        assert given == before
        given = left


def test_the_surest_key_of_a_cell_finds_the_released_one(state):
    given = state(
        own("a", keys=("double", "square")),
        own("b", keys=("unknown", "square")),
        own("c", keys=("head",)),
        own("d", keys=("unknown",)),
    )
    assert matches(matching.match_by_key(given)) == [DOUBLE, SQUARE, HEAD, None]


def test_a_graded_cell_of_another_kind_becomes_again_what_it_was(state):
    left = matching.restore_kinds(state((DOUBLE, {"kind": "markdown"}), (WHY, {"kind": "code"})))
    assert [one.kind for one in left.given] == ["code", "markdown"]
    assert matches(left) == [DOUBLE, WHY]
    assert left.repairs == (
        "the cell `double` had become another kind; it was made code again",
        "the cell `why` had become another kind; it was made text again",
    )


def test_a_cell_of_another_kind_is_an_own_one_if_it_is_not_graded_or_its_name_is_taken(state):
    left = matching.restore_kinds(
        state((HEAD, {"kind": "code"}), (DOUBLE, {"kind": "markdown"}), (DOUBLE, {}))
    )
    assert matches(left) == [None, None, DOUBLE]
    assert left.given[1].kind == "markdown"
    assert left.repairs == ()


def test_a_cell_without_a_name_is_found_by_its_text_however_its_lines_are_broken(state):
    given = state(own("#\tArithmetic\n", kind="markdown"), own("import  sys"), own("import os"))
    assert matches(matching.match_by_text(given)) == [HEAD, IMPORTS, None]


def test_of_several_released_cells_with_one_text_the_next_one_is_taken(state, released):
    twin = new_code_cell("import sys", id="twin")
    given = State((*released, twin), state(own("import sys"), own("import sys")).given)
    assert matches(matching.match_by_text(given)) == [IMPORTS, len(released)]


def test_an_own_cell_is_placed_behind_the_last_one_that_is_no_copy(state):
    given = state(own("a"), (DOUBLE, {}), own("b"), (SQUARE, {}), (DOUBLE, {}), own("c"))
    left = matching.place_own_cells(given)
    assert [one.place for one in left.given] == [-1, DOUBLE, DOUBLE, SQUARE, DOUBLE, SQUARE]


@pytest.mark.parametrize("place", [IMPORTS, DOUBLE])
def test_an_exercise_without_an_answer_is_found_in_an_own_cell_that_stands_near(state, place):
    left = matching.match_exercises(state((DOUBLE, {}), own("x = 1", place), own(RIGHT, place)))
    assert [(one.source, one.match) for one in left.given] == [("x = 1", None), (RIGHT, DOUBLE)]
    assert left.repairs == ("`double` was found in a cell that had lost nbgrader's mark",)


def test_an_exercise_is_not_taken_from_where_it_may_need_what_stands_before(state):
    given = state((DOUBLE, {}), own(RIGHT, CHECK), own(RIGHT, HEAD))
    assert matching.match_exercises(given) == given


def test_an_exercise_that_has_an_answer_is_left_alone(state):
    given = state((DOUBLE, {"source": "def double(x): 2"}), own(RIGHT, DOUBLE))
    assert matching.match_exercises(given) == given


def test_an_own_cell_with_the_function_of_a_missing_check_is_the_check(state):
    text = "def check_double():\n    assert True"
    assert matches(matching.match_checks(state(own(text), own(text)))) == [CHECK, None]
    assert matches(matching.match_checks(state((CHECK, {}), own(text)))) == [CHECK, None]


def test_an_answer_is_found_by_its_question_wherever_it_stands(state):
    left = matching.match_answers(state(own("Why?  \nBecause.", HEAD, kind="markdown"), (WHY, {})))
    (one,) = left.given
    assert (one.match, one.place, one.kind) == (WHY, WHY, "markdown")
    assert one.source == "Why?  \nBecause."
    assert left.repairs == ("the answer `why` was found in a cell that had lost its mark",)


def test_words_at_the_place_of_an_answer_are_the_answer_with_its_question(state):
    left = matching.match_answers(
        state((SQUARE, {}), own("One.", SQUARE), own("x = 1", SQUARE), own("'Two.'", SQUARE))
    )
    assert [(one.source, one.match) for one in left.given[1:]] == [
        ("Why?\n\nOne.\n\n'Two.'", WHY),
        ("x = 1", None),
        ("", None),
    ]


def test_words_elsewhere_are_no_answer(state):
    given = state(own("Words.", IMPORTS, kind="markdown"), (SQUARE, {}), own("!ls", SQUARE))
    assert matching.match_answers(given) == given


def test_grade_ids_of_another_assignment_are_refused_if_they_are_most(state):
    foreign = [own("", grade_id=name) for name in ("c", "b", "a")]
    known = [own("", grade_id=name) for name in ("double", "square", "why")]
    given = state(*foreign, *known)
    assert matching.refuse_another_assignment(given) == given
    with pytest.raises(SubmissionError, match="another assignment: it has `a`, `b`, `c`"):
        matching.refuse_another_assignment(state(*foreign, *known[:2]))


def test_what_a_student_defined_in_a_check_is_kept_in_front_of_it(state):
    text = "helper = 1\ndef check_double(): pass"
    left = choosing.keep_what_checks_define(state((DOUBLE, {}), (CHECK, {"source": text})))
    assert [(one.source, one.match) for one in left.given[1:]] == [(text, None), (text, CHECK)]
    assert len({one.number for one in left.given}) == 3
    given = state((CHECK, {"source": "def check_double(): 1"}), (DOUBLE, {"source": text}))
    assert choosing.keep_what_checks_define(given) == given


@pytest.mark.parametrize(
    ("sources", "counts", "which"),
    [
        ((RIGHT, STUB), 0, "the one with an answer"),
        ((RIGHT, "def double(x): 3"), 1, "the last"),
        ((RIGHT, "print(double(3))"), 0, "the last"),
        ((STUB, f"{STUB}  # a comment"), 1, "the last"),
    ],
)
def test_of_copies_the_last_counts_that_defines_the_exercise(state, sources, counts, which):
    left = choosing.choose_what_counts(state(*((DOUBLE, {"source": text}) for text in sources)))
    assert left.chosen == {DOUBLE: counts}
    assert left.repairs == (f"the cell `double` was there 2 times; {which} counts",)


def test_a_check_that_was_changed_is_told(state):
    left = choosing.choose_what_counts(state((CHECK, {"source": "pass"})))
    told = "the check `check_double` differed from the current one, which was used"
    assert left.repairs == (told,)


def test_copies_lose_their_text_unless_they_say_something_new(state):
    sources = ("x = 1", STUB, RIGHT)
    given = state(
        *((DOUBLE, {"source": text}) for text in sources),
        (CHECK, {"source": "x = 2"}),
        (CHECK, {}),
        own("x = 3"),
        chosen={DOUBLE: 2, CHECK: 4},
    )
    left = choosing.empty_copies(given)
    check = given.given[4].source
    assert [one.source for one in left.given] == ["x = 1", "", RIGHT, "", check, "x = 3"]


def test_another_order_is_told(state):
    told = "cells stood in another order; they were put back into that of the release"
    assert choosing.note_order(state((SQUARE, {}), own("x"), (DOUBLE, {}))).repairs == (told,)
    assert choosing.note_order(state((DOUBLE, {}), (SQUARE, {}), (DOUBLE, {}))).repairs == ()


@pytest.mark.parametrize("chosen", [{DOUBLE: 0}, {}])
def test_an_exercise_that_another_cell_defines_is_elsewhere(state, chosen):
    left = choosing.find_elsewhere(state((DOUBLE, {}), own(RIGHT, CHECK), chosen=chosen))
    assert left.elsewhere == {"double"}
    assert left.repairs == ("`double` was found in another cell; its own had no answer",)


def test_an_exercise_under_another_name_is_left_and_told(state):
    left = choosing.find_elsewhere(state((DOUBLE, {"source": "doubel = 1"}), chosen={DOUBLE: 0}))
    assert left.elsewhere == frozenset()
    assert left.repairs == ("left as it was: the cell `double` defines `doubel`, but no `double`",)


def test_what_a_check_defines_is_no_exercise(state):
    given = state((DOUBLE, {}), (CHECK, {"source": RIGHT}), chosen={DOUBLE: 0, CHECK: 1})
    assert choosing.find_elsewhere(given) == given


def test_missing_cells_are_told_if_they_are_graded_or_may_be_needed(state):
    left = choosing.note_missing(state(chosen={WHY: 0}, elsewhere=frozenset({"double"})))
    assert left.repairs == (
        "a cell was missing; it was put back: `import sys`",
        "the cell `check_double` was missing; it was put back",
        "the cell `square` was missing; it was put back",
    )


def test_own_cells_come_after_what_is_put_back_before_them(state):
    given = state(own("a"), (DOUBLE, {}), own("b", DOUBLE), own(" ", DOUBLE), chosen={DOUBLE: 1})
    order = [(index, one and one.source) for index, one in in_order(given)]
    assert order == [
        (HEAD, None),
        (IMPORTS, None),
        (DOUBLE, "a"),
        (DOUBLE, STUB),
        (CHECK, None),
        (SQUARE, None),
        (WHY, None),
        (WHY + 1, "b"),
    ]
