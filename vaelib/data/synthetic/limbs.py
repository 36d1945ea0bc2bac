"""What synthetic creatures have on their bodies: wings, a tail and a pattern.

Every function draws on a `ColourCanvas` c what the creatures f have, at a place in units; f is as
in `vaelib.data.synthetic.faces`.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from vaelib.data.synthetic.colour_canvas import ColourCanvas, disc, tube, turned
from vaelib.data.synthetic.faces import draw_flame
from vaelib.data.synthetic.shapes import Field, convex, ellipse, line, overlap


def draw_wings(c: ColourCanvas, f: SimpleNamespace, wx: float, wy: float, size: Field) -> None:
    """A pair of wings, to be drawn before the body.

    Args:
        c: the canvas.
        f: the factors of the creatures.
        wx: where their middle is, in units.
        wy: likewise, downwards.
        size: of a wing, in units.
    """
    u, y = np.abs(c.x - wx), c.y - wy
    if f.wings == "feathers":
        lift = 0.5 + 0.35 * f.raised
        for px, py, angle, across, down in (
            (0.8, 0.25, 0 * lift, 0.45, 0.2),
            (0.9, -0.05, -0.5 * lift, 0.6, 0.22),
            (0.95, -0.35, -lift, 0.72, 0.24),
        ):
            plume = turned(u - px * size, y - py * size, angle)
            c.part(ellipse(*plume, across * size, down * size), f.wing)
    elif f.wings == "skin":
        corners = (0.2, 0.1), (0.75, -0.85), (1.55, -0.45), (1.2, 0.35)
        skin = convex(u, y, *((a * size, b * size) for a, b in corners))
        c.part(overlap(skin, 0.36 * size - np.hypot(u - size, y - 0.55 * size)), f.wing)
    elif f.wings == "gauze":
        upper = turned(u - 0.9 * size, y + 0.5 * size, -0.7)
        lower = turned(u - 0.75 * size, y - 0.15 * size, 0.4)
        both = ellipse(*upper, 0.7 * size, 0.36 * size), ellipse(*lower, 0.5 * size, 0.25 * size)
        c.part(np.minimum(*both), f.wing, 0.85)


def draw_tail(c: ColourCanvas, f: SimpleNamespace, tx: Field, ty: Field, size: Field = 1.0) -> None:
    """A tail that goes up to the right.

    Args:
        c: the canvas.
        f: the factors of the creatures.
        tx: where it begins, in units.
        ty: likewise, downwards.
        size: a factor; 1 is the usual size.
    """
    x, y = (c.x - tx) / size, (c.y - ty) / size
    if f.tail == "bushy":
        bush = ellipse(*turned(x - 6, y + 5, -0.8), 8.5, 5)
        c.part(size * bush, f.main)
        c.fill(size * overlap(bush + 1, disc(x - 11.5, y + 10, 5)), f.belly)
    elif f.tail in ("flame", "leaf", "tipped"):
        c.part(size * line(x, y, 3.6, (-2, 1), (5, -1), (9, -7)), f.main)
        if f.tail == "flame":
            draw_flame(c, f, c.x - tx - 9.5 * size, c.y - ty + 11 * size, 6 * size)
        elif f.tail == "leaf":
            c.part(size * ellipse(*turned(x - 10, y + 11, -1.1), 6.5, 3.4), f.sprout)
        else:
            c.part(size * disc(x - 9.5, y + 9, 3), f.accent)
    elif f.tail == "bolt":
        low = convex(x, y, (-2, 1.5), (2, -5.5), (8, -3.5), (3, 3.5))
        high = convex(x, y, (4, -4), (7, -15), (15, -13), (8, -2.5))
        c.part(size * (np.minimum(low, high) - 0.5), f.main)
    elif f.tail == "thick":
        points = (-2, 2), (2, 2), (6, 0.5), (9, -2), (11, -5)
        c.part(size * tube(x, y, points, (5, 4.4, 3.5, 2.6, 1.6)), f.main)
    elif f.tail == "fan":
        for px, py, angle in ((6, 1, -0.3), (5, -3, -0.9)):
            c.part(size * ellipse(*turned(x - px, y - py, angle), 8, 2.6), f.accent)


def draw_pattern(
    c: ColourCanvas, f: SimpleNamespace, body: Field, px: Field, py: Field, size: Field
) -> None:
    """A pattern on a body.

    Args:
        c: the canvas.
        f: the factors of the creatures.
        body: the body's shape, in units.
        px: where the belly is, if that is the pattern, in units.
        py: likewise, downwards.
        size: half the width of the body at its belly, about, in units.
    """
    inside = body + 0.7
    if f.pattern == "belly":
        c.fill(overlap(ellipse(c.x - px, c.y - py, 0.62 * size, 0.78 * size), inside), f.belly)
    elif f.pattern == "spots":
        x = (c.x - f.slide) / 9
        u = 9 * np.mod(x, 1) - 4.5
        v = np.mod(c.y + 4.5 * np.mod(np.floor(x), 2), 9) - 4.5
        c.fill(overlap(disc(u, v, 2.1), inside), f.accent)
    elif f.pattern == "stripes":
        stripes = np.abs(np.mod(c.x + 0.35 * c.y - f.slide, 8) - 4) - 1.3
        c.fill(overlap(stripes, inside), f.accent)
