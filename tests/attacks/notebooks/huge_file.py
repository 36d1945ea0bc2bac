"""Hands in a file of ten gigabytes, of which the disk holds nothing."""

FAILS = "too large"


def hand_in(nb, folder):
    with (folder / "01_toy.ipynb").open("wb") as file:
        file.truncate(10 << 30)
