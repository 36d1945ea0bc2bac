"""A member of the zip is longer than it says."""

import struct

FILES = {"Mal M_666_assignsubmission_file_/01_toy.ipynb": b"the hand-in of 666"}
COMES_OUT = {}


def damage(content):
    at = content.rindex(b"PK\1\2", 0, content.rindex(b"Mal M_666"))
    return content[: at + 24] + struct.pack("<I", 3) + content[at + 28 :]
