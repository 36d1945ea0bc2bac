"""Two files of one name, which nbgrader's own collecting ends with."""

FILES = [("Mal M_666_assignsubmission_file_/01_toy.ipynb", text) for text in (b"old", b"mine")]
COMES_OUT = {"01_toy.ipynb": "mine"}
