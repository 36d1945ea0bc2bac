"""Tells a hidden number in the text with which the check breaks."""

COMES_OUT = {"shape": "broken"}


# %% shape
class Odd:
    def __init__(self, x):
        self.x = x

    @property
    def size(self):
        raise ValueError(f"it is {self.x}")


def shape(x):
    return x if x == 3 else Odd(x)
