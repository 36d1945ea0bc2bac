"""Many images as one array: what figures and animations share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def tile(images: ArrayLike, n_columns: int) -> np.ndarray:
    """Images side by side in one array, filled row by row.

    Places that stay empty are background: 0 for grey, where 0 is shown as white, and 1 for colour.

    Args:
        images: (n, height, width, 1) or (n, height, width, 3), in [0, 1].
        n_columns: images in a row.

    Returns:
        (n_rows * height, n_columns * width), or with 3 at the end for colour.

    Raises:
        ValueError: images of another shape, or no column.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"images must have shape (n, height, width, 1) or (…, 3), got {images.shape}"
        )
    if n_columns < 1:
        raise ValueError(f"n_columns must be at least 1, got {n_columns}")
    n, height, width, channels = images.shape
    n_rows = -(-n // n_columns)
    tiles = np.full((n_rows * n_columns, height, width, channels), float(channels == 3))
    tiles[:n] = images
    tiles = tiles.reshape(n_rows, n_columns, height, width, channels).swapaxes(1, 2)
    whole = tiles.reshape(n_rows * height, n_columns * width, channels)
    return whole[..., 0] if channels == 1 else whole
