"""Synthetic clothes, made of outlines, for a course without a network or a data set.

A class is drawn by a function of a `Canvas` c of b pictures and the factors f, (b, 1, 1) each: the
trouser and the bag here, the others in `vaelib.data.synthetic.tops` and `shoes`.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from vaelib.data.synthetic.labels import SIDE, balanced_labels
from vaelib.data.synthetic.shapes import PATTERNS, Canvas, choose, ellipse, line, overlap, profile
from vaelib.data.synthetic.shoes import draw_boot, draw_sandal, draw_sneaker
from vaelib.data.synthetic.tops import (
    draw_coat,
    draw_dress,
    draw_pullover,
    draw_shirt,
    draw_t_shirt,
)

CHUNK = 128  # images drawn at once, which keeps the work in the processor's cache
# How often each of PATTERNS is worn, by class, in percent.
PATTERN_SHARES = (
    (58, 16, 2, 14, 10),  # T-shirt/top
    (86, 2, 4, 8, 0),  # trouser
    (62, 18, 2, 8, 10),  # pullover
    (58, 10, 4, 20, 8),  # dress
    (80, 0, 6, 4, 10),  # coat
    (88, 0, 0, 12, 0),  # sandal
    (50, 8, 26, 16, 0),  # shirt
    (88, 0, 0, 12, 0),  # sneaker
    (74, 4, 6, 16, 0),  # bag
    (94, 0, 0, 6, 0),  # ankle boot
)
# Length of the sleeve as a share of the arm: (how often, from, to), by class.
SLEEVES = {
    0: ((7, 0.28, 0.46), (3, 0, 0)),  # T-shirt/top
    2: ((1, 0.88, 1),),  # pullover
    3: ((5, 0, 0), (3, 0.2, 0.4), (2, 0.75, 0.95)),  # dress
    4: ((1, 0.9, 1),),  # coat
    6: ((3, 0.88, 1), (1, 0.34, 0.5)),  # shirt
}


class SyntheticClothes(NamedTuple):
    """Synthetic clothes, their classes and the random factors that made them."""

    images: np.ndarray
    labels: np.ndarray
    factors: dict[str, np.ndarray]


def synthetic_clothes(n: int, seed: int) -> SyntheticClothes:
    """Draw n pieces of clothing, bright on black, in the manner of Fashion-MNIST.

    Args:
        n: how many pieces, at least 1.
        seed: the same n and seed give the same bits.

    Returns:
        SyntheticClothes with
        images: float32 (n, 28, 28, 1) in [0, 1].
        labels: uint8 (n,), Fashion-MNIST's classes in random order, each n / 10 times (rounded up
            or down): 0 T-shirt/top, 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt,
            7 sneaker, 8 bag, 9 ankle boot.
        factors: name to float32 (n,):
            "tone": brightness of the fabric, 0 to 1, where it is plain;
            "trim": brightness of seams, soles, buttons and straps, 0 to 1;
            "width": factor on the widths of garments and bags, on the height of shoes;
            "sleeve": length of the sleeves as a share of the arm, 0 without;
            "folds": depth of the folds as a fraction of the tone;
            "pattern": index into PATTERNS;
            "contrast": strength of the pattern, a difference of brightness;
            "variant": 0, 1 or 2, which cut of the class (collar, heel, handle, ...).

    Raises:
        ValueError: n is not an integer of at least 1.
    """
    rng = np.random.default_rng(seed)
    labels = balanced_labels(n, rng)
    factors = _draw_factors(rng, labels)
    images = np.empty((n, SIDE, SIDE, 1), np.float32)
    for label, draw in enumerate(_DRAW):
        chosen = np.flatnonzero(labels == label)
        for start in range(0, len(chosen), CHUNK):
            rows = chosen[start : start + CHUNK]
            f = SimpleNamespace(**{k: v[rows, None, None] for k, v in factors.items()})
            canvas = Canvas(rng, f)
            draw(canvas, f)
            images[rows, :, :, 0] = np.clip(canvas.picture, 0, 1)
    return SyntheticClothes(images, labels, factors)


def _draw_factors(rng: np.random.Generator, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Draw the factors of variation."""
    n = len(labels)
    tone = 0.3 + 0.65 * rng.beta(1.2, 1, n)
    away = np.where(tone > 0.6, -1, 1) * rng.uniform(0.28, 0.48, n)
    factors = {
        "tone": tone,
        "trim": np.clip(tone + away, 0, 1),
        "width": np.exp(np.clip(rng.normal(0, 0.06, n), -0.12, 0.12)),
        "sleeve": np.zeros(n),
        "folds": rng.uniform(0.02, 0.14, n),
        "pattern": np.zeros(n),
        "contrast": rng.uniform(0.18, 0.45, n),
        "variant": rng.integers(0, 3, n),
    }
    for label, shares in enumerate(PATTERN_SHARES):
        rows = np.flatnonzero(labels == label)
        factors["pattern"][rows] = rng.choice(len(PATTERNS), len(rows), p=np.array(shares) / 100)
        if label in SLEEVES:
            often, low, high = np.array(SLEEVES[label], float).T
            kind = rng.choice(len(often), len(rows), p=often / often.sum())
            factors["sleeve"][rows] = rng.uniform(low[kind], high[kind])
    return {name: values.astype(np.float32) for name, values in factors.items()}


