"""A white canvas for a batch of colour pictures, and shapes with outlines to draw on it.

A shape is a field of signed distances, as in `shapes`, in units of which 72 make a side,
whatever the pictures' size: (b, side, side), or anything that broadcasts to it. x grows to the
right and y downwards. A colour is (b, 1, 1, 3) in [0, 1], and every size may be one
number for all pictures or (b, 1, 1), one for each.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vaelib.data.synthetic.shapes import Field

UNITS = 72  # along a side; creatures stay within 68
OUTLINE = 0.85  # units: how far an outline goes beyond its shape
WHITE = np.ones(3, np.float32)
INK = np.array([0.13, 0.1, 0.16], np.float32)  # nearly black


class ColourCanvas:
    """A batch of white pictures and a source of variation.

    Attributes:
        picture: float32 (b, side, side, 3) in [0, 1].
        x: float32 (1, 1, side), units to the right of the middle.
        y: float32 (1, side, 1), units downwards; 0 lies a little below the middle.
    """

    def __init__(self, rng: np.random.Generator, b: int, side: int) -> None:
        """Start white pictures.

        Args:
            rng: the random generator, drawn from at every call of `vary`.
            b: how many pictures.
            side: of each, in px.
        """
        self._rng, self._b = rng, b
        self._scale = np.float32(side / UNITS)  # px in a unit
        self.picture = np.ones((b, side, side, 3), np.float32)
        middle = ((np.arange(side, dtype=np.float32) + 0.5) / side - 0.5) * UNITS
        self.x, self.y = middle[None, None, :], middle[None, :, None] - 3

    def vary(self, low: float, high: float) -> np.ndarray:
        """Draw a number for each picture.

        Args:
            low: the least that it may be.
            high: what it stays below.

        Returns:
            float32 (b, 1, 1), uniform between low and high.
        """
        return low + (high - low) * self._rng.random((self._b, 1, 1), np.float32)

    def fill(self, distance: Field, colour: np.ndarray, opacity: Field = 1.0) -> None:
        """Fill a shape with a colour.

        Args:
            distance: the shape, in units.
            colour: (b, 1, 1, 3), or (3,) for all pictures, in [0, 1].
            opacity: from 0 to 1.
        """
        covered = np.asarray(np.clip(0.5 - distance * self._scale, 0, 1) * opacity)
        self.picture += covered[..., None] * (colour - self.picture)

    def part(self, distance: Field, colour: np.ndarray, opacity: Field = 1.0) -> None:
        """Fill a shape that has an outline and gets darker downwards.

        Args:
            distance: the shape, in units.
            colour: (b, 1, 1, 3), or (3,) for all pictures, in [0, 1].
            opacity: from 0 to 1.
        """
        self.fill(distance - OUTLINE, 0.38 * colour + 0.1 * INK, opacity)
        shade = np.clip(1.06 - 0.008 * self.y, 0.75, 1.15)[..., None]
        self.fill(distance, np.minimum(shade * colour, 1), opacity)


def disc(x: Field, y: Field, radius: Field) -> Field:
    """A disc around the origin.

    Args:
        x: coordinate, in units.
        y: coordinate, in units.
        radius: in units.

    Returns:
        Distance in units to it.
    """
    return np.hypot(x, y) - radius


def tube(
    x: Field, y: Field, points: Iterable[tuple[Field, Field]], radii: Iterable[Field]
) -> Field:
    """Discs that are joined to a smooth tube.

    Args:
        x: coordinate, in units.
        y: coordinate, in units.
        points: (x, y) of each disc's centre, in units.
        radii: of the discs, in units.

    Returns:
        Distance in units to it.
    """
    nearest: Field = np.inf
    for (px, py), radius in zip(points, radii, strict=True):
        nearest = np.minimum(nearest, disc(x - px, y - py, radius))
    return nearest


def turned(x: Field, y: Field, angle: Field) -> tuple[Field, Field]:
    """Coordinates in a frame that is turned clockwise.

    Args:
        x: coordinate.
        y: coordinate.
        angle: in radians.

    Returns:
        The two new coordinates.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    return cos * x + sin * y, cos * y - sin * x
