"""The folder that is called like a neighbour's stands before a backslash."""

FILES = {
    "Mal M_666_assignsubmission_file_\\Zoe Z_201_assignsubmission_file_\\01_toy.ipynb": b"mine"
}
COMES_OUT = {"Zoe Z_201_assignsubmission_file_/01_toy.ipynb": "mine"}