def _draw_trouser(c: Canvas, f: SimpleNamespace) -> None:
    """A trouser: two legs, narrow, straight or flared, with a waistband, a fly and pockets."""
    top, bottom = c.vary(1, 1.8), c.vary(24.5, 26.4)
    x, y = c.x - c.vary(-0.06, 0.06) * (c.y - 8), c.y
    u = np.abs(x)
    t = (y - top) / (bottom - top)
    waist, hip = f.width * c.vary(4, 5), f.width * c.vary(5, 6.2)
    ankle = choose(f.variant, c.vary(2.2, 2.8), c.vary(2.9, 3.6), c.vary(3.7, 4.6))
    spread, fork = c.vary(0.5, 2), c.vary(0.3, 0.4)
    outer = profile(t, (0, waist), (0.24, hip), (0.6, hip + 0.3 * spread), (1, spread + ankle + 1))
    inner = profile(t, (fork, -0.4), (0.6, 0.5 + 0.4 * spread), (1, spread + 0.7))
    legs = overlap(u - outer, top - y, y - bottom, np.where(t > fork, inner - u, -9))
    light = 1.08 - 0.3 * np.clip((u - (inner + outer) / 2) / 2.5, -1, 1) ** 2
    c.fill(legs, np.clip(light * c.fabric, 0, 1))
    c.fill(overlap(legs, y - top - c.vary(1.2, 2)), 0.7 * c.fabric)
    c.fill(line(x, y, 0.7, (0, top + 1.5), (0, top + 6.5)), 0.5 * f.tone, 0.8)
    pocket = line(u, y, 0.7, (waist - 1.6, top + 1.8), (waist + 0.2, top + 4))
    c.fill(pocket, f.trim, 0.7 * c.often(0.6))


def _draw_bag(c: Canvas, f: SimpleNamespace) -> None:
    """A bag: a body with soft corners, and a handle, a shoulder strap or none."""
    half, tall = f.width * c.vary(9.6, 11.6), c.vary(12, 17)
    clutch = f.variant == 2
    bottom = c.vary(24.5, 26.3) - 4 * clutch
    top = bottom - np.where(clutch, 0.8, 1) * tall
    x, y, middle = c.x, c.y, (top + bottom) / 2
    u = np.abs(x)
    corner = c.vary(1, 3.5)
    out_u = u - half - c.vary(-1.6, 1.6) * (y - middle) / tall + corner
    out_y = np.abs(y - middle) - (bottom - top) / 2 + corner
    beyond = np.hypot(np.maximum(out_u, 0), np.maximum(out_y, 0))
    body = beyond - corner + np.minimum(overlap(out_u, out_y), 0)

    arch = ellipse(x, y - top - 0.5, c.vary(3.5, 6.5), np.minimum(top - 1.5, c.vary(5, 10)))
    handle = overlap(np.abs(arch) - c.vary(0.5, 0.9), y - top - 1)
    c.fill(handle, 0.85 * f.tone, f.variant == 0)
    ends = (half - 1, top + 1.5), (half * c.vary(0.3, 0.7), np.maximum(top - 7, 2))
    strap = line(u, y, c.vary(0.9, 1.5), *ends, (-1, np.maximum(top - 8.5, 1.6)))
    c.fill(strap, 0.85 * f.tone, f.variant == 1)
    c.fill(body, np.minimum((1.08 - 0.25 * (u / half) ** 2) * c.fabric, 1))
    c.fill(np.abs(body + 1) - 0.1, 0.7 * c.fabric, 0.5)

    flapped = c.often(0.5)
    flap = y - top - tall * c.vary(0.35, 0.6) + c.vary(0, 2) * (u / half) ** 2
    c.fill(overlap(body, np.abs(flap) - 0.2), 0.5 * f.tone, 0.9 * flapped)
    c.fill(overlap(u - c.vary(0.8, 1.6), np.abs(flap) - c.vary(0.7, 1.4)), f.trim, flapped)
    c.fill(overlap(body + 0.6, np.abs(y - top - 2) - 0.3), f.trim, 0.8 * (1 - flapped))
    pocket = overlap(u - 0.6 * half, np.abs(y - bottom + 4.5) - 2.4)
    c.fill(np.abs(pocket) - 0.1, 0.6 * f.tone, 0.8 * (1 - flapped) * c.often(0.5))


_DRAW = (
    draw_t_shirt,
    _draw_trouser,
    draw_pullover,
    draw_dress,
    draw_coat,
    draw_sandal,
    draw_shirt,
    draw_sneaker,
    _draw_bag,
    draw_boot,
)
