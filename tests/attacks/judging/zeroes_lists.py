"""Says that arrays inside a list were changed to zeros, so that their sum is 0."""

COMES_OUT = {"total": "failed"}

# %% total
import numpy as np

from grading.sandbox.student import Desk

honest = Desk._call


def _call(desk, request):
    reply = honest(desk, request)
    if request.target is total:
        reply["changed"] = [(i, np.zeros_like(one)) for i, one in enumerate(request.args[0])]
    return reply


Desk._call = _call


def total(arrays):
    return np.zeros(2)
