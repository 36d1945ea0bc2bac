"""A folder's name that no file system takes, and five hundred folders below it."""

FILES = {f"Mal M_666_assignsubmission_file_/{'x' * 300}/{'d/' * 500}01_toy.ipynb": b"mine"}
COMES_OUT = {f"{'d/' * 8}01_toy.ipynb": "mine"}
