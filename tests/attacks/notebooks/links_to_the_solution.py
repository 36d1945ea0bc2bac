"""Hands in a link to the solution instead of a notebook."""

FAILS = "no 01_toy.ipynb"


def hand_in(nb, folder):
    (folder / "01_toy.ipynb").symlink_to("@SOLUTION@")
