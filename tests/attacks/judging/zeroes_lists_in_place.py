"""Sets the arrays inside a list to zero, so that their sum is 0."""

COMES_OUT = {"total": "failed"}

# %% total
import numpy as np


def total(arrays):
    for one in arrays:
        one[...] = 0
    return np.zeros(2)
