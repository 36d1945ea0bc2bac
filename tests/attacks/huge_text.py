"""Answers with a number of a million digits, and a text of a hundred megabytes."""


def double(x):
    return 10 ** (10**6) if x == 3 else "x" * 10**8
