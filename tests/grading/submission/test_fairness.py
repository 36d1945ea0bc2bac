"""Honest but untidy submissions, cleaned: each keeps its right exercises, and what was put right.

Their cells run here in a plain namespace, as fast as anything; what needs IPython, or the grader's
own processes, is judged by them in test_fairness_judged.py.
"""

import pytest
from nbgrader.utils import compute_checksum

from grading.notebook import exercise_of, is_check
from grading.submission import clean, find
from tests.support.classes import answered, course, place
from tests.support.untidy import CASES
from tests.support.untidy.case import TEXT


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """The solution and the release of the toy, and the release with all answers."""
    _, solution, released = course(tmp_path_factory.mktemp("toy"), "01_toy", TEXT)
    return solution, released, answered(solution, released)


@pytest.fixture
def cleaned(student, toy, tmp_path):
    """What comes of a submission: a `Clean`, and all that is told."""
    _, released, full = toy
    folder = tmp_path / "01_toy"
    CASES[student].lay(folder, full, released)
    path, repairs = find(folder, "01_toy")
    made = clean(path.read_bytes(), released)
    return made, [*repairs, *made.repairs]


@pytest.mark.parametrize("student", CASES)
def test_what_was_put_right_is_told_and_nothing_else(student, cleaned):
    assert tuple(cleaned[1]) == CASES[student].repairs


@pytest.mark.parametrize("student", CASES)
def test_a_written_answer_waits_for_a_person_and_an_empty_one_gets_nothing(student, cleaned, toy):
    nb, released = cleaned[0].nb, toy[1]
    mine, stub = (compute_checksum(one.cells[place(one, "why")]) for one in (nb, released))
    assert (mine != stub) == CASES[student].answered


@pytest.mark.parametrize("student", CASES)
def test_the_release_is_all_there_in_its_order_with_its_checks(student, cleaned, toy):
    nb, released = cleaned[0].nb, toy[1]
    known = {cell.id: cell for cell in released.cells}
    mine = [cell for cell in nb.cells if cell.id in known]
    assert [cell.id for cell in mine] == list(known)
    assert [cell.metadata for cell in mine] == [cell.metadata for cell in released.cells]
    assert [c.source for c in mine if is_check(c)] == [
        c.source for c in released.cells if is_check(c)
    ]


@pytest.mark.parametrize("student", [name for name, one in CASES.items() if not one.judged])
def test_right_exercises_pass_their_checks_in_the_clean_notebook(student, cleaned, toy):
    made, solution = cleaned[0], toy[0]
    checks = {exercise_of(cell): cell for cell in solution.cells if is_check(cell)}
    texts = {name: cell.source for name, cell in checks.items()}
    passing, unknown = played(made.nb, made.needed, texts)
    if unknown:  # as the grader does it: what seemed not to be needed was
        passing |= unknown & played(made.nb, {cell.id for cell in made.nb.cells}, texts)[0]
    points = {name: cell.metadata["nbgrader"]["points"] for name, cell in checks.items()}
    got = tuple(points[name] if name in passing else 0 for name in checks)
    assert got == CASES[student].points


def played(nb, needed, checks):
    """Runs cells of a notebook, and each check at its place and, unless it passed, at the end.

    Returns the exercises that passed, and those for which a name was missing.
    """
    space, passing, unknown, late = {"__name__": "__main__"}, set(), set(), []
    for cell in nb.cells:
        if is_check(cell):
            late.append(exercise_of(cell))
            _try(checks, late[-1], space, passing, unknown)
        elif cell.cell_type == "code" and cell.id in needed:
            _run(cell.source, space)
    for exercise in late:
        if exercise not in passing:
            _try(checks, exercise, space, passing, unknown)
    return passing, unknown - passing


def _try(checks, exercise, space, passing, unknown):
    if exercise not in space:
        unknown.add(exercise)
        return
    error = _run(checks[exercise], {"__name__": "check", exercise: space[exercise]})
    if error is None:
        passing.add(exercise)
    elif isinstance(error, NameError):
        unknown.add(exercise)


def _run(source, space):
    """Runs code, and gives what it raised."""
    try:
        exec(source, space)
    except Exception as error:
        return error
    return None
