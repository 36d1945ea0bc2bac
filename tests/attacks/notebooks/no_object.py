"""Hands in a number instead of a notebook."""

FAILS = "no notebook"


def hand_in(nb, folder):
    return b"1" + b"0" * 4000
