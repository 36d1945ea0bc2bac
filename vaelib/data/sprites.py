"""Small dSprites: white shapes on black, of which every factor is known, made by a program."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

SIDE = 32  # px; the original has 64
FACTORS = ("color", "shape", "scale", "orientation", "position_x", "position_y")
SHAPES = ("square", "ellipse", "heart")
SIZES = (1, 3, 4, 12, 10, 10)  # values of each factor; the original has 1, 3, 6, 40, 32, 32
FINE = 8  # a pixel is judged at FINE × FINE places
STEP = 2  # px from one position to the next


class Sprites(NamedTuple):
    """Every combination of the factors once, in the order and with the columns of dSprites.

    Attributes:
        images: float32 (n, 32, 32, 1), zeros and ones; n is the product of `SIZES`, 14,400.
        latents_classes: int64 (n, 6), which value each factor of `FACTORS` has, from 0. The last
            column changes fastest.
        latents_values: float64 (n, 6): color 1; shape 1, 2 or 3, as in `SHAPES`; scale 0.5 to 1;
            orientation in radians, from 0 to less than 2π, counterclockwise; positions 0 to 1,
            to the right and downwards.
    """

    images: np.ndarray
    latents_classes: np.ndarray
    latents_values: np.ndarray


def small_dsprites() -> Sprites:
    """Draw the sprites of Matthey et al. 2017 (dSprites) on a coarser grid, at 32 × 32.

    Returns:
        `Sprites`.
    """
    _, n_shapes, n_scales, n_orientations, n_x, n_y = SIZES
    values = [
        np.ones(1),
        np.arange(1.0, n_shapes + 1),
        np.linspace(0.5, 1, n_scales),
        np.linspace(0, 2 * np.pi, n_orientations, endpoint=False),
        np.linspace(0, 1, n_x),
        np.linspace(0, 1, n_y),
    ]
    sprites = np.array(
        [
            _sprite(shape, scale, orientation)
            for shape, scale, orientation in itertools.product(SHAPES, values[2], values[3])
        ]
    )
    # Positions are whole pixels apart, so a sprite in the middle need only be moved.
    rows, columns = (_starts(n) for n in (n_y, n_x))
    images = np.stack(
        [np.stack([sprites[:, r : r + SIDE, c : c + SIDE] for r in rows], axis=1) for c in columns],
        axis=1,
    )  # (sprites, n_x, n_y, side, side)
    classes = np.indices(SIZES).reshape(len(SIZES), -1).T
    of_each = [value[index] for value, index in zip(values, classes.T, strict=True)]
    return Sprites(
        images.reshape(-1, SIDE, SIDE, 1).astype(np.float32), classes, np.stack(of_each, axis=1)
    )


def _starts(n: int) -> list[int]:
    """Where a window of SIDE px begins in a sprite's picture, for each of n positions."""
    return [STEP * (n - 1 - i) for i in range(n)]


def _sprite(shape: str, scale: float, orientation: float) -> np.ndarray:
    """One sprite in the middle of a picture that leaves room for every position, bool."""
    side = SIDE + STEP * (SIZES[-1] - 1)
    fine = (np.arange(side * FINE) + 0.5) / FINE - side / 2  # px from the middle
    x, y = fine[None, :], -fine[:, None]  # y upwards
    cos, sin = np.cos(orientation), np.sin(orientation)
    along, across = (cos * x + sin * y) / scale, (cos * y - sin * x) / scale
    inside = _inside(shape, along, across)
    return inside.reshape(side, FINE, side, FINE).mean(axis=(1, 3)) >= 0.5


def _inside(shape: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether points lie in a shape of scale 1, x and y in px; none is farther out than 7 px."""
    if shape == "square":
        return np.maximum(np.abs(x), np.abs(y)) <= 4.9
    if shape == "ellipse":
        return (x / 6.9) ** 2 + (y / 3.6) ** 2 <= 1
    x, y = x / 5.4, y / 5.4 + 0.1  # the heart curve, centred
    return (x**2 + y**2 - 1) ** 3 <= x**2 * y**3
