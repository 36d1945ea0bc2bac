"""Two files of one name, of which Canvas's numbers say which is newer."""

PLATFORM = "canvas"
FILES = {"malm_666_9003_01_toy.ipynb": b"mine", "malm_666_5003_01_toy.ipynb": b"old"}
COMES_OUT = {"01_toy.ipynb": "mine"}
