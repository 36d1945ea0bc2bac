"""What synthetic digits and synthetic clothes have in common."""

from __future__ import annotations

import numpy as np

SIDE = 28  # pixels, as in MNIST and Fashion-MNIST


def balanced_labels(n: int, rng: np.random.Generator) -> np.ndarray:
    """Labels 0 to 9 in random order, each n / 10 times, rounded up or down.

    Args:
        n: how many labels, at least 1.
        rng: a numpy random generator.

    Returns:
        uint8 (n,).

    Raises:
        ValueError: n is not an integer of at least 1.
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n must be an integer of at least 1, got {n!r}; try n=1000")
    return rng.permutation(np.arange(n) % 10).astype(np.uint8)
