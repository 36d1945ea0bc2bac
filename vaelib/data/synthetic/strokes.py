"""Handwriting as strokes: smooth curves through control points, and their ink."""

from __future__ import annotations

import functools

import numpy as np

from vaelib.data.synthetic.labels import SIDE

SAMPLES = 96  # segments a digit is cut into: about 0.6 px each, below the width of the pen


def write_strokes(rng: np.random.Generator, strokes: str, n: int) -> np.ndarray:
    """Write the same strokes n times, each time a little differently.

    A stroke is a smooth curve through "x,y" points in percent of the digit's height, y down; "/"
    lifts the pen or, where the next stroke starts on the same point, makes a corner. Equal points
    stay equal when they move.

    Args:
        rng: the random generator.
        strokes: for example "12,20 20,12 27,0 / 27,0 27,33 26,67 26,100".
        n: how many times.

    Returns:
        float32 (2, n, 96, 2), the starts and ends of 96 segments of about equal length, as x and y
        in heights of the digit.
    """
    control, basis, wobble = _stroke_plan(strokes)
    noise = rng.standard_normal((n, len(control), 2), np.float32)
    return basis[:, None] @ (control + 0.04 * (wobble @ noise))


def render_strokes(points: np.ndarray, lengths: np.ndarray, thickness: np.ndarray) -> np.ndarray:
    """Render strokes, given as short segments, as soft-edged ink.

    Each segment leaves a Gaussian blot; the blots of a straight stroke add up to a ridge that
    crosses half intensity at thickness / 2 with a slope of about 1 / px, and is cut at 1.

    Args:
        points: float (n, p, 2), the middles of p segments as x and y in px; pixel i lies at i.
        lengths: float (n, p), the lengths of the segments in px, at most about 1.
        thickness: float (n, p), the width of the pen in px.

    Returns:
        float32 (n, 28, 28) in [0, 1], row y and column x.
    """
    variance = thickness / 4  # px², which makes the slope at the edge 1 / px
    height = 0.5 * np.exp(thickness / 2)  # of the ridge, so that its edge is at 0.5
    weights = height * lengths / np.sqrt(2 * np.pi * variance)
    pixel = np.arange(SIDE, dtype=np.float32)[:, None]
    scale = (-0.5 / variance)[:, None, :]
    across = np.exp(scale * (pixel - points[:, None, :, 0]) ** 2)  # (n, 28, p)
    down = np.exp(scale * (pixel - points[:, None, :, 1]) ** 2) * weights[:, None, :]
    return np.minimum(down @ across.swapaxes(1, 2), 1)


@functools.cache
def _stroke_plan(strokes: str) -> tuple[np.ndarray, ...]:
    """Turn the text of strokes into what does not change from image to image.

    Returns:
        control: float32 (k, 2), the different control points, in heights.
        basis: float32 (2, SAMPLES, k); basis @ control are starts and ends of the segments.
        wobble: float32 (k, k); wobble @ white noise moves neighbouring points alike.
    """
    paths = [np.array([p.split(",") for p in s.split()], float) / 100 for s in strokes.split("/")]
    control, index = np.unique(np.concatenate(paths), axis=0, return_inverse=True)
    indices = np.split(index.ravel(), np.cumsum([len(path) for path in paths])[:-1])
    fine = [_catmull_rom(len(path), 400) for path in paths]
    travelled = [_arc_length(weights @ path) for weights, path in zip(fine, paths, strict=True)]
    share = np.cumsum([0.0] + [t[-1] for t in travelled])
    cuts = np.diff(np.rint(SAMPLES * share / share[-1]).astype(int))
    starts, ends = [], []
    for weights, t, columns, count in zip(fine, travelled, indices, cuts, strict=True):
        even = np.abs(t - np.linspace(0, t[-1], count + 1)[:, None]).argmin(axis=1)
        full = weights[even] @ np.eye(len(control))[columns]
        starts.append(full[:-1])
        ends.append(full[1:])
    basis = np.stack([np.concatenate(starts), np.concatenate(ends)])
    apart = np.sum((control[:, None] - control[None]) ** 2, axis=-1)
    alike = np.exp(-apart / (2 * 0.3**2)) + 0.06 * np.eye(len(control))
    return tuple(a.astype(np.float32) for a in (control, basis, np.linalg.cholesky(alike)))


def _catmull_rom(knots: int, samples: int) -> np.ndarray:
    """Weights (samples, knots) of a Catmull-Rom curve through its knots, ends reflected."""
    position = np.linspace(0, knots - 1, samples)
    left = np.minimum(position.astype(int), knots - 2)
    t = position - left
    quarters = 0.5 * np.stack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2]
    )
    padded = np.zeros((samples, knots + 2))
    for offset, weight in enumerate(quarters):
        padded[np.arange(samples), left + offset] += weight
    padded[:, 1] += 2 * padded[:, 0]
    padded[:, 2] -= padded[:, 0]
    padded[:, -2] += 2 * padded[:, -1]
    padded[:, -3] -= padded[:, -1]
    return padded[:, 1:-1]


def _arc_length(curve: np.ndarray) -> np.ndarray:
    """Length travelled at each point of a curve (m, 2)."""
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
