"""A member of the zip is damaged: its sum is wrong."""

FILES = {"Mal M_666_assignsubmission_file_/01_toy.ipynb": b"the hand-in of 666"}
COMES_OUT = {}


def damage(content):
    return content.replace(b"the hand-in of 666", b"the hand-in of 667")
