"""In an unpacked download, a name is no text in UTF-8."""

import os

COMES_OUT = {"na?ve.ipynb": "mine"}


def lay(folder, secret):
    mine = folder / "Mal M_666_assignsubmission_file_"
    mine.mkdir()
    (mine / os.fsdecode(b"na\xefve.ipynb")).write_bytes(b"mine")
