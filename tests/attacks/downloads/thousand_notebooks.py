"""A thousand notebooks in one hand-in."""

FILES = {f"Mal M_666_assignsubmission_file_/{n:04}.ipynb": b"mine" for n in range(1_000)}
COMES_OUT = {f"{n:04}.ipynb": "mine" for n in range(100)}
