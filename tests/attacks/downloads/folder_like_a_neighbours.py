"""A folder in the hand-in is called like a neighbour's own folder."""

FILES = {"Mal M_666_assignsubmission_file_/Zoe Z_201_assignsubmission_file_/01_toy.ipynb": b"mine"}
COMES_OUT = {"Zoe Z_201_assignsubmission_file_/01_toy.ipynb": "mine"}
