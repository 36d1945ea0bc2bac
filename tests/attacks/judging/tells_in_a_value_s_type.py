"""Tells a hidden number in the name of a value's type."""

COMES_OUT = {"scale": "failed"}


# %% scale
def scale(x):
    return 6 if x == 3 else type(f"N{x}", (), {})()
