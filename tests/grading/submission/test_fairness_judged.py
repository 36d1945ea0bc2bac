"""Honest but untidy submissions, cleaned and judged: what their code does costs no right exercise.

They are judged here one after the other by the grader's own processes. That a class of them comes
through the whole command is tested in test_fairness_graded.py.
"""

import pytest

from grading.notebook import exercise_of, is_check
from grading.sandbox.judge import judge
from grading.sandbox.work import PASSED, Cell, Work
from grading.submission import clean
from tests.support.classes import answered, course
from tests.support.untidy import CASES, GRADED
from tests.support.untidy.case import STEP, TEXT

pytestmark = pytest.mark.jail


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """The solution and the release of the toy."""
    _, solution, released = course(tmp_path_factory.mktemp("toy"), "01_toy", TEXT)
    return solution, released


@pytest.mark.parametrize("student", [s for s, c in CASES.items() if c.judged and s not in GRADED])
def test_what_code_does_on_its_way_costs_no_right_exercise(student, toy, tmp_path):
    solution, released = toy
    one = CASES[student]
    one.lay(tmp_path, answered(solution, released), released)
    made = clean((tmp_path / one.file).read_bytes(), released)
    cells = [
        Cell(c.source, place, exercise_of(c) if is_check(c) else "", c.id in made.needed)
        for place, c in enumerate(made.nb.cells, start=1)
        if c.cell_type == "code"
    ]
    checks = {exercise_of(c): c for c in solution.cells if is_check(c)}
    texts = {name: c.source for name, c in checks.items()}
    verdicts, _ = judge(Work(cells, texts, seconds=5 * STEP, seconds_a_step=STEP))
    points = {name: c.metadata["nbgrader"]["points"] for name, c in checks.items()}
    got = tuple(points[name] if verdicts[name].outcome == PASSED else 0 for name in checks)
    assert got == one.points, verdicts
    for exercise, words in one.says.items():
        assert words in verdicts[exercise].message
