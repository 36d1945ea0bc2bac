"""Where Moodle makes no folders, a file is called like a neighbour's."""

FLAT = True
FILES = {"Mal M_666_assignsubmission_file_Zoe Z_201_assignsubmission_file_01_toy.ipynb": b"mine"}
COMES_OUT = {"Zoe Z_201_assignsubmission_file_01_toy.ipynb": "mine"}
