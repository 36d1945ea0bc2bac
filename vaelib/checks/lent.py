"""What a check lends to an answer, and whether it comes back as it was."""

from typing import Any

import numpy as np

PLAIN = (bool, int, float, complex, str, bytes, np.generic)


class ArgumentChanged(Exception):
    """A student's process says that the answer changed one of its arguments in place."""


def copied(value: Any) -> Any:
    """A value that can be lent: its arrays, lists, tuples and dicts are new, all else is the same.

    Args:
        value: anything.
    """
    if isinstance(value, np.ndarray):
        return value.copy()
    if type(value) in (list, tuple):
        return type(value)(copied(one) for one in value)
    if type(value) is dict:
        return {key: copied(one) for key, one in value.items()}
    return value


def same(before: Any, after: Any) -> bool:
    """Whether a value that was lent is as it was.

    Args:
        before: what `copied` was called with, or gave.
        after: the other of the two.
    """
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray):
            return False
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
    if type(before) in (list, tuple):
        alike = type(after) is type(before) and len(after) == len(before)
        return alike and all(map(same, before, after))
    if type(before) is dict:
        alike = type(after) is dict and list(after) == list(before)
        return alike and all(same(before[key], after[key]) for key in before)
    if before is after or not isinstance(before, PLAIN):
        return before is after
    return type(after) is type(before) and bool(before == after or before != before)
