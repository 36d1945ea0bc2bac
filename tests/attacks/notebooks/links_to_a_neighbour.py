"""Hands in a link to the folder of somebody else."""

from pathlib import Path

FAILS = "is a link"


def hand_in(nb, folder):
    folder.rmdir()
    folder.symlink_to(Path("@NEIGHBOUR@").parent)
