"""A program unpacked an archive beside what Canvas gave out; a neighbour's name is in it."""

PLATFORM = "canvas"
FILES = {"malm_666_5003_work/zoez_101_9001_01_toy.ipynb": b"mine"}
COMES_OUT = {}
