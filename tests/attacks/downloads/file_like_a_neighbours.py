"""On Canvas a file is called like a neighbour's, with a larger number."""

PLATFORM = "canvas"
FILES = {"malm_666_5003_zoe_101_9001_01_toy.ipynb": b"mine"}
COMES_OUT = {"zoe_101_9001_01_toy.ipynb": "mine"}
