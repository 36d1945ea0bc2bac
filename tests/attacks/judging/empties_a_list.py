"""Empties the list that it was lent, so that there is nothing to sum."""

COMES_OUT = {"total": "failed"}


# %% total
def total(arrays):
    arrays.clear()
    return 0
