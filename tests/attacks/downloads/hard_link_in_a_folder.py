"""In an unpacked download, a notebook is another name of a secret."""

import os

COMES_OUT = {}


def lay(folder, secret):
    mine = folder / "Mal M_666_assignsubmission_file_"
    mine.mkdir()
    os.link(secret, mine / "01_toy.ipynb")
