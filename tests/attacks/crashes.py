"""Crashes the interpreter."""

import ctypes

SAYS = "ended its own process"


def double(x):
    return ctypes.string_at(0)
