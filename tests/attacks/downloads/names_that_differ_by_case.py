"""Names that are one to some file systems: by case, and by how a letter is written."""

FILES = {
    f"Mal M_666_assignsubmission_file_/{name}.ipynb": b"mine"
    for name in ("a", "A", "\u00e9", "e\u0301", "ﬁ", "FI")
}
COMES_OUT = dict.fromkeys(
    ["a.ipynb", "A (2).ipynb", "é.ipynb", "é (2).ipynb", "ﬁ.ipynb", "FI (2).ipynb"], "mine"
)
