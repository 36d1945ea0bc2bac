"""Hands in folders in folders in folders."""

import os

FAILS = "nested too deeply"


def hand_in(nb, folder):
    place = os.open(folder, os.O_RDONLY)
    for _ in range(1900):
        os.mkdir("d", dir_fd=place)
        deeper = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = deeper
    os.close(place)
