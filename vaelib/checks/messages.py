"""The wording of failed checks."""

import re

import numpy as np

LONGEST_REASON = 300  # characters of an exception's text; Keras quotes whole arrays


def opening(name, case):
    """How every message begins: with the exercise, and the case if it is hidden."""
    return f"{name}: " if case is None else f"{name} (hidden case: {case}): "


def not_implemented(function, error):
    """Whose stub it was: the exercise's own, or that of another function, which it calls."""
    last = error.__traceback__
    while last.tb_next:
        last = last.tb_next
    stub = getattr(error, "stub", last.tb_frame.f_code.co_name)  # known if it was raised elsewhere
    if stub in ("call", getattr(function, "__name__", "call")):  # a layer has no name of its own
        return "not implemented yet. Replace the line `raise NotImplementedError` by your code."
    return f"your code calls `{stub}`, which is not implemented yet."


def shortened(error):
    """The text of an exception without colours, and not longer than a paragraph."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]} …"


def sentence(mistakes):
    """The sentence that names known mistakes, or an empty string if there is none."""
    return f" This is what you get when {' or when '.join(mistakes)}." if mistakes else ""


def numbers(got, expected, rtol, atol):
    """Got and expected: whole if they are short, else where they differ most."""
    if got.ndim == 0:
        return f"got {got:.6g}, expected {expected:.6g}."
    if got.size <= 6 and np.isfinite(got).all():
        return f"got {_listed(got)}, expected {_listed(expected)}."
    distance = np.where(np.isfinite(got), np.abs(got - expected), np.inf)
    worst = np.unravel_index(np.argmax(distance), got.shape)
    index = ", ".join(str(int(i)) for i in worst)
    n_wrong = np.sum(~np.isclose(got, expected, rtol=rtol, atol=atol))
    return (
        f"got {got[worst]:.6g} at [{index}], expected {expected[worst]:.6g} there"
        f" ({n_wrong} of {got.size} values are wrong)."
    )


def _listed(array):
    return np.array2string(array, precision=5, separator=", ", max_line_width=200)


def describe(value, case):
    """A short name of a value that is not what was wanted; without numbers in a hidden case."""
    kind = type(value).__name__
    if case is None and isinstance(value, tuple | list):
        return f"a {kind} of {len(value)}"
    text = repr(value)
    if case is not None or len(text) > 40 or "\n" in text:
        return f"something of type {kind}"
    return f"{text} (type {kind})"
