"""The parts of a `Finding` that show numbers: what was got, what was expected, and where."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

MOST_ROWS = 6
WORST, WRONG, RIGHT = "← furthest off", "← wrong", "right"


def numbers(got: np.ndarray, expected: np.ndarray, rtol: Any, atol: Any) -> dict[str, Any]:
    """What shows numbers: whole if they are few, else the worst one; and a table of the worst.

    Args:
        got: the student's values.
        expected: the right values, of the same shape.
        rtol: tolerance relative to the expected values, as for `numpy.isclose`.
        atol: absolute tolerance, likewise.
    """
    if got.ndim == 0:
        return {"got": f"{got:.6g}", "expected": f"{expected:.6g}"}
    distance = np.where(np.isfinite(got), np.abs(got - expected), np.inf)
    wrong = ~np.isclose(got, expected, rtol=rtol, atol=atol)
    worst = int(np.argmax(np.where(wrong, distance, -1)))
    n_wrong = int(wrong.sum())
    # The worst come first; those that are shown stand in the order of the array.
    order = np.argsort(np.where(wrong, -distance, 1), axis=None, kind="stable")
    table = []
    for flat in sorted(order[:MOST_ROWS]):
        at = np.unravel_index(flat, got.shape)
        remark = "" if wrong[at] else RIGHT
        if flat == worst:
            remark = WORST if n_wrong > 1 else WRONG
        table.append((_index(at), f"{got[at]:.6g}", f"{expected[at]:.6g}", remark))
    if got.size <= MOST_ROWS and np.isfinite(got).all():
        return {"got": _listed(got), "expected": _listed(expected), "table": tuple(table)}
    at = np.unravel_index(worst, got.shape)
    return {
        "got": f"{got[at]:.6g}",
        "expected": f"{expected[at]:.6g}",
        "place": _index(at),
        "share": f"{n_wrong} of {got.size}",
        "table": tuple(table),
    }


def differing_axes(got: tuple[int, ...], expected: tuple[int, ...]) -> dict[str, Any]:
    """What shows two shapes that differ, and in which axes they do.

    Args:
        got: the student's shape.
        expected: the right one.
    """
    if len(got) != len(expected):
        place = f"the number of axes: {len(got)} instead of {len(expected)}"
    else:
        pairs = enumerate(zip(got, expected, strict=True))
        place = ", ".join(
            f"axis {axis}: {mine} instead of {right}"
            for axis, (mine, right) in pairs
            if mine != right
        )
    return {"got": str(got), "expected": str(expected), "place": place}


def kept_axis(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Says that a shape differs by axes of length 1 that are too many, or ''.

    Args:
        got: the student's shape.
        expected: the right one.
    """
    alike = [size for size in got if size != 1] == [size for size in expected if size != 1]
    match len(got) - len(expected):
        case 1 if alike:
            return "an axis of length 1 is left over, as `keepdims` leaves it"
        case several if alike and several > 1:
            return "axes of length 1 are left over, as `keepdims` leaves them"
    return ""


def weights(got: Sequence[tuple[int, ...]], expected: Sequence[Sequence[int]]) -> dict[str, Any]:
    """What shows the shapes of a model's weights, with a table of the first that differ.

    Args:
        got: of the student's model.
        expected: the right ones.
    """
    pairs = zip_longest(map(str, got), (str(tuple(shape)) for shape in expected), fillvalue="none")
    rows = [
        (f"weight {number}", mine, right, WRONG)
        for number, (mine, right) in enumerate(pairs, start=1)
        if mine != right
    ]
    return {
        "got": str(list(got)),
        "expected": str(list(expected)),
        "table": tuple(rows[:MOST_ROWS]),
    }


def _index(at: Sequence[Any]) -> str:
    return str([int(i) for i in at])


def _listed(array: np.ndarray) -> str:
    return np.array2string(array, precision=5, separator=", ", max_line_width=200)
