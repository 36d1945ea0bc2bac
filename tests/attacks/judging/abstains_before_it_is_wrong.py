"""Looks for a name in vain in the hidden part, so as to be asked again and again."""

COMES_OUT = {"scale": "failed"}

# %% scale
import os


def scale(x):
    return 2 * x if x == 3 else not_there


# %% after scale
os._exit(0)

# %% after linear
os._exit(0)
