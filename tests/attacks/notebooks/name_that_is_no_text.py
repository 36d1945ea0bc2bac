"""Hands in a notebook whose name is no text in any encoding; all is right."""

import json
import os

COMES_OUT = {}


def hand_in(nb, folder):
    path = os.fsencode(folder) + b"/01_toy-\xff\x1b[2J.ipynb"
    with open(path, "w") as file:
        json.dump(nb, file)
