"""Whether two results are the same, and which known mistake gives a value."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def arrays(result: Any) -> list[np.ndarray] | None:
    """The arrays of numbers of which a result consists, or None if it has anything else.

    Args:
        result: what an answer returned.
    """
    parts = result if isinstance(result, tuple | list) else [result]
    try:
        found = [np.asarray(part) for part in parts]
    except Exception:  # a symbolic tensor, a model: numpy and the backends raise many types
        return None
    return found if all(array.dtype.kind in "biuf" for array in found) else None


def alike(first: list[np.ndarray], again: list[np.ndarray]) -> bool:
    """Whether two results are the same but for what a processor rounds in another order.

    Args:
        first: the arrays of one result.
        again: those of the other.
    """
    return len(first) == len(again) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-5, equal_nan=True)
        for a, b in zip(first, again, strict=True)
    )


def diagnose(
    got: np.ndarray,
    expected: np.ndarray,
    mistakes: Mapping[str, ArrayLike],
    rtol: Any,
    atol: Any,
) -> str:
    """The mistake whose value is `got`, in words, or '' if there is none, or more than one.

    Args:
        got: the student's value.
        expected: the right value.
        mistakes: for each known mistake, in words, the value that it gives.
        rtol: tolerance relative to the mistake's value, as for `numpy.allclose`.
        atol: absolute tolerance, likewise.
    """

    def same(a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)

    values = {text: np.asarray(v, dtype=np.float64) for text, v in mistakes.items()}
    return the_only([t for t, v in values.items() if same(got, v) and not same(v, expected)])


def the_only(found: list[str]) -> str:
    """What was found, if it is one thing, or ''.

    Args:
        found: texts.
    """
    return found[0] if len(found) == 1 else ""
