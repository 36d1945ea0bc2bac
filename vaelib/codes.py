"""Latent codes to decode: a grid over a Gaussian, an interpolation, a latent traversal."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

PARALLEL = 1e-6  # radians: float32 does not tell a smaller angle from none


def quantile_grid(n: int, mean: ArrayLike = 0.0, std: ArrayLike = 1.0) -> np.ndarray:
    """Codes on a square grid at the quantiles (i + ½)/n of a Gaussian.

    Between two columns lies the same probability everywhere, and between two rows too. The codes
    stand as in a plane that is read row by row: z₁ grows from left to right, z₂ from the bottom to
    the top, so the first row has the largest z₂.

    Args:
        n: codes along each side.
        mean: of the Gaussian: a number, or one for each axis, (2,).
        std: its standard deviation, likewise.

    Returns:
        float32 (n * n, 2).

    Raises:
        ValueError: n below 1, a standard deviation that is not positive, or a mean or standard
            deviation of another shape.
    """
    if n < 1:
        raise ValueError(f"quantile_grid: n must be at least 1, got {n}")
    mean, std = np.asarray(mean), np.asarray(std)
    for name, value in (("mean", mean), ("std", std)):
        if value.shape not in ((), (2,)):
            raise ValueError(
                f"quantile_grid: {name} must be a number or (2,), got shape {value.shape}"
            )
    if not np.all(std > 0):
        raise ValueError(f"quantile_grid: std must be positive, got {std}")
    quantiles = ndtri((np.arange(n) + 0.5) / n)
    grid = np.stack(np.meshgrid(quantiles, quantiles[::-1]), axis=-1).reshape(-1, 2)
    return (mean + std * grid).astype("float32")


def interpolate(z_a: ArrayLike, z_b: ArrayLike, steps: int, kind: str = "lerp") -> np.ndarray:
    """An interpolation from one latent code to another, both ends included.

    "lerp" is linear interpolation, at equal steps. "slerp" is spherical: it turns from one
    direction to the other at equal angles while the norm changes linearly, so the norm stays where
    both ends have the same (Shoemake 1985, with the norm apart). In many dimensions a linear
    interpolation leads through norms that hardly any sample from N(0, I) has.

    Args:
        z_a: the code to start from, (latent_dim,).
        z_b: the code to end at, (latent_dim,).
        steps: how many codes, at least 2.
        kind: "lerp" or "slerp".

    Returns:
        float32 (steps, latent_dim), the first exactly z_a and the last exactly z_b.

    Raises:
        ValueError: unequal shapes, fewer than 2 steps, another kind; for "slerp" an end that is 0
            and has no direction, or ends in opposite directions, between which no path is shortest.
    """
    z_a, z_b = np.asarray(z_a, "float64"), np.asarray(z_b, "float64")
    if z_a.ndim != 1 or z_a.shape != z_b.shape:
        raise ValueError(
            "interpolate: both codes must have the same shape (latent_dim,), "
            f"got {z_a.shape} and {z_b.shape}"
        )
    if steps < 2:
        raise ValueError(f"interpolate: steps must be at least 2, got {steps}")
    if kind not in ("lerp", "slerp"):
        raise ValueError(f'interpolate: kind must be "lerp" or "slerp", got {kind!r}')
    t = np.linspace(0, 1, steps)[:, None]  # (steps, 1)
    between = _lerp(z_a, z_b, t) if kind == "lerp" else _slerp(z_a, z_b, t)
    between[0], between[-1] = z_a, z_b
    return between.astype("float32")


def traversal(z: ArrayLike, dim: int, values: ArrayLike) -> np.ndarray:
    """A latent traversal: one code again and again, with another value in one latent dimension.

    Args:
        z: the code, (latent_dim,).
        dim: the latent dimension, counted from 0.
        values: what it gets, (n,).

    Returns:
        float32 (n, latent_dim); z stays as it is.

    Raises:
        ValueError: z is not one code, values no list, or the code has no such dimension.
    """
    z, values = np.asarray(z, "float32"), np.asarray(values, "float32")
    if z.ndim != 1 or values.ndim != 1:
        raise ValueError(
            "traversal: z must be one code (latent_dim,) and values (n,), "
            f"got {z.shape} and {values.shape}"
        )
    if not 0 <= dim < len(z):
        raise ValueError(f"traversal: dim must be 0 to {len(z) - 1} for this code, got {dim}")
    codes = np.tile(z, (len(values), 1))
    codes[:, dim] = values
    return codes


def _lerp(a: Any, b: Any, t: np.ndarray) -> np.ndarray:
    return (1 - t) * a + t * b


def _slerp(z_a: np.ndarray, z_b: np.ndarray, t: np.ndarray) -> np.ndarray:
    norm_a, norm_b = np.linalg.norm(z_a), np.linalg.norm(z_b)
    if norm_a == 0 or norm_b == 0:
        raise ValueError("interpolate: slerp turns directions, and a code of zeros has none")
    a, b = z_a / norm_a, z_b / norm_b
    # Exact for small and for large angles, unlike the arccos of the product.
    angle = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))
    if angle > np.pi - PARALLEL:
        raise ValueError(
            "interpolate: the codes point in opposite directions, so slerp has no shortest path; "
            'use kind="lerp", or go by a third code'
        )
    norms = _lerp(norm_a, norm_b, t)
    if angle < PARALLEL:
        return norms * _lerp(a, b, t)
    return norms * (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
