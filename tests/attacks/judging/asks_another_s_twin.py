"""Calls the function that is the same but for a number."""

COMES_OUT = {"elbo_decomposition": "failed"}

# %% elbo_decomposition
from vaelib.losses import minibatch_decomposition


def elbo_decomposition(z, z_mean, z_log_var):
    return minibatch_decomposition(z, z_mean, z_log_var, 1)
