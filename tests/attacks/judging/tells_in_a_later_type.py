"""Remembers a hidden number, and returns a type of its name in a later exercise."""

COMES_OUT = {"total": "failed"}

# %% scale
seen = []


def scale(x):
    seen.append(x)
    return 2 * x


# %% total
def total(arrays):
    return type(f"N{seen[-1] if seen else 0}", (), {})()
