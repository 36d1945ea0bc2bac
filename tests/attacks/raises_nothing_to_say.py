"""Raises the error of a failed check, without a text: nbgrader would take silence for success."""

SAYS = "double: the check failed"


def double(x):
    raise AssertionError
