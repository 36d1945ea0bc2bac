"""Remembers a hidden number, and raises it where a later exercise is asked in the open."""

COMES_OUT = {"total": "failed"}

# %% scale
seen = []


def scale(x):
    seen.append(x)
    return 2 * x


# %% total
def total(arrays):
    raise ValueError(f"it is {seen[-1]}" if seen else "nothing")
