"""Is wrong when it is first asked and right later, and ends the process in between."""

COMES_OUT = {"scale": "failed"}

# %% scale
import os


def scale(x):
    return int.from_bytes(os.urandom(4)) * x


# %% after scale
os._exit(0)

# %% after linear
os._exit(0)

# %% after total
os._exit(0)
