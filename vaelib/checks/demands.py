"""Checks of exercises, whose messages name the mistake.

Every function raises `CheckFailed`, an `AssertionError`, and nothing else. The message opens with
the name of the exercise. A check with a `case`, such as ``case="more dimensions"``, is a hidden
one: it names the exercise, the case and the mistake, and shows no numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from vaelib.checks.causes import missing_name, own_line, stub_called
from vaelib.checks.comparing import alike, arrays, diagnose, the_only
from vaelib.checks.display import display
from vaelib.checks.finding import Finding, Reason
from vaelib.checks.known import known_error
from vaelib.checks.lent import ArgumentChanged, copied, same
from vaelib.checks.messages import describe, message, shortened
from vaelib.checks.parts import differing_axes, kept_axis, numbers, weights


class CheckFailed(AssertionError):
    """An answer is not right. The message is for people; `finding` says the same as data.

    Where a notebook shows it, the same stands on a few lines, and there is no traceback.

    Args:
        finding: a `Finding`.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(message(finding))
        self.finding = finding

    def _render_traceback_(self) -> list[str]:  # IPython asks for it, and so does every notebook
        return display(self.finding)


def call(name: str, function: Any, *args: Any, steady: bool = True, case: str | None = None) -> Any:
    """Call a student's function, or a model a student built, and return what it returns.

    Arrays, lists, tuples and dicts are lent as copies, so that an answer cannot change what the
    check uses later. In a hidden case what gives numbers is called twice, and has to give the same
    again; a visible case leaves it to the check to say in better words.

    Args:
        name: the exercise.
        function: the student's function or model.
        args: its arguments.
        steady: whether in a hidden case the same arguments have to give the same numbers.
        case: the hidden case, if this is one.

    Returns:
        What the function returns, the first time.

    Raises:
        CheckFailed: the function is missing, not implemented yet, raised an exception, changed
            one of its arguments, or gave something else the second time.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if function is None:
        _fail(name, "no value", case)
    if not callable(function):
        _fail(name, "not callable", case, got=describe(function, hidden=bool(case)))
    result = _called(name, function, args, case)
    if case and steady and (first := arrays(result)) is not None:
        try:
            again = arrays(_called(name, function, args, case))
        except CheckFailed as error:
            _fail(name, "other result", case, error=error.finding.error)
        if again is None or not alike(first, again):
            _fail(name, "other result", case)
    return result


def check_close(
    name: str,
    got: Any,
    expected: ArrayLike,
    *,
    rtol: ArrayLike = 1e-5,
    atol: ArrayLike = 1e-6,
    mistakes: Mapping[str, ArrayLike] | None = None,
    what: str | None = None,
    case: str | None = None,
) -> None:
    """Compare a value with the expected one; where it is wrong, say which mistake gives it.

    Args:
        name: the exercise.
        got: the student's value: a number, an array, or a tensor of any backend.
        expected: the right value; its shape is demanded.
        rtol: tolerance relative to the expected value; a number, or an array of its shape.
        atol: absolute tolerance, likewise.
        mistakes: for each known mistake, in words, the value that it gives.
        what: what the value is, if it is not the function's result itself.
        case: the hidden case, if this is one.

    Raises:
        CheckFailed: no value, no number, a wrong shape, NaN, infinity, or a wrong number.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    expected = np.asarray(expected, dtype=np.float64)
    got = _as_array(name, got, f"an array of shape {expected.shape}", case)
    named = diagnose(got, expected, mistakes or {}, rtol, atol)
    if got.shape != expected.shape:
        shapes = {} if case else differing_axes(got.shape, expected.shape)
        named = named or kept_axis(got.shape, expected.shape)
        _fail(name, "wrong shape", case, what=what or "", mistake=named, **shapes)
    if np.allclose(got, expected, rtol=rtol, atol=atol):
        return
    broken = np.isfinite(expected).all() and not np.isfinite(got).all()
    reason: Reason = "not finite" if broken else "wrong value"
    shown = {} if case else numbers(got, expected, rtol, atol)
    _fail(name, reason, case, what=what or "", mistake=named, **shown)


