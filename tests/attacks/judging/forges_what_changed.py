"""Sends things as what was changed that are no such thing."""

COMES_OUT = {"total": "failed"}

# %% total
import numpy as np

from grading.sandbox.student import Desk

honest = Desk._call


def _call(desk, request):
    reply = honest(desk, request)
    if request.target is total:
        reply["changed"] = {"everything": [np.zeros(1), ..., {1, 2}]}
    return reply


Desk._call = _call


def total(arrays):
    return np.zeros(2)
