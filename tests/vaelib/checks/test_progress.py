"""What a student is told of checks that passed, and of what remains."""

import pytest

from vaelib.checks import check_begins, check_passed, where_am_i
from vaelib.checks.progress import _outcomes, progress


@pytest.fixture(autouse=True)
def fresh_kernel(monkeypatch):
    for name in list(_outcomes):
        monkeypatch.delitem(_outcomes, name)
    yield
    _outcomes.clear()


def test_a_check_that_passed_says_in_one_line_what_was_tried(capsys):
    check_passed("double", "the numbers from 0 to 2", hidden_cases=True)
    check_passed("square", "the number 3")
    said = capsys.readouterr()
    assert said.err == ""  # stderr would cost points in nbgrader
    assert said.out.splitlines() == [
        "✓ double passed · tried: the numbers from 0 to 2; hidden cases try more of the same kinds",
        "✓ square passed · tried: the number 3",
    ]


def test_the_table_tells_what_passed_what_failed_and_what_remains(capsys):
    for name in ("double", "square"):
        check_begins(name)
    check_passed("double", "the numbers from 0 to 2")
    capsys.readouterr()
    where_am_i(points={"double": 2, "square": 3, "halve": 10}, by_hand={"why_square": 1})
    assert (
        capsys.readouterr().out
        == """\
exercise    points  visible check
double           2  passed
square           3  failed
halve           10  not run
why_square       1  by hand

Visible checks have passed for 2 of 15 points. A person reads the written answers, for 1 more.
"""
    )


def test_a_check_that_fails_later_no_longer_counts_as_passed():
    check_begins("double")
    check_passed("double", "the number 3")
    check_begins("double")
    assert "passed for 0 of 2" in progress({"double": 2}, {}, _outcomes)


def test_a_notebook_without_written_answers_has_no_word_of_them():
    assert progress({"a": 1}, {}, {}).endswith("Visible checks have passed for 0 of 1 points.")
