"""Synthetic handwritten digits, made of strokes, for a course without a network or a data set."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vaelib.data.synthetic.labels import SIDE, balanced_labels
from vaelib.data.synthetic.strokes import SAMPLES, render_strokes, write_strokes

CHUNK = 256  # images rendered at once, which keeps the work in the processor's cache

# Each class has several ways to be written: (how common, strokes as in `write_strokes`).
VARIANTS = {
    0: (
        (4, "44,2 24,6 7,28 3,56 14,88 38,99 62,86 73,54 66,20 46,3 36,4"),
        (2, "60,12 42,2 16,16 3,52 14,88 38,99 60,84 72,50 64,18 44,6 33,15"),
        (2, "40,0 14,14 2,50 14,87 40,100 66,87 78,50 66,14 40,0 30,3"),
    ),
    1: (
        (6, "22,0 22,33 21,67 21,100"),
        (2, "12,20 20,12 27,0 / 27,0 27,33 26,67 26,100"),
        (1, "12,22 22,12 30,0 / 30,0 30,33 30,67 30,98 / 6,99 30,98 54,98"),
    ),
    2: (
        (4, "6,22 18,5 40,1 57,14 55,38 36,66 6,96 / 6,96 24,93 46,97 70,95"),
        (3, "8,20 24,3 46,4 56,22 47,50 28,78 10,90 4,82 14,74 32,82 50,94 72,88"),
        (2, "4,10 22,3 48,3 60,16 52,40 30,68 8,92 / 8,92 26,86 48,90 72,84"),
    ),
    3: (
        (4, "6,12 24,1 48,4 55,20 44,38 24,46 / 24,46 46,48 62,64 56,86 34,99 14,97 2,86"),
        (2, "4,4 26,4 58,2 / 58,2 44,22 28,40 / 28,40 50,46 62,66 54,88 32,99 12,96 2,86"),
        (2, "6,16 22,2 44,4 52,18 44,36 30,45 20,45 32,44 52,54 58,76 44,95 22,99 2,88"),
    ),
    4: (
        (4, "14,4 10,24 5,48 / 5,48 26,50 48,48 70,45 / 54,2 52,36 48,68 46,100"),
        (2, "50,0 34,22 18,42 2,62 / 2,62 26,63 50,62 74,60 / 50,0 49,34 48,68 47,100"),
        (2, "16,6 8,30 8,48 22,54 42,48 55,34 / 58,4 55,34 50,66 44,100"),
    ),
    5: (
        (3, "14,4 36,4 64,1 / 14,4 11,24 9,44 / 9,44 30,36 52,46 60,68 48,90 26,99 3,92"),
        (3, "72,4 48,3 26,6 / 26,6 20,24 14,42 / 14,42 34,42 49,56 50,76 36,93 16,98 0,92"),
        (2, "66,2 40,3 20,12 18,30 32,44 50,56 56,76 44,94 22,99 2,92"),
    ),
    6: (
        (3, "44,1 26,17 11,40 4,68 14,92 36,99 55,86 58,68 44,56 24,62 7,78"),
        (3, "30,0 16,24 6,50 4,78 20,97 42,94 56,78 50,62 32,60 16,72 9,86"),
        (2, "60,5 36,14 14,38 5,66 16,93 38,98 54,84 52,66 36,58 18,66 9,80"),
    ),
    7: (
        (4, "4,10 22,6 44,6 62,5 / 62,5 54,28 42,62 32,100"),
        (2, "4,8 26,5 48,6 66,3 / 66,3 52,28 38,62 30,100 / 22,55 42,52 64,51"),
        (2, "5,22 6,7 / 6,7 26,7 46,6 62,6 / 62,6 50,30 38,60 30,100"),
        (1, "2,14 18,5 42,3 60,10 61,30 52,62 38,100"),
    ),
    8: (
        (3, "58,14 40,1 16,8 12,28 30,46 52,64 54,86 34,99 10,91 9,70 28,50 52,32 60,12 48,2"),
        (2, "54,10 32,0 12,16 22,38 46,58 50,84 30,99 8,86 14,64 38,44 56,24 54,8"),
        (2, "36,48 19,34 20,13 39,0 56,11 53,31 36,48 15,66 10,85 30,100 52,87 52,65 36,48"),
    ),
    9: (
        (3, "54,14 36,3 14,12 5,32 16,48 36,44 51,26 56,8 / 56,8 53,36 49,68 46,100"),
        (2, "56,20 42,3 18,8 7,28 18,46 38,43 54,22 / 54,22 54,54 48,84 28,99 10,93"),
        (2, "52,6 30,3 10,22 10,42 28,49 46,36 54,14 52,42 42,70 30,100"),
        (1, "34,3 12,12 8,32 24,46 48,40 56,20 34,3 26,5 / 56,20 56,48 52,74 48,100"),
    ),
}
# Loops fill up under a broad pen, and people keep it narrower there: share of the usual width.
PEN = np.array([1, 1, 1, 1, 0.92, 1, 0.96, 1, 0.84, 0.88])


class SyntheticDigits(NamedTuple):
    """Synthetic digits, their classes and the random factors that made them."""

    images: np.ndarray
    labels: np.ndarray
    factors: dict[str, np.ndarray]


def synthetic_digits(n: int, seed: int) -> SyntheticDigits:
    """Draw n handwritten digits, white on black, in the manner of MNIST.

    As in MNIST, the longer side of a digit is about 20 px and its centre of mass lies near the
    centre of the image.

    Args:
        n: how many digits, at least 1.
        seed: the same n and seed give the same bits.

    Returns:
        SyntheticDigits with
        images: float32 (n, 28, 28, 1) in [0, 1].
        labels: uint8 (n,), in random order, each class n / 10 times (rounded up or down).
        factors: name to float32 (n,):
            "slant": lean of the uprights in degrees, positive to the right;
            "rotation": turn of the whole digit in degrees, clockwise;
            "width": factor on the width of the digit, before it is fitted into the image;
            "bend": sideways bow of the uprights as a fraction of the height, positive to the
            right in the middle;
            "balance": share of the height that the upper half gets, 0.5 in the middle;
            "thickness": width of the pen in px;
            "size": longer side of the digit in px;
            "variant": which of the ways to write this class, counted from 0.

    Raises:
        ValueError: n is not an integer of at least 1.
    """
    rng = np.random.default_rng(seed)
    labels = balanced_labels(n, rng)
    factors = _draw_factors(rng, labels)
    images = np.empty((n, SIDE, SIDE, 1), np.float32)
    for digit, variants in VARIANTS.items():
        for variant, (_, strokes) in enumerate(variants):
            chosen = np.flatnonzero((labels == digit) & (factors["variant"] == variant))
            for start in range(0, len(chosen), CHUNK):
                rows = chosen[start : start + CHUNK]
                some = {name: values[rows] for name, values in factors.items()}
                points, ink = _place(write_strokes(rng, strokes, len(rows)), some)
                images[rows, :, :, 0] = render_strokes(points, ink, _pressure(rng, some))
    return SyntheticDigits(images, labels, factors)


def _draw_factors(rng: np.random.Generator, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Draw the factors of variation, each clipped where a digit would stop being legible."""
    n = len(labels)

    def normal(mean: float, std: float, low: float, high: float) -> np.ndarray:
        return np.clip(rng.normal(mean, std, n), low, high).astype(np.float32)

    factors = {
        "slant": normal(9, 12, -20, 38),
        "rotation": normal(0, 4, -9, 9),
        "width": np.exp(normal(0, 0.17, -0.4, 0.4)),
        "bend": normal(0, 0.035, -0.08, 0.08),
        "balance": normal(0.5, 0.035, 0.42, 0.58),
        "thickness": np.exp(normal(0.95, 0.26, 0.35, 1.35)),
        "size": normal(19.6, 0.6, 18, 20.5),
        "variant": np.empty(n, np.float32),
    }
    room = 4.2 * factors["width"] * np.cos(np.radians(factors["slant"])) ** 2  # px, inside a loop
    factors["thickness"] = (PEN[labels] * np.minimum(factors["thickness"], room)).astype(np.float32)
    for digit, variants in VARIANTS.items():
        common = np.array([often for often, _ in variants], float)
        rows = np.flatnonzero(labels == digit)
        factors["variant"][rows] = rng.choice(len(common), len(rows), p=common / common.sum())
    return factors


