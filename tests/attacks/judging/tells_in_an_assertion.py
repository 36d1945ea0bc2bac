"""Tells a hidden number through a check that says in an assertion what came."""

COMES_OUT = {"said": "failed"}


# %% said
def said(x):
    return x if x == 3 else f"N{x}"
