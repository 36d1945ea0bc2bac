"""An id that no folder can be called by."""

FILES = {f"Mal M_{'6' * 300}_assignsubmission_file_/01_toy.ipynb": b"mine"}
COMES_OUT = {}