def _pressure(rng: np.random.Generator, factors: dict[str, np.ndarray]) -> np.ndarray:
    """Width of the pen (n, SAMPLES) in px, which drifts a little along the strokes."""
    n = len(factors["thickness"])
    along = np.linspace(0, 1, SAMPLES, dtype=np.float32)
    phase, speed = rng.uniform([0, 2], [2 * np.pi, 8], (n, 2)).astype(np.float32).T[:, :, None]
    return factors["thickness"][:, None] * (1 + 0.12 * np.sin(phase + speed * along))


def _place(ends: np.ndarray, factors: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Apply the factors to segments and put them in the image: middles and lengths in px."""
    column = {name: values[:, None] for name, values in factors.items()}
    x, y = np.moveaxis(ends, -1, 0)  # (2, n, SAMPLES) each
    y = y + (4 * column["balance"] - 2) * y * (1 - y)
    x = x * column["width"] + 4 * column["bend"] * y * (1 - y)
    x = x - y * np.tan(np.radians(column["slant"]))
    turn = np.radians(column["rotation"])
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)

    placed = np.stack([x, y], axis=-1)
    extent = np.max(np.ptp(placed[0], axis=1), axis=-1)  # (n,)
    scale = (factors["size"] - factors["thickness"]) / extent
    placed *= scale[:, None, None]
    lengths = np.linalg.norm(placed[1] - placed[0], axis=-1)
    points = placed.mean(axis=0)
    mass = lengths / lengths.sum(axis=1, keepdims=True)
    points += (SIDE - 1) / 2 - np.einsum("np,npc->nc", mass, points)[:, None, :]
    margin = 2 + factors["thickness"][:, None] / 2
    points += np.maximum(0, margin - points.min(axis=1))[:, None, :]
    points += np.minimum(0, SIDE - 1 - margin - points.max(axis=1))[:, None, :]
    return points, lengths
