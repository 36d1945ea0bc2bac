"""What checks of exercises are written with, and the words of their messages."""

from vaelib.checks.demands import (
    CheckFailed,
    call,
    check_close,
    check_pair,
    check_shape,
    check_true,
    check_weights,
)

__all__ = [
    "CheckFailed",
    "call",
    "check_close",
    "check_pair",
    "check_shape",
    "check_true",
    "check_weights",
]
