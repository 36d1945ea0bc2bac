"""Ends by a fault that leaves as much behind as it can."""

import ctypes

ENDS = "by itself"

ctypes.string_at(0)
