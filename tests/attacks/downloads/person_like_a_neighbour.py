"""Somebody's name holds the whole name of a neighbour's folder."""

FILES = {"Zoe Z_201_assignsubmission_file__666_assignsubmission_file_/01_toy.ipynb": b"mine"}
COMES_OUT = {"01_toy.ipynb": "mine"}