def check_shape(
    name: str,
    got: Any,
    shape: Sequence[int],
    *,
    what: str | None = None,
    case: str | None = None,
) -> None:
    """Demand an array of numbers of this shape.

    Args:
        name: the exercise.
        got: the student's value.
        shape: a tuple.
        what: what the value is, if it is not the function's result itself.
        case: the hidden case, if this is one.

    Raises:
        CheckFailed: no value, no numbers or another shape.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    got = _as_array(name, got, f"an array of shape {shape}", case)
    if got.shape != tuple(shape):
        shapes = {} if case else differing_axes(got.shape, tuple(shape))
        named = kept_axis(got.shape, tuple(shape))
        _fail(name, "wrong shape", case, what=what or "", mistake=named, **shapes)


def check_pair(
    name: str, got: Any, *, what: str | None = None, case: str | None = None
) -> tuple[Any, Any]:
    """Demand two values, as a tuple, a list or one stacked array, and return them.

    Args:
        name: the exercise.
        got: the student's values.
        what: what gave them, such as "the encoder's output", if not the function itself.
        case: the hidden case, if this is one.

    Returns:
        The two values.

    Raises:
        CheckFailed: anything else came.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    whole = isinstance(got, str | dict) or not hasattr(got, "__len__")
    if whole or len(got) != 2:
        wanted = "a list of two: `[a, b]`" if what else "two values: `return a, b`"
        shown = {"got": describe(got, hidden=bool(case)), "expected": wanted}
        _fail(name, "wrong kind", case, what=what or "", **shown)
    return got[0], got[1]


def check_true(name: str, condition: Any, problem: str, *, case: str | None = None) -> None:
    """Fail with the `problem` unless the condition holds.

    Args:
        name: the exercise.
        condition: anything that is true or false.
        problem: what is wrong if it does not hold, a full sentence.
        case: the hidden case, if this is one.

    Raises:
        CheckFailed: the condition does not hold.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if not condition:
        _fail(name, "demand", case, text=problem)


def check_weights(
    name: str,
    model: Any,
    shapes: Sequence[Sequence[int]],
    *,
    mistakes: Mapping[str, Sequence[Sequence[int]]] | None = None,
    case: str | None = None,
) -> None:
    """Demand a Keras model whose weights have these shapes, in this order.

    Args:
        name: the exercise.
        model: what the student's builder returned.
        shapes: one tuple for each weight array: kernel, bias, kernel, bias, …
        mistakes: for each known mistake, in words, the shapes that it gives.
        case: the hidden case, if this is one.

    Raises:
        CheckFailed: no model, a model that is not built, or other weights.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if not hasattr(model, "get_weights") or isinstance(model, type):
        reason: Reason = "no value" if model is None else "wrong kind"
        shown = {"got": describe(model, hidden=bool(case)), "expected": "a Keras model"}
        _fail(name, reason, case, **shown)
    got = [tuple(w.shape) for w in model.get_weights()]
    if got == [tuple(s) for s in shapes]:
        return
    if not got:
        _fail(name, "not built", case)
    named = [text for text, wrong in (mistakes or {}).items() if got == [tuple(s) for s in wrong]]
    if sorted(got) == sorted(tuple(s) for s in shapes):
        named = ["the layers are created in another order than they are used"]
    shown = {} if case else weights(got, shapes)
    _fail(name, "wrong weights", case, mistake=the_only(named), **shown)


def _called(name: str, function: Any, args: Any, case: str | None) -> Any:
    """What a function returns, or a `CheckFailed`."""
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    lent = copied(args)
    try:
        result = function(*lent)
    except ArgumentChanged:
        _fail(name, "argument changed", case)
    except (Exception, SystemExit) as error:
        found = _raised(name, function, error, case)
        shown = error if found.reason == "raised" and not case else None
        raise CheckFailed(found) from shown
    if not same(args, lent):
        _fail(name, "argument changed", case)
    return result


def _raised(
    name: str, function: Callable[..., Any], error: BaseException, case: str | None
) -> Finding:
    """The finding of a call that raised an exception."""
    stub = stub_called(error)
    if stub in ("call", getattr(function, "__name__", "call")):  # a layer has no name of its own
        return Finding(name, "not implemented", case or "")
    if stub:
        return Finding(name, "calls a stub", case or "", stub=stub)
    text, place = ("", "") if case else (shortened(error), own_line(error))
    kind = known_error(error) if case else type(error).__name__
    missing = missing_name(error)
    return Finding(name, "raised", case or "", error=kind, missing=missing, text=text, place=place)


def _as_array(name: str, got: Any, wanted: str, case: str | None) -> np.ndarray:
    """The value as a numpy array of numbers, or a `CheckFailed` that says why it is none."""
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if got is None:
        _fail(name, "no value", case)
    if got is Ellipsis or got is NotImplemented:
        _fail(name, "not implemented", case, got=str(got))
    try:
        array = np.asarray(got)
    except Exception:  # a symbolic tensor, a ragged list: numpy and the backends raise many types
        array = np.asarray(None)
    if array.dtype.kind == "c" and np.allclose(array.imag, 0):
        array = array.real
    if array.dtype.kind not in "biuf":
        wanted = "an array of numbers" if case else wanted
        _fail(name, "wrong kind", case, got=describe(got, hidden=bool(case)), expected=wanted)
    return array.astype(np.float64)


def _fail(name: str, reason: Reason, case: str | None, **parts: Any) -> NoReturn:
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    raise CheckFailed(Finding(name, reason, case or "", **parts))
