"""A word for the library's signatures."""

from typing import Any

Tensor = Any  # of Keras, whatever its backend is; as an argument also a numpy array
