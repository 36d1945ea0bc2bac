"""Tells a hidden number in the name that it looks up in vain."""

COMES_OUT = {"scale": "failed"}


# %% scale
def scale(x):
    return 6 if x == 3 else eval(f"n{x}")
