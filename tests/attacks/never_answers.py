"""Answers never."""

SAYS = "did not end within"


def double(x):
    while True:
        pass
