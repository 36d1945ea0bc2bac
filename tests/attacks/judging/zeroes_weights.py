"""Says that the weights of the check were changed to zeros, and gives zeros back."""

COMES_OUT = {"linear": "failed"}

# %% linear
import numpy as np

from grading.sandbox.student import Desk

honest = Desk._call


def _call(desk, request):
    reply = honest(desk, request)
    if getattr(request.target, "__name__", "") == "set_weights":
        reply["changed"] = [(i, np.zeros_like(one)) for i, one in enumerate(request.args[0])]
    return reply


Desk._call = _call


class Model:
    def set_weights(self, weights):
        self.units = weights[1].shape

    def __call__(self, x):
        return np.zeros((len(x), *self.units))


def linear():
    return Model()
