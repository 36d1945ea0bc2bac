"""Paths that begin at the root of a file system, or at a drive."""

FILES = {
    "/Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"mine",
    "\\Zoe Z_201_assignsubmission_file_\\01_toy.ipynb": b"mine",
    "C:\\Zoe Z_201_assignsubmission_file_\\01_toy.ipynb": b"mine",
    "C:Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"mine",
}
COMES_OUT = {}
