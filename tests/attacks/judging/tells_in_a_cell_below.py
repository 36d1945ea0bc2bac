"""Remembers a hidden number, and tells it in a cell that raises."""

COMES_OUT = {"total": "failed"}

# %% scale
seen = []


def scale(x):
    seen.append(x)
    return 2 * x


# %% after scale
raise ValueError(f"it is {seen}")

# %% total
1
