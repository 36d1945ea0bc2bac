"""Names that mean devices to some systems, hide from lists, or read as options."""

FILES = {
    f"Mal M_666_assignsubmission_file_/{name}.ipynb": b"mine"
    for name in ("con", "NUL.x", ".hidden", "-rf", "", " ", "..", ". .")
}
COMES_OUT = dict.fromkeys(
    ["_con.ipynb", "_NUL.x.ipynb", "hidden.ipynb", "rf.ipynb", "notebook.ipynb"]
    + [f"notebook ({number}).ipynb" for number in (2, 3, 4)],
    "mine",
)
