"""Remembers a hidden number, and tells it in the type that a cell raises."""

COMES_OUT = {"total": "failed"}

# %% scale
seen = []


def scale(x):
    seen.append(x)
    return 2 * x


# %% after scale
raise type(f"N{seen[-1]}", (Exception,), {})

# %% total
1
