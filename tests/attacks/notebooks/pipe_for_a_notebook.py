"""Hands in a pipe, from which nobody can ever read to the end."""

import os

FAILS = "no 01_toy.ipynb"


def hand_in(nb, folder):
    os.mkfifo(folder / "01_toy.ipynb")
    os.mkfifo(folder / "timestamp.txt")
