"""Sets the weights that the check lent it to zero, in place."""

COMES_OUT = {"linear": "failed"}

# %% linear
import numpy as np


class Model:
    def set_weights(self, weights):
        for one in weights:
            one[...] = 0

    def __call__(self, x):
        return np.zeros((len(x), 3))


def linear():
    return Model()
