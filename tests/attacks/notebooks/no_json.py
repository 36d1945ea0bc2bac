"""Hands in a program instead of a notebook."""

FAILS = "no notebook"


def hand_in(nb, folder):
    return b"\x7fELF\x02\x01\x01" + bytes(10_000)
