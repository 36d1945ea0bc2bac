"""Two long names that are the same up to where they are cut."""

PLATFORM = "canvas"
FILES = {f"malm_666_5003_{'x' * 300}{n}.ipynb": b"mine" for n in (1, 2)}
COMES_OUT = {f"{'x' * 249}.ipynb": "mine", f"{'x' * 245} (2).ipynb": "mine"}
