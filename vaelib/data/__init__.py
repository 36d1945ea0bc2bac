"""Data sets of the course, as numpy arrays: real ones, and synthetic ones where there are none."""

from vaelib.data.creatures import Creatures, load_creatures, warm_and_cold
from vaelib.data.mnist import FASHION_NAMES, Dataset, binarize, load_fashion_mnist, load_mnist
from vaelib.data.sprites import Sprites, small_dsprites

__all__ = [
    "FASHION_NAMES",
    "Creatures",
    "Dataset",
    "Sprites",
    "binarize",
    "load_creatures",
    "load_fashion_mnist",
    "load_mnist",
    "small_dsprites",
    "warm_and_cold",
]
