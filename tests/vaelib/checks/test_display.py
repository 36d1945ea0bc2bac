"""What a notebook shows of a failed check: the mistake, got and expected, where to look."""

import linecache
import re

import keras
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from vaelib.checks import CheckFailed, call, check_close, check_shape, check_true, check_weights
from vaelib.checks.display import COLUMNS

ANSWER = """\
def encode(x):
    w = np.ones(7)
    return times(x, w)


def times(x, w):
    return np.dot(x, w)
"""


def shown(check, *args, **kwargs):
    """The lines that a notebook shows of a check that must fail."""
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    return caught.value._render_traceback_()


def cell(text, name):
    """What a cell of a notebook defines by a name; its lines can be looked up, as in IPython."""
    file = f"/ipykernel_1/{name}.py"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace = {"np": np}
    exec(compile(text, file, "exec"), namespace)
    return namespace[name]


def test_a_known_mistake_comes_first_then_the_table_then_where_to_begin():
    expected = np.arange(20.0).reshape(4, 5)
    got = expected.copy()
    got[1, 2], got[3, 0] = 5, 90
    lines = shown(check_close, "f", got, expected, mistakes={"a factor is missing": got}, what="KL")
    assert lines == [
        "✗ f failed. This is what you get when a factor is missing.",
        "",
        "KL: 2 of 20 values are wrong.",
        "",
        "          got  expected",
        "  [0, 0]    0         0  right",
        "  [0, 1]    1         1  right",
        "  [0, 2]    2         2  right",
        "  [0, 3]    3         3  right",
        "  [1, 2]    5         7",
        "  [3, 0]   90        15  ← furthest off",
        "",
        "Begin with [3, 0].",
    ]


def test_without_a_known_mistake_the_share_comes_first():
    assert shown(check_close, "f", [1.0, 2, 3], [1.0, 2, 4]) == [
        "✗ f failed: 1 of 3 values is wrong.",
        "",
        "       got  expected",
        "  [0]    1         1  right",
        "  [1]    2         2  right",
        "  [2]    3         4  ← wrong",
    ]


def test_values_that_are_not_finite_are_told_and_shown():
    lines = shown(check_close, "f", [1.0, np.nan], [1.0, 2.0])
    assert lines[0] == "✗ f failed: 1 of 2 values is wrong, and not every value is finite."
    assert lines[-1] == "  [1]  nan         2  ← wrong"


def test_a_number_needs_no_table():
    assert shown(check_close, "f", 3.0, 4.0) == ["✗ f failed: got 3, expected 4."]


@pytest.mark.parametrize(
    ("got", "expected", "look"),
    [
        ((4, 5), (4, 6), "axis 1: 5 instead of 6"),
        ((4, 5), (5, 4), "axis 0: 4 instead of 5, axis 1: 5 instead of 4"),
        ((4,), (4, 1), "the number of axes: 1 instead of 2"),
    ],
)
def test_of_a_shape_the_axis_is_told(got, expected, look):
    for check, right in ((check_shape, expected), (check_close, np.ones(expected))):
        lines = shown(check, "f", np.ones(got), right)
        assert lines == [
            f"✗ f failed: got shape {got}, expected {expected}.",
            "",
            f"Look at {look}.",
        ]


def test_of_weights_those_are_shown_that_differ():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2), keras.layers.Dense(1)])
    lines = shown(check_weights, "f", model, [(3, 2), (2,), (2, 5), (5,), (5, 1)])
    assert lines[0] == "✗ f failed: the weights have other shapes than expected."
    assert [line.split("  ")[1] for line in lines[3:]] == ["weight 3", "weight 4", "weight 5"]
    assert lines[-1].split() == ["weight", "5", "none", "(5,", "1)", "←", "wrong"]


def test_an_exception_is_told_with_the_line_of_the_student_that_led_to_it():
    lines = shown(call, "encode", cell(ANSWER, "encode"), np.ones(3))
    assert lines[0].startswith("✗ encode failed: your code raised ValueError: shapes (3,) and (7,)")
    assert lines[-1] == "Look at line 7 of `times`: return np.dot(x, w)"
    assert not any("Traceback" in line for line in lines)


def test_a_line_of_a_library_is_not_taken_for_the_students():
    text = "def encode(x):\n    return np.linalg.inv(x)\n"
    lines = shown(call, "encode", cell(text, "encode"), np.zeros((2, 2)))
    assert lines[-1] == "Look at line 2 of `encode`: return np.linalg.inv(x)"


def test_a_long_text_is_wrapped_and_everything_fits_a_screen():
    lines = shown(check_true, "f", False, 60 * "the noise is constant ")
    many = shown(check_close, "f", np.ones((50, 50)), np.zeros((50, 50)))
    assert max(map(len, lines + many)) <= COLUMNS
    assert len(many) < 15


@pytest.mark.parametrize(
    "check",
    [
        lambda case: check_close(
            "f", [3.21, 1], [6.42, 1], case=case, mistakes={"halved": [3.21, 1]}
        ),
        lambda case: check_close("f", np.ones(9), np.ones((9, 1)), case=case),
        lambda case: check_shape("f", np.zeros((3, 7)), (7, 3), case=case),
        lambda case: call("f", cell(ANSWER, "encode"), np.ones(3), case=case),
        lambda case: check_weights("f", keras.Sequential(), [(17, 5)], case=case),
    ],
)
def test_a_hidden_case_shows_no_number(check):
    lines = shown(check, "more dimensions")
    assert lines[0].startswith("✗ f failed (hidden case: more dimensions)")
    assert not re.search(r"\d", "".join(lines))


def test_ipython_shows_these_lines_and_no_traceback(capsys):
    shell = InteractiveShell.instance()
    try:
        shell.run_cell('from vaelib.checks import check_close\ncheck_close("f", 3.0, 4.0)')
    finally:
        InteractiveShell.clear_instance()
    assert capsys.readouterr().out.strip() == "✗ f failed: got 3, expected 4."
