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
from vaelib.checks.progress import check_begins, check_passed, where_am_i
from vaelib.checks.training import call_training

__all__ = [
    "CheckFailed",
    "call",
    "call_training",
    "check_begins",
    "check_close",
    "check_pair",
    "check_passed",
    "check_shape",
    "check_true",
    "check_weights",
    "where_am_i",
]
