"""What the messages of checks say, and that hidden ones give no number away."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from vaelib.checks import (
    call,
    check_close,
    check_pair,
    check_shape,
    check_true,
    check_weights,
)


def message(check, *args, **kwargs):
    """The message of a check that must fail."""
    with pytest.raises(AssertionError) as caught:
        check(*args, **kwargs)
    return str(caught.value)


def raising(error):
    def answer(*args):
        raise error

    return answer


def test_an_exception_without_a_text_is_told_by_its_type():
    def runs_out(x):
        raise MemoryError

    with pytest.raises(AssertionError, match=r"^f: your code raised MemoryError\.$"):
        call("f", runs_out, 1)


@pytest.mark.parametrize(
    "value",
    [
        [1.0, 2.0],
        (1, 2),
        np.array([1, 2]),
        np.array([1, 2], dtype="float64"),
        np.array([1, 2], dtype="float32"),
        tf.constant([1.0, 2.0]),
        tf.Variable([1.0, 2.0]),
        keras.ops.convert_to_tensor([1.0, 2.0]),
        [tf.constant(1.0), 2.0],
    ],
)
def test_the_right_value_passes_in_every_form(value):
    check_close("f", value, [1.0, 2.0])


def test_a_number_may_come_as_any_scalar():
    for value in (3, 3.0, np.float32(3), np.array(3), tf.constant(3.0), True + 2):
        check_close("f", value, 3.0)


def test_a_wrong_number_shows_got_and_expected():
    assert message(check_close, "f", 3.21, 6.42) == "f: got 3.21, expected 6.42."


def test_a_known_mistake_is_named():
    text = message(check_close, "f", 3.21, 6.42, mistakes={"the factor ½ is applied twice": 3.21})
    assert text == (
        "f: got 3.21, expected 6.42. This is what you get when the factor ½ is applied twice."
    )


def test_of_two_mistakes_with_the_same_value_none_is_named():
    mistakes = {"a": 2.0, "b": 2.0, "c": 3.0}
    assert message(check_close, "f", 2.0, 1.0, mistakes=mistakes) == "f: got 2, expected 1."
    assert "when c" in message(check_close, "f", 3.0, 1.0, mistakes=mistakes)


def test_an_axis_that_was_kept_is_named():
    kept = "an axis of length 1 is left over, as `keepdims` leaves it"
    assert kept in message(check_close, "f", np.ones((5, 1)), np.zeros(5))
    assert kept in message(check_shape, "f", np.ones((1, 5)), (5,), case="more")
    text = message(check_close, "f", np.ones((5, 1, 1)), np.zeros(5))
    assert text.endswith("axes of length 1 are left over, as `keepdims` leaves them.")
    for other in (np.ones((1, 4)), np.ones((5, 2)), 1.0):
        assert kept not in message(check_close, "f", other, np.zeros(5))
    mistakes = {"the rows are summed": np.ones((5, 1))}
    text = message(check_close, "f", np.ones((5, 1)), np.zeros(5), mistakes=mistakes)
    assert text.endswith("This is what you get when the rows are summed.")


def test_in_a_hidden_case_a_function_is_asked_twice_with_the_same():
    asked = []

    def f(x):
        asked.append(x.copy())
        return x + len(asked)

    text = message(call, "f", f, np.zeros(3), case="more")
    told = "your code gives another result when it is called again with the same arguments."
    assert text == f"f (hidden case: more): {told}"
    assert len(asked) == 2
    np.testing.assert_array_equal(*asked)
    for options in ({}, {"case": "more", "steady": False}):
        got = call("f", f, np.zeros(3), **options)
        np.testing.assert_array_equal(got, np.full(3, len(asked)))
    assert len(asked) == 4


def test_a_second_call_that_raises_is_told_as_one():
    left = iter([np.zeros(3)])
    text = message(call, "f", lambda x: next(left), np.ones(3), case="more")
    told = "your code raised StopIteration when it was called again with the same arguments."
    assert text == f"f (hidden case: more): {told}"


def test_a_model_that_was_built_is_not_built_again():
    built = []
    call("build", lambda n: built.append(n) or keras.Input((n,)), 3, case="more")
    assert built == [3]


def test_a_mistake_is_recognised_by_its_shape():
    mistakes = {"the batch is averaged": 1.5}
    text = message(check_close, "f", np.float32(1.5), [1.0, 2.0], mistakes=mistakes)
    assert text == (
        "f: got shape (), expected (2,). This is what you get when the batch is averaged."
    )


def test_a_mistake_whose_value_is_the_right_one_is_not_named():
    assert "when" not in message(check_close, "f", 1.1, 1.0, atol=0.05, mistakes={"a": 1.0})


def test_a_long_array_shows_where_it_differs_most():
    expected = np.zeros((3, 4))
    got = expected.copy()
    got[1, 2], got[0, 0] = 5, 1
    text = message(check_close, "f", got, expected)
    assert text == "f: got 5 at [1, 2], expected 0 there (2 of 12 values are wrong)."


def test_nan_is_shown_where_it_is():
    text = message(check_close, "f", [1.0, np.nan], [1.0, 2.0])
    assert text == "f: got nan at [1], expected 2 there (1 of 2 values are wrong)."


def test_infinity_is_wrong_and_shown():
    assert "got inf" in message(check_close, "f", np.inf, 2.0)


def test_a_mistake_that_gives_nan_is_recognised():
    text = message(check_close, "f", np.nan, 2.0, mistakes={"log of a negative number": np.nan})
    assert "when log of a negative number" in text


def test_tolerance_is_relative_to_the_expected_value():
    check_close("f", 100.0009, 100.0, rtol=1e-5, atol=0)
    assert message(check_close, "f", 100.0011, 100.0, rtol=1e-5, atol=0)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "f: got None. Does your function end with `return`?"),
        (..., "f: not implemented yet: your function returns Ellipsis."),
        (NotImplemented, "f: not implemented yet: your function returns NotImplemented."),
        ("abc", "f: got 'abc' (type str), expected an array of shape (2,)."),
        ({"a": 1}, "f: got {'a': 1} (type dict), expected an array of shape (2,)."),
        ([[1], [1, 2]], "f: got a list of 2, expected an array of shape (2,)."),
        (1 + 2j, "f: got (1+2j) (type complex), expected an array of shape (2,)."),
        (np.zeros((2, 3)), "f: got shape (2, 3), expected (2,)."),
    ],
)
def test_what_is_no_array_of_numbers_is_described(value, text):
    assert message(check_close, "f", value, [1.0, 2.0]) == text
    assert message(check_shape, "f", value, (2,)) == text


def test_a_symbolic_tensor_is_no_value():
    assert "expected an array" in message(check_close, "f", keras.Input((2,)), [1.0, 2.0])


def test_not_implemented_yet_is_said_without_a_traceback_of_the_stub():
    with pytest.raises(AssertionError, match=r"^f: not implemented yet\.") as caught:
        call("f", raising(NotImplementedError("your answer goes here")))
    assert caught.value.__suppress_context__


def test_an_exception_is_named_and_keeps_its_traceback():
    with pytest.raises(AssertionError, match=r"^f: your code raised ValueError: bad$") as caught:
        call("f", raising(ValueError("bad")))
    assert isinstance(caught.value.__cause__, ValueError)


def test_exit_does_not_end_the_notebook():
    assert "raised SystemExit" in message(call, "f", raising(SystemExit(1)))


@pytest.mark.parametrize(("value", "text"), [(None, "got None"), (3, "but it is 3 (type int)")])
def test_what_cannot_be_called_is_described(value, text):
    assert text in message(call, "f", value, 1)


def test_changing_an_argument_is_found():
    def answer(x, k):
        x *= k
        return x

    x = np.ones(3)
    assert "changes its argument in place" in message(call, "f", answer, x, 2)
    assert x.tolist() == [1, 1, 1]
    assert call("f", lambda x, k: x * k, np.ones(3), 2).tolist() == [2, 2, 2]


def test_a_stub_that_the_answer_calls_is_named():
    def helper(x):
        raise NotImplementedError

    def answer(x):
        return helper(x)

    text = message(call, "f", answer, 1)
    assert text == "f: your code calls `helper`, which is not implemented yet."


def test_a_layer_that_is_finished_but_calls_a_stub_is_not_blamed():
    def helper(x):
        raise NotImplementedError

    class Finished(keras.layers.Layer):
        def call(self, x):
            return helper(x)

    class Unfinished(keras.layers.Layer):
        def call(self, x):
            raise NotImplementedError

    text = message(call, "f", Finished(), np.ones(2))
    assert text == "f: your code calls `helper`, which is not implemented yet."
    assert message(call, "f", Unfinished(), np.ones(2)).startswith("f: not implemented yet.")


def test_a_long_exception_is_cut_and_loses_its_colours():
    text = message(call, "f", raising(ValueError("\x1b[1mbad\x1b[0m " + 1000 * "x")))
    assert text.startswith("f: your code raised ValueError: bad xxx")
    assert len(text) < 400


def test_a_pair_is_a_tuple_or_a_list_of_two():
    assert check_pair("f", [1, 2]) == (1, 2)
    assert [row.tolist() for row in check_pair("f", np.eye(2))] == [[1, 0], [0, 1]]
    assert "got {'a': 1, 'b': 2}" in message(check_pair, "f", {"a": 1, "b": 2})
    assert "got a tuple of 3" in message(check_pair, "f", (1, 2, 3))
    assert "got None" in message(check_pair, "f", None)


def test_a_pair_that_a_model_gives_is_not_asked_for_a_return():
    text = message(check_pair, "f", [1, 2, 3], what="the encoder's output")
    assert text == "f: the encoder's output: got a list of 3, expected a list of two: `[a, b]`."


def test_complex_numbers_without_an_imaginary_part_are_numbers():
    check_close("f", np.array([1 + 0j, 2 + 0j]), [1.0, 2.0])


def test_layers_created_in_another_order_are_told_so():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    text = message(check_weights, "f", model, [(2,), (3, 2)])
    assert "when the layers are created in another order than they are used" in text


def test_a_model_without_an_input_is_told_to_begin_with_one():
    model = keras.Sequential([keras.layers.Dense(2)])
    text = message(check_weights, "f", model, [(3, 2), (2,)])
    assert text == (
        "f: the model has no weights, so it is not built. Begin it with `keras.Input(…)`."
    )


def test_a_model_class_is_no_model():
    assert "expected a Keras model" in message(check_weights, "f", keras.Model, [])


def test_tolerances_may_differ_by_value():
    check_close("f", [1.4, 100.1], [1.0, 100.0], rtol=[0.5, 0.01], atol=0)
    assert message(check_close, "f", [1.4, 100.1], [1.0, 100.0], rtol=[0.01, 0.5], atol=0)


def test_weights_are_compared_by_shape_and_order():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    check_weights("f", model, [(3, 2), (2,)])
    text = message(check_weights, "f", model, [(3, 4), (4,)], mistakes={"too few": [(3, 2), (2,)]})
    assert text == (
        "f: the weights have shapes [(3, 2), (2,)], expected [(3, 4), (4,)]."
        " This is what you get when too few."
    )
    assert "expected a Keras model. Does your function" in message(check_weights, "f", None, [])


@pytest.mark.parametrize(
    "check",
    [
        lambda case: check_close("f", 3.21, 6.42, case=case, mistakes={"it is halved": 3.21}),
        lambda case: check_close("f", np.nan, 6.42, case=case),
        lambda case: check_close("f", [1.5, 2.5], [[1.5], [2.5]], case=case),
        lambda case: check_close("f", 3.21, 6.42, what="the mean", case=case),
        lambda case: check_shape("f", np.zeros((3, 7)), (7, 3), case=case),
        lambda case: check_true("f", False, "the noise is constant.", case=case),
        lambda case: call("f", raising(ValueError("shapes (17, 3) and (5,)")), case=case),
        lambda case: call("f", raising(NotImplementedError()), case=case),
        lambda case: check_close("f", "17", [[1.5], [2.5]], case=case),
        lambda case: check_pair("f", (1, 2, 3), case=case),
        lambda case: check_pair("f", (1, 2, 3), what="the encoder's output", case=case),
        lambda case: check_weights("f", keras.Sequential(), [(17, 5)], case=case),
    ],
)
def test_a_hidden_check_names_exercise_and_case_and_shows_no_number(check):
    text = message(check, "more dimensions")
    assert text.startswith("f (hidden case: more dimensions): ")
    assert not re.search(r"\d", text)


def test_a_hidden_check_hides_the_text_of_an_exception_and_its_cause():
    with pytest.raises(AssertionError) as caught:
        call("f", raising(ValueError("expected 42")), case="more dimensions")
    assert str(caught.value) == "f (hidden case: more dimensions): your code raised ValueError."
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
