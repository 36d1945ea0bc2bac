"""Tells a hidden number in the name of an exception's type."""

COMES_OUT = {"scale": "failed"}


# %% scale
def scale(x):
    if x == 3:
        return 6
    raise type(f"N{x}", (ValueError,), {})
