"""Answers with something that is another array each time it is looked at."""

import numpy as np

CELL = "kl_divergence"
COMES_OUT = {"kl_divergence": 0}


class Changing:
    looks = 0

    def __array__(self, *args, **kwargs):
        Changing.looks += 1
        return np.full(Changing.looks, 0.5 * Changing.looks)

    @property
    def shape(self):
        Changing.looks += 1
        return (Changing.looks,)


def kl_divergence(q_mean, q_log_var, p_mean, p_log_var):
    return Changing()
