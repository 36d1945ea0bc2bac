"""Answers with an array of a gigabyte."""

import numpy as np

SAYS = "double"


def double(x):
    return np.zeros(1 << 27, dtype=np.float64)
