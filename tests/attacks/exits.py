"""Ends its own process without a word."""

import os

SAYS = "ended its own process"


def double(x):
    os._exit(0)
