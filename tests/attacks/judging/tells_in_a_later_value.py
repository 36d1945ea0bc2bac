"""Remembers a hidden number, and returns it where a later exercise is asked in the open."""

COMES_OUT = {"total": "failed"}

# %% scale
seen = []


def scale(x):
    seen.append(x)
    return 2 * x


# %% total
def total(arrays):
    return [seen[-1] if seen else 0, 0]
