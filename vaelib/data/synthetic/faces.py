"""What synthetic creatures have on their heads: a face, ears, and a sign of their type.

Every function draws on a `ColourCanvas` c, around the middle (hx, hy) of a head with radius r, in
units. f holds what the creatures have in common as words, such as f.ears, and what is each one's
own as (b, 1, 1), colours as (b, 1, 1, 3).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from vaelib.data.synthetic.colour_canvas import INK, WHITE, ColourCanvas, disc, turned
from vaelib.data.synthetic.shapes import Field, convex, ellipse, line, overlap

# Half-width and half-height of an eye, and half the way between the two, as shares of the head.
EYES = {
    "round": (0.23, 0.25, 0.42),
    "tall": (0.19, 0.31, 0.42),
    "fierce": (0.23, 0.24, 0.42),
    "sleepy": (0.22, 0.23, 0.42),
    "glowing": (0.24, 0.2, 0.42),
    "beady": (0.12, 0.13, 0.42),
    "faceted": (0.3, 0.35, 0.48),
}


def draw_face(c: ColourCanvas, f: SimpleNamespace, hx: Field, hy: Field, r: Field) -> None:
    """Cheeks, eyes, and a mouth or a beak, looking a little to the left."""
    x, y = c.x - hx + 0.18 * r, c.y - hy - 0.08 * r
    if f.eyes != "glowing":
        c.fill(disc(np.abs(x) - 0.62 * r, y - 0.34 * r, 0.17 * r), f.cheek, 0.85)
    _draw_eyes(c, f, x, y, r)
    if f.plan == "bird":
        beak = (-0.26 * r, 0.2 * r), (0.26 * r, 0.2 * r), (0, 0.64 * r)
        c.part(convex(x, y, *beak), f.horn)
    else:
        bend = y - 0.42 * r + f.smile * (x / (0.3 * r)) ** 2 * 0.13 * r
        c.fill(overlap(np.abs(bend) - 0.55, np.abs(x) - 0.26 * r), INK, 0.9)


def _draw_eyes(c: ColourCanvas, f: SimpleNamespace, x: Field, y: Field, r: Field) -> None:
    """Two eyes of one of the kinds in EYES."""
    across, down, apart = (share * r for share in EYES[f.eyes])
    u = np.abs(x) - apart
    eye = ellipse(u, y, across, down)
    shine = disc(u + 0.3 * across, y + 0.4 * down, np.maximum(0.26 * across, 0.55))
    if f.eyes == "glowing":
        c.fill(eye, f.iris)
        return
    c.fill(eye - 0.5, INK)
    if f.eyes in ("beady", "faceted"):
        c.fill(eye, f.iris)
        c.fill(shine, WHITE)
        return
    c.fill(eye, WHITE)
    iris = ellipse(u + 0.12 * across, y - 0.1 * down, 0.72 * across, 0.78 * down)
    c.fill(overlap(iris, eye), f.iris)
    pupil = disc(u + 0.12 * across, y - 0.1 * down, 0.42 * across)
    c.fill(overlap(pupil, eye), INK)
    c.fill(shine, WHITE)
    if f.eyes in ("fierce", "sleepy"):
        lid = y + 0.3 * down + 0.5 * u if f.eyes == "fierce" else y + 0.12 * down
        c.fill(overlap(eye - 0.55, lid), 0.85 * f.main)
        c.fill(overlap(eye - 0.5, np.abs(lid) - 0.5), INK)


def draw_ears(c: ColourCanvas, f: SimpleNamespace, hx: Field, hy: Field, r: Field) -> None:
    """Ears, or what stands in their place; they are drawn before the head."""
    u, y, long = np.abs(c.x - hx), c.y - hy, f.ear_size * r
    if f.ears == "pointed":
        tip = 0.62 * r, -0.85 * r - 0.75 * long
        ear = convex(u, y, (0.22 * r, -0.75 * r), tip, (0.92 * r, -0.3 * r))
        c.part(ear - 0.06 * r, f.main)
        c.fill(ear + 0.17 * r, f.accent)
    elif f.ears == "round":
        ear = disc(u - 0.72 * r, y + 0.68 * r, 0.32 * r + 0.12 * long)
        c.part(ear, f.main)
        c.fill(ear + 0.16 * r, f.accent)
    elif f.ears == "long":
        a, b = turned(u - 0.4 * r, y + 0.8 * r, 0.28)
        ear = ellipse(a, b + 0.4 * long, 0.22 * r, 0.3 * r + 0.5 * long)
        c.part(ear, f.main)
        c.fill(ear + 0.11 * r, f.accent)
    elif f.ears == "horns":
        tip = 0.75 * r, -0.95 * r - 0.7 * long
        horn = convex(u, y, (0.22 * r, -0.8 * r), tip, (0.62 * r, -0.55 * r))
        c.part(horn - 0.03 * r, f.horn)
    elif f.ears == "antennae":
        tip_x, tip_y = 0.62 * r, -0.9 * r - 0.65 * long
        c.fill(line(u, y, 1.7, (0.2 * r, -0.7 * r), (tip_x, tip_y)), INK)
        c.part(disc(u - tip_x, y - tip_y, 0.17 * r), f.accent)
    elif f.ears == "fins":
        c.part(
            ellipse(*turned(u - r, y + 0.25 * r, -0.6), 0.25 * r + 0.2 * long, 0.2 * r), f.accent
        )


def draw_sign(c: ColourCanvas, f: SimpleNamespace, hx: Field, hy: Field, r: Field) -> None:
    """What shows the type, on top of the head."""
    x, y = c.x - hx, c.y - hy + 0.92 * r
    if f.sign == "flame":
        draw_flame(c, f, x, y + 0.35 * r, 0.5 * r)
    elif f.sign == "sprout":
        c.fill(line(x, y, 1.5, (0, 0.1 * r), (0, -0.45 * r)), 0.6 * f.sprout)
        leaf = ellipse(*turned(np.abs(x) - 0.33 * r, y + 0.55 * r, -0.55), 0.36 * r, 0.17 * r)
        c.part(leaf, f.sprout)
    elif f.sign == "crystals":
        tall = convex(x, y, (-0.22 * r, 0), (0, -0.85 * r), (0.22 * r, 0), (0, 0.3 * r))
        u = np.abs(x) - 0.4 * r
        low = convex(u, y, (-0.18 * r, 0.1 * r), (0.12 * r, -0.5 * r), (0.2 * r, 0.15 * r))
        c.part(np.minimum(tall, low), f.accent)
    elif f.sign == "drop":
        tip = convex(x, y, (-0.22 * r, -0.4 * r), (0, -0.9 * r), (0.22 * r, -0.4 * r))
        c.part(np.minimum(disc(x, y + 0.3 * r, 0.25 * r), tip), f.accent)
    elif f.sign == "star":
        c.part(_star(x - 0.5 * r, y + 0.05 * r, 0.36 * r), f.accent)
    elif f.sign == "band":
        band = np.abs(y - 0.45 * r + 0.12 * x) - 0.12 * r
        c.part(overlap(disc(x, y - 0.92 * r, r), band), f.accent)
    elif f.sign == "spikes":
        u = np.abs(np.abs(x) - 0.3 * r) - 0.3 * r
        c.part(convex(u, y, (-0.2 * r, 0.25 * r), (0, -0.5 * r), (0.2 * r, 0.25 * r)), f.accent)
    elif f.sign == "gem":
        c.part(np.abs(x + 0.15 * r) + np.abs(y - 0.42 * r) - 0.2 * r, f.accent)
    elif f.sign == "tuft":
        back = ellipse(*turned(x + 0.05 * r, y + 0.25 * r, 1.2), 0.42 * r, 0.13 * r)
        front = ellipse(*turned(x - 0.2 * r, y + 0.15 * r, 0.8), 0.36 * r, 0.12 * r)
        c.part(np.minimum(back, front), f.main)


def draw_flame(c: ColourCanvas, f: SimpleNamespace, x: Field, y: Field, size: Field) -> None:
    """A flame, about `size` wide and twice as tall.

    Args:
        c: the canvas.
        f: the factors of the creatures.
        x: coordinate, in units; the flame stands around the origin.
        y: coordinate, in units.
        size: in units.
    """
    for grown, colour in ((size, f.glow), (0.5 * size, f.glow_core)):
        base = y - size + 1.5 * grown  # the core stands on the flame's bottom
        bend = x - 0.25 * grown * np.sin(2.2 * base / grown)
        tip = convex(bend, base, (-0.55 * grown, 0), (0, -1.35 * grown), (0.55 * grown, 0))
        shape = np.minimum(disc(x, base - 0.2 * grown, 0.62 * grown), tip)
        (c.part if grown is size else c.fill)(shape, colour)


def _star(x: Field, y: Field, size: Field) -> Field:
    """Distance, roughly, to a star of five points around the origin."""
    angle = np.arctan2(x, -y) / (2 * np.pi / 5)
    wave = 2 * np.abs(np.mod(angle + 0.5, 1) - 0.5)  # 0 at the points, 1 between
    return np.hypot(x, y) - size * (1 - 0.5 * wave)
