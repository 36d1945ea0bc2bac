"""Answers wrong in its first call and right in all later ones."""

COMES_OUT = {"scale": "failed"}

# %% scale
calls = []


def scale(x):
    calls.append(x)
    return 0 if len(calls) == 1 else 2 * x
