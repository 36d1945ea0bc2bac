"""Ends its process where the hidden part begins, to be asked once more."""

COMES_OUT = {"scale": "stopped"}

# %% scale
import os


def scale(x):
    if x != 3:
        os._exit(0)
    return 2 * x


# %% after scale
os._exit(0)
