"""What the outputs of a notebook say about its visible checks."""

import json

import pytest
from nbformat.v4 import new_output

from grading.submission import SubmissionError, outcomes_shown
from tests.support.classes import place
from vaelib.checks.progress import FAILED, PASSED, passed_line

RIGHT = passed_line("double", "the number 3", hidden_cases=True)


def outcomes(nb, **outputs):
    """What is said of a notebook with these outputs under its checks."""
    for exercise, given in outputs.items():
        nb.cells[place(nb, f"check_{exercise}")].outputs = given
    return outcomes_shown(json.dumps(nb).encode())


def test_passed_failed_and_not_run_are_told_from_the_outputs(full):
    right = new_output("stream", text=f"{RIGHT}\n")
    wrong = new_output("error", ename="CheckFailed", evalue="square: no", traceback=["no"])
    assert outcomes(full, double=[right], square=[wrong]) == {"double": PASSED, "square": FAILED}
    assert outcomes(full, double=[right], square=[]) == {"double": PASSED}


def test_an_error_outweighs_a_line_that_says_passed(full):
    right = new_output("stream", text=f"{RIGHT}\n")
    wrong = new_output("error", ename="CheckFailed", evalue="double: no", traceback=["no"])
    assert outcomes(full, double=[right, wrong]) == {"double": FAILED}


def test_a_check_is_known_by_its_function_where_colab_dropped_the_marks(full):
    cell = full.cells[place(full, "check_double")]
    cell.outputs = [new_output("stream", text=f"{RIGHT}\n")]
    cell.metadata.clear()
    cell.id = "a"
    assert outcomes(full) == {"double": PASSED}


def test_another_line_or_an_odd_output_says_nothing(full):
    other = new_output("stream", text="✓ square passed\n")
    assert outcomes(full, double=[other, {"output_type": "stream", "text": 3}, "text"]) == {}


def test_what_is_no_notebook_is_refused():
    with pytest.raises(SubmissionError):
        outcomes_shown(b"%PDF")
