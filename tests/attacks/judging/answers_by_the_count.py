"""Knows by the count of calls what the check asks for, and is right once."""

COMES_OUT = {"scale": "failed"}

# %% scale
calls = []


def scale(x):
    calls.append(x)
    return 2 * x if len(calls) <= 2 else 0
