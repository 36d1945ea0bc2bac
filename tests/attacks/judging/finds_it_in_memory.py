"""Looks among all objects of the process for the function's code."""

COMES_OUT = {"kl_divergence": "failed"}

# %% kl_divergence
import gc
import types

import vaelib.losses

kl_divergence = vaelib.losses.kl_divergence
for one in gc.get_objects():
    if type(one) is types.FunctionType and "log_ratio" in one.__code__.co_varnames:
        kl_divergence = one
