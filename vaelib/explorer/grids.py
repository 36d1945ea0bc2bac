"""Which codes a latent explorer has decoded beforehand, and which of them its page blends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

PLANES = (41, 33, 25, 21, 17, 13, 11, 9, 7)  # codes along each side
# Starting codes, dimensions with a slider, steps of each, and stops between two starting codes.
SLIDERS = (
    *((8, 12, 33, 19), (8, 12, 25, 15), (8, 12, 17, 11), (8, 12, 13, 9), (8, 12, 9, 7)),
    *((8, 10, 9, 7), (6, 10, 9, 7), (6, 8, 7, 5), (4, 6, 7, 5), (3, 4, 5, 3)),
)


@dataclass(frozen=True)
class Grid:
    """Codes to decode.

    Attributes:
        codes: (m, latent_dim).
        between: (k, 2 or 4) indices of codes; the page shows the mean of their pictures where the
            mean of the codes is asked for, and other weights in the places around.
        words: what is decoded, for people.
        settings: what the page must know, plain values.
    """

    codes: np.ndarray
    between: np.ndarray
    words: str
    settings: dict


def plane(n: int, span: float) -> Grid:
    """Codes on a square grid in a plane, row by row, the second coordinate the same along a row.

    Args:
        n: codes along each side.
        span: the grid goes from -span to span in both dimensions.

    Returns:
        A `Grid` of n * n codes.
    """
    line = np.linspace(-span, span, n, dtype="float32")
    codes = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    corners = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).reshape(-1, 1)
    settings = {"n": n, "start": [0, 0]}
    return Grid(codes, corners + np.array([0, 1, n, n + 1]), f"{n} × {n} codes", settings)


def sliders(
    size: tuple[int, int, int, int], span: float, starts: np.ndarray, order: np.ndarray
) -> Grid:
    """Codes around some starting ones, and between them.

    Each start is followed by its traversals, one for each latent dimension; behind all of them are
    the stops of the interpolation from each start to each later one.

    Args:
        size: one of `SLIDERS`.
        span: a traversal goes from -span to span.
        starts: codes, (n, latent_dim).
        order: latent dimensions, the most important first.

    Returns:
        A `Grid`.
    """
    n_starts, n_dims, n_steps, n_stops = size
    starts, order = starts[:n_starts], order[:n_dims]
    steps = np.linspace(-span, span, n_steps, dtype="float32")
    codes, between = [], []
    for own in starts:
        codes.append(own)
        for j in order:
            first = len(codes)
            codes += [np.where(np.arange(len(own)) == j, step, own) for step in steps]
            between += [[i, i + 1] for i in range(first, len(codes) - 1)]
    every = 1 + len(order) * n_steps
    for a, b in combinations(range(len(starts)), 2):
        first = len(codes)
        ts = np.linspace(0, 1, n_stops + 2, dtype="float32")[1:-1]
        codes += [(1 - t) * starts[a] + t * starts[b] for t in ts]
        stops = [a * every, *range(first, len(codes)), b * every]
        between += [list(pair) for pair in pairwise(stops)]
    settings = {"n": n_steps, "stops": n_stops, "codes": starts[:, order].tolist()}
    words = f"{n_steps} values of each latent dimension"
    return Grid(np.array(codes, "float32"), np.array(between), words, settings)
