"""Changes what it was lent, and says that nothing was changed."""

COMES_OUT = {"total": "failed"}

# %% total
import numpy as np

from grading.sandbox import student

student.same = lambda before, after: True


def total(arrays):
    for one in arrays:
        one[...] = 0
    return np.zeros(2)
