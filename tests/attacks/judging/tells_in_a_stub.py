"""Tells a hidden number in the name of a function that is not implemented."""

COMES_OUT = {"scale": "failed"}


# %% scale
def scale(x):
    if x == 3:
        return 6
    space = {}
    exec(f"def n{x}():\n    raise NotImplementedError", space)
    return space[f"n{x}"]()
