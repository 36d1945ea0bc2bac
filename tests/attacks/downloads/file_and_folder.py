"""A file has the name of a folder in which another one lies."""

FILES = {
    "Mal M_666_assignsubmission_file_/01_toy.ipynb": b"mine",
    "Mal M_666_assignsubmission_file_/01_toy.ipynb/01_toy.ipynb": b"mine",
}
COMES_OUT = {"01_toy.ipynb": "mine"}
