"""A canvas for a batch of pictures, and the shapes to fill on it.

A shape is a field of signed distances to its outline in px, negative inside, for b pictures at
once: (b, 28, 28), or anything that broadcasts to it. A pixel is covered by clip(1/2 - distance,
0, 1), which smooths the edges. Coordinates x and y are such fields too, and every size may be one
number for all pictures or (b, 1, 1), one for each.
"""

from __future__ import annotations

import functools
import itertools
from types import SimpleNamespace

import numpy as np

from vaelib.data.synthetic.labels import SIDE

Field = np.ndarray | float  # of distances, coordinates or sizes
Point = tuple[Field, Field]  # x and y, or a position and a value

PATTERNS = ("plain", "stripes", "checks", "print", "block")


class Canvas:
    """A batch of black pictures, the fabric to fill shapes with, and a source of variation.

    Attributes:
        picture: float32 (b, 28, 28), brightness, 0 where nothing is drawn.
        fabric: (b, 28, 28), brightness of each picture's fabric, 0.1 to 1.
        x: float32 (1, 1, 28), px to the right of the middle column.
        y: float32 (1, 28, 1), px below the top row.
    """

    def __init__(self, rng: np.random.Generator, f: SimpleNamespace) -> None:
        """Start black pictures and weave their fabric.

        Args:
            rng: the random generator, drawn from at every call of `vary` and `often`.
            f: factors tone, folds, pattern and contrast of `synthetic_clothes`, (b, 1, 1) each.
        """
        self._rng, self._b = rng, len(f.tone)
        self.picture = np.zeros((self._b, SIDE, SIDE), np.float32)
        self.x = np.arange(SIDE, dtype=np.float32)[None, None, :] - (SIDE - 1) / 2
        self.y = np.arange(SIDE, dtype=np.float32)[None, :, None]
        self.fabric = self._weave(f)

    def vary(self, low: float, high: float) -> np.ndarray:
        """Draw a number for each picture.

        Args:
            low: the least that it may be.
            high: what it stays below.

        Returns:
            float32 (b, 1, 1), uniform between low and high.
        """
        return low + (high - low) * self._rng.random((self._b, 1, 1), np.float32)

    def often(self, share: float) -> np.ndarray:
        """Choose some of the pictures at random.

        Args:
            share: how many of them, from 0 to 1.

        Returns:
            float32 (b, 1, 1): 1 for those that are chosen, 0 for the others.
        """
        return (self.vary(0, 1) < share).astype(np.float32)

    def fill(self, distance: Field, tone: Field, opacity: Field = 1.0) -> None:
        """Fill a shape with a tone.

        Args:
            distance: the shape, in px.
            tone: the brightness, from 0 to 1.
            opacity: from 0 to 1.
        """
        self.picture += np.clip(0.5 - distance, 0, 1) * opacity * (tone - self.picture)

    def _weave(self, f: SimpleNamespace) -> np.ndarray:
        """Fabric with folds, grain and a pattern, (b, 28, 28)."""
        x, y, vary = self.x, self.y, self.vary
        broad = np.sin(vary(-0.5, 0.5) * x + vary(0.1, 0.35) * y + vary(0, 6.3))
        fine = np.sin(vary(0.4, 0.9) * x + vary(-0.15, 0.15) * y + vary(0, 6.3))
        grain = self._rng.standard_normal(self.picture.shape, np.float32)
        shade = 1 + f.folds * (broad + fine) / 2 + 0.35 * f.folds * grain
        rate, slide = 2 * np.pi / vary(3, 7), vary(0, 6.3)
        bars = np.clip(2.5 * np.sin(rate * y + slide), -1, 1)
        posts = np.clip(2.5 * np.sin(rate * x + slide), -1, 1)
        flowers = np.sin(1.3 * x + 2 * broad + slide) + np.sin(1.2 * y + 2 * fine)
        block = np.clip(y - vary(7, 17), -1, 1)
        patterns = {
            "stripes": bars,
            "checks": (bars + posts) / 2,
            "print": np.clip(flowers + grain / 4, -1, 1),
            "block": block,
        }
        worn = sum((f.pattern == PATTERNS.index(k)) * pattern for k, pattern in patterns.items())
        middle = np.clip(f.tone, f.contrast / 2 + 0.12, 1 - f.contrast / 2)
        tone = np.where(f.pattern > 0, middle, f.tone)
        return np.clip(tone * shade + f.contrast / 2 * worn, 0.1, 1)


def overlap(*distances: Field) -> Field:
    """Intersect shapes.

    Args:
        distances: the shapes, in px.

    Returns:
        Distance in px to what lies inside every one of them.
    """
    return functools.reduce(np.maximum, distances)


def merge(a: Field, b: Field, radius: float) -> Field:
    """Join two shapes smoothly.

    Args:
        a: a shape, in px.
        b: another one.
        radius: of the fillet between them, about, in px.

    Returns:
        Distance in px to both, grown together.
    """
    share = np.clip(0.5 + (b - a) / (2 * radius), 0, 1)
    return b + (a - b) * share - radius * share * (1 - share)


def convex(x: Field, y: Field, *corners: Point) -> Field:
    """A convex polygon.

    Args:
        x: coordinate, in px.
        y: coordinate, in px.
        corners: (x, y) of each in px, clockwise as seen.

    Returns:
        Distance in px to it.
    """
    sides = []
    for (ax, ay), (bx, by) in itertools.pairwise((*corners, corners[0])):
        dx, dy = bx - ax, by - ay
        sides.append((dx * (ay - y) - dy * (ax - x)) / (np.hypot(dx, dy) + 1e-3))
    return overlap(*sides)


def ellipse(x: Field, y: Field, across: Field, down: Field) -> Field:
    """An ellipse around the origin.

    Args:
        x: coordinate, in px.
        y: coordinate, in px.
        across: its half-axis along x, in px.
        down: its half-axis along y, in px.

    Returns:
        Distance in px to it, to first order at its outline.
    """
    level = np.hypot(x / across, y / down)
    return (level - 1) * level / (np.hypot(x / across**2, y / down**2) + 1e-6)


def line(x: Field, y: Field, width: Field, *points: Point) -> Field:
    """A line, straight from point to point.

    Args:
        x: coordinate, in px.
        y: coordinate, in px.
        width: of the line, in px.
        points: (x, y) of each in px.

    Returns:
        Distance in px to it.
    """
    nearest: Field = np.inf
    for (ax, ay), (bx, by) in itertools.pairwise(points):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-3), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - ax - t * dx, y - ay - t * dy))
    return nearest - width / 2


def profile(at: Field, *knots: Point) -> Field:
    """A piecewise linear function, level beyond its first and its last knot.

    Args:
        at: a position, or an array of them.
        knots: (position, value) of each, positions increasing.

    Returns:
        Values in the shape of `at`.
    """
    value = knots[0][1]
    for (a, low), (b, high) in itertools.pairwise(knots):
        value = value + (high - low) * np.clip((at - a) / (b - a), 0, 1)
    return value


def choose(variant: np.ndarray, *shapes: np.ndarray) -> np.ndarray:
    """For each picture the shape or the number of its variant.

    Args:
        variant: which one, counted from 0, (b, 1, 1).
        shapes: one for each variant.

    Returns:
        The chosen ones, in the shape that all of these broadcast to.
    """
    return np.choose(variant.astype(int), shapes)
