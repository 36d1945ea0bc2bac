"""Checks of exercises, whose messages name the mistake.

Every function raises `AssertionError` and nothing else. The message opens with the name of the
exercise. A check with a `case`, such as ``case="more dimensions"``, is a hidden one: it names the
exercise, the case and the mistake, and shows no numbers.
"""

import numpy as np

from vaelib.checks.messages import describe, not_implemented, numbers, opening, sentence, shortened


def call(name, function, *args, case=None):
    """Call a student's function, or a model a student built, and return what it returns.

    Arrays are handed over as copies, so that an answer cannot change what the check uses later.

    Args:
        name: the exercise.
        function: the student's function or model.
        args: its arguments.
        case: the hidden case, if this is one.

    Raises:
        AssertionError: the function is missing, not implemented yet, raised an exception, or
            changed one of its arguments.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if function is None:
        _fail(name, case, "got None. Does your function end with `return`?")
    if not callable(function):
        problem = f"expected a function or a Keras model, but it is {describe(function, case)}."
        _fail(name, case, problem)
    lent = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
    try:
        result = function(*lent)
    except NotImplementedError as error:
        problem = not_implemented(function, error)
        raise AssertionError(opening(name, case) + problem) from None
    except (Exception, SystemExit) as error:
        if case is not None:  # the exception's text could show the hidden numbers
            problem = f"your code raised {type(error).__name__}."
            raise AssertionError(opening(name, case) + problem) from None
        problem = f"your code raised {type(error).__name__}: {shortened(error)}"
        raise AssertionError(opening(name, case) + problem) from error
    for before, after in zip(args, lent, strict=True):
        if isinstance(before, np.ndarray) and not np.array_equal(before, after, equal_nan=True):
            _fail(name, case, "your code changes its argument in place. Work on a new array.")
    return result


def check_close(name, got, expected, *, rtol=1e-5, atol=1e-6, mistakes=None, what=None, case=None):
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
        AssertionError: no value, no number, a wrong shape, NaN, infinity, or a wrong number.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    expected = np.asarray(expected, dtype=np.float64)
    got = _as_array(name, got, f"an array of shape {expected.shape}", case)
    diagnosis = _diagnose(got, expected, mistakes or {}, rtol, atol)
    subject = f"{what}: " if what else ""
    if got.shape != expected.shape:
        shown = "wrong shape." if case else f"got shape {got.shape}, expected {expected.shape}."
        _fail(name, case, subject + shown + diagnosis)
    if np.allclose(got, expected, rtol=rtol, atol=atol):
        return
    if case is not None:
        broken = np.isfinite(expected).all() and not np.isfinite(got).all()
        shown = "not every value is finite." if broken else "wrong value."
    else:
        shown = numbers(got, expected, rtol, atol)
    _fail(name, case, subject + shown + diagnosis)


def check_shape(name, got, shape, *, what=None, case=None):
    """Demand an array of numbers of this shape.

    Args:
        name: the exercise.
        got: the student's value.
        shape: a tuple.
        what: what the value is, if it is not the function's result itself.
        case: the hidden case, if this is one.

    Raises:
        AssertionError: no value, no numbers or another shape.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    got = _as_array(name, got, f"an array of shape {shape}", case)
    if got.shape != tuple(shape):
        problem = "wrong shape." if case else f"got shape {got.shape}, expected {tuple(shape)}."
        _fail(name, case, (f"{what}: " if what else "") + problem)


def check_pair(name, got, *, what=None, case=None):
    """Demand two values, as a tuple, a list or one stacked array, and return them.

    Args:
        name: the exercise.
        got: the student's values.
        what: what gave them, such as "the encoder's output", if not the function itself.
        case: the hidden case, if this is one.

    Raises:
        AssertionError: anything else came.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    whole = isinstance(got, str | dict) or not hasattr(got, "__len__")
    if whole or len(got) != 2:
        wanted = "a list of two: `[a, b]`." if what else "two values: `return a, b`."
        subject = f"{what}: " if what else ""
        _fail(name, case, f"{subject}got {describe(got, case)}, expected {wanted}")
    return got[0], got[1]


def check_true(name, condition, problem, *, case=None):
    """Fail with the `problem`, a full sentence, unless the condition holds.

    Raises:
        AssertionError: the condition does not hold.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if not condition:
        _fail(name, case, problem)


def check_weights(name, model, shapes, *, mistakes=None, case=None):
    """Demand a Keras model whose weights have these shapes, in this order.

    Args:
        name: the exercise.
        model: what the student's builder returned.
        shapes: one tuple for each weight array: kernel, bias, kernel, bias, …
        mistakes: for each known mistake, in words, the shapes that it gives.
        case: the hidden case, if this is one.

    Raises:
        AssertionError: no model, a model that is not built, or other weights.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if not hasattr(model, "get_weights") or isinstance(model, type):
        hint = " Does your function end with `return`?" if model is None else ""
        _fail(name, case, f"got {describe(model, case)}, expected a Keras model.{hint}")
    got = [tuple(w.shape) for w in model.get_weights()]
    if got == [tuple(s) for s in shapes]:
        return
    if not got:
        problem = "the model has no weights, so it is not built. Begin it with `keras.Input(…)`."
        _fail(name, case, problem)
    named = [text for text, wrong in (mistakes or {}).items() if got == [tuple(s) for s in wrong]]
    problem = "the weights have the wrong shapes."
    if case is None:
        problem = f"the weights have shapes {got}, expected {list(shapes)}."
    if sorted(got) == sorted(tuple(s) for s in shapes):
        named = ["the layers are created in another order than they are used"]
    _fail(name, case, problem + sentence(named))


def _as_array(name, got, wanted, case):
    """The value as a numpy array of numbers, or an `AssertionError` that says why it is none."""
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    if got is None:
        _fail(name, case, "got None. Does your function end with `return`?")
    if got is Ellipsis or got is NotImplemented:
        _fail(name, case, f"not implemented yet: your function returns {got}.")
    try:
        array = np.asarray(got)
    except Exception:  # a symbolic tensor, a ragged list: numpy and the backends raise many types
        array = np.asarray(None)
    if array.dtype.kind == "c" and np.allclose(array.imag, 0):
        array = array.real
    if array.dtype.kind not in "biuf":
        wanted = wanted if case is None else "an array of numbers"
        _fail(name, case, f"got {describe(got, case)}, expected {wanted}.")
    return array.astype(np.float64)


def _diagnose(got, expected, mistakes, rtol, atol):
    """A sentence that names the mistakes whose value is `got`, or an empty string."""

    def same(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)

    values = {text: np.asarray(v, dtype=np.float64) for text, v in mistakes.items()}
    return sentence([text for text, v in values.items() if same(got, v) and not same(v, expected)])


def _fail(name, case, problem):
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    raise AssertionError(opening(name, case) + problem)
