"""What a failed check says as data, and what an exception came from."""

import dataclasses
import json
import re

import keras
import numpy as np
import pytest

from vaelib.checks import (
    CheckFailed,
    call,
    check_close,
    check_pair,
    check_shape,
    check_true,
    check_weights,
)
from vaelib.checks.causes import Causes, missing_name, stub_called
from vaelib.checks.finding import Finding
from vaelib.checks.messages import message


def finding(check, *args, **kwargs):
    """The finding of a check that must fail, whose message is made from it."""
    with pytest.raises(CheckFailed) as caught:
        check(*args, **kwargs)
    assert isinstance(caught.value, AssertionError)
    assert str(caught.value) == message(caught.value.finding)
    return caught.value.finding


def stub(x):
    raise NotImplementedError("your answer goes here")


def calls_a_stub(x):
    return stub(x)


def divides(x):
    return 17 // (x.sum() * 0).astype(int).item()


def changes(x):
    x *= 17


def model(*shapes):
    layers = [keras.layers.Dense(units) for _, units in shapes]
    return keras.Sequential([keras.Input((shapes[0][0],)), *layers])


EXPECTED = np.arange(8.0).reshape(2, 4)
WRONG = {
    "not implemented": (call, stub, EXPECTED),
    "calls a stub": (call, calls_a_stub, EXPECTED),
    "raised": (call, divides, EXPECTED),
    "no value": (check_close, None, EXPECTED),
    "not callable": (call, 17, EXPECTED),
    "wrong kind": (check_close, "17", EXPECTED),
    "wrong shape": (check_close, np.zeros(17), EXPECTED),
    "wrong value": (check_close, EXPECTED + 17, EXPECTED),
    "not finite": (check_close, EXPECTED * np.nan, EXPECTED),
    "argument changed": (call, changes, EXPECTED),
    "wrong weights": (check_weights, model((3, 17)), [(3, 4), (4,)]),
    "not built": (check_weights, keras.Sequential([keras.layers.Dense(17)]), [(3, 4), (4,)]),
    "demand": (check_true, False, "the noise is constant."),
}


@pytest.mark.parametrize("reason", WRONG)
def test_every_reason_of_a_check_is_reached_by_some_answer(reason):
    check, *args = WRONG[reason]
    found = finding(check, "f", *args)
    assert (found.exercise, found.reason, found.case) == ("f", reason, "")


@pytest.mark.parametrize("reason", WRONG)
def test_the_finding_of_a_hidden_case_has_the_same_reason_and_shows_no_number(reason):
    check, *args = WRONG[reason]
    found = finding(check, "f", *args, case="more dimensions")
    assert (found.reason, found.case) == (reason, "more dimensions")
    assert not re.search(r"\d", json.dumps(dataclasses.asdict(found)))


def test_a_finding_holds_what_its_message_says():
    mistakes = {"x is squared": EXPECTED**2, "x is cubed": EXPECTED**3}
    found = finding(check_close, "f", EXPECTED**2, EXPECTED, mistakes=mistakes, what="the mean")
    assert found == Finding(
        "f",
        "wrong value",
        what="the mean",
        mistake="x is squared",
        got="49",
        expected="7",
        place="[1, 3]",
        share="6 of 8",
        table=found.table,
    )
    assert finding(check_close, "f", 1.0, 2.0) == Finding("f", "wrong value", got="1", expected="2")
    assert finding(check_shape, "f", EXPECTED, (4, 2)) == Finding(
        "f",
        "wrong shape",
        got="(2, 4)",
        expected="(4, 2)",
        place="axis 0: 2 instead of 4, axis 1: 4 instead of 2",
    )
    assert finding(check_pair, "f", 3) == Finding(
        "f", "wrong kind", got="3 (type int)", expected="two values: `return a, b`"
    )
    assert finding(call, "f", calls_a_stub, 1) == Finding("f", "calls a stub", stub="stub")
    assert finding(check_weights, "f", None, []).reason == "no value"


def test_a_finding_holds_the_type_and_the_text_of_an_exception_and_a_missing_name():
    def answer(x):
        return helper(x)  # noqa: F821 - it is what is missing

    found = finding(call, "f", answer, 1)
    said = "name 'helper' is not defined"
    assert found == Finding("f", "raised", error="NameError", missing="helper", text=said)
    hidden = finding(call, "f", answer, 1, case="zero")
    assert hidden == Finding("f", "raised", case="zero", error="NameError", missing="helper")


def test_a_missing_name_is_found_behind_another_exception():
    class Lacking(keras.layers.Layer):
        def call(self, x):
            return helper(x)  # noqa: F821 - it is what is missing

    def wraps(x):
        try:
            return Lacking()(x)
        except NameError as error:
            raise ValueError("no luck") from error

    assert finding(call, "f", Lacking(), np.ones(2)).missing == "helper"
    assert finding(call, "f", wraps, np.ones(2)).missing == "helper"


def test_no_name_is_missing_where_an_exception_only_speaks_of_one():
    def unbound(x):
        late += x  # noqa: F821 - so it is local, and has no value yet
        return late

    def speaks(x):
        raise ValueError("NameError: name 'helper' is not defined")

    assert finding(call, "f", unbound, 1).missing == ""
    assert finding(call, "f", speaks, 1).missing == ""


@pytest.mark.parametrize("words", ["only one output is supported", "Your answer goes here."])
def test_a_library_s_own_not_implemented_error_is_no_stub(words):
    def answer(x):
        raise NotImplementedError(words)

    found = finding(call, "f", answer, 1)
    assert found == Finding("f", "raised", error="NotImplementedError", text=words)


def test_a_stub_is_found_behind_what_keras_makes_of_its_exception():
    class Unfinished(keras.layers.Layer):
        def call(self, x):
            raise NotImplementedError("your answer goes here")

    class Foreign(keras.layers.Layer):
        def call(self, x):
            raise NotImplementedError("no such padding")

    assert finding(call, "f", Unfinished(), np.ones(2)).reason == "not implemented"
    assert finding(call, "f", Foreign(), np.ones(2)).reason == "raised"


def test_exceptions_that_go_round_in_a_circle_are_looked_at_for_a_while():
    error, other = ValueError("one"), ValueError("two")
    error.__cause__, other.__cause__ = other, error
    assert (stub_called(error), missing_name(error)) == ("", "")


def test_an_exception_from_another_process_says_itself_what_it_came_from():
    error = ValueError("text")
    error.causes = Causes(stub="helper", missing="name")
    assert (stub_called(error), missing_name(error)) == ("helper", "name")
    error.causes = ("helper", "name")  # a student's own attribute of this name
    assert (stub_called(error), missing_name(error)) == ("", "")
