"""The body plans of synthetic creatures.

A plan draws on a `ColourCanvas` c everything below the head, looking to the left, and returns where
the head is, (hx, hy, r) in units; f is as in `vaelib.data.synthetic.faces`. In the bird, the fish
and the floater the body is the head.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from vaelib.data.synthetic.colour_canvas import WHITE, ColourCanvas, disc, tube, turned
from vaelib.data.synthetic.limbs import draw_pattern, draw_tail, draw_wings
from vaelib.data.synthetic.shapes import Field, convex, ellipse, line, merge, overlap

Place = tuple[Field, Field, Field]  # of a head: hx, hy and r


def draw_walker(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """On two legs, with arms."""
    w = f.plump
    draw_wings(c, f, 0, 6, 16)
    draw_tail(c, f, 7 * w, 18)
    for side in (-1, 1):
        c.part(ellipse(c.x - side * 6.5 * w - 1, c.y - 26, 5.2, 3.4), f.limb)
        arm = turned(c.x - side * 10 * w, c.y - 10, side * f.raised)
        c.part(ellipse(*arm, 3.1, 6.5), f.limb)
    body = ellipse(c.x, c.y - 14, 9.8 * w, 12.5)
    c.part(body, f.main)
    draw_pattern(c, f, body, -1, 15, 10 * w)
    return 0, -9 + c.vary(-1, 1), c.vary(11.5, 13.1)


def draw_runner(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """On four legs, seen from the side."""
    step = c.vary(-1.5, 1.5)
    draw_wings(c, f, 8, 2, 14)
    draw_tail(c, f, 18, 7, 1.1)
    for foot, way in ((-3, step), (18, -step)):  # the legs behind
        c.part(line(c.x, c.y, 5.6, (foot, 14), (foot + way, 25)), 0.8 * f.limb)
    body = ellipse(c.x - 5, c.y - 11, 15.5, 9.5 * f.plump)
    c.part(body, f.main)
    draw_pattern(c, f, body, 5, 13, 12)
    for foot, way in ((-7, -step), (13, step)):
        c.part(line(c.x, c.y, 6.4, (foot, 15), (foot + way, 26.5)), f.limb)
    return -10, -7 + c.vary(-2, 1), c.vary(11, 12.7)


def draw_serpent(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """A body that rises from a long tail."""
    wind = c.vary(0.85, 1.15)
    draw_wings(c, f, -4, 4, 15)
    t = np.linspace(0, 1, 15)
    x = [-9 + 4 * np.sin(4.5 * u) * wind + 32 * u**1.7 for u in t]
    y = [-8 + 40 * np.sin(1.45 * u) - 10 * u**2 * wind for u in t]
    radii = [(7.6 - 5.6 * u**1.6) * f.plump for u in t]
    draw_tail(c, f, x[-1], y[-1], 0.8)
    body = tube(c.x, c.y, zip(x, y, strict=True), radii)
    c.part(body, f.main)
    front = tube(
        c.x + 2.6, c.y - 1, zip(x[:10], y[:10], strict=True), (0.62 * r for r in radii[:10])
    )
    c.fill(overlap(front, body + 0.6), f.belly)
    if f.pattern != "belly":
        draw_pattern(c, f, body, 0, 0, 0)
    return -9, -12 + c.vary(-1.5, 1.5), c.vary(10, 11.3)


def draw_floater(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """A body in the air, with a wavy hem."""
    hy, r = -3 + c.vary(-2, 2), 15 * f.plump
    draw_wings(c, f, 0, 4, 17)
    for side in (-1, 1):
        hand = turned(c.x - side * (r + 2), c.y - hy - 8, -side * 0.7)
        c.part(ellipse(*hand, 5.2, 2.9), f.limb)
    hem = hy + 24 + 2.4 * np.sin((c.x + c.vary(0, 9)) * 0.72)
    skirt = overlap(np.abs(c.x) - 0.98 * r - 0.06 * (c.y - hy), hy - c.y, c.y - hem)
    body = np.minimum(disc(c.x, c.y - hy, r), skirt)
    c.part(body, f.main)
    draw_pattern(c, f, body, 0, hy + 20, 11)
    return 0, hy, 0.95 * r


def draw_bird(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """A round body with thin legs; its arms are wings."""
    hy, r = -1 + c.vary(-1.5, 1.5), 16 * f.plump
    draw_tail(c, f, 0.8 * r, hy + 8, 0.9)
    for side in (-1, 1):
        leg = line(c.x, c.y, 1.9, (side * 5, hy + 0.8 * r), (side * 5.5, 26))
        toes = line(c.x, c.y, 1.9, (side * 5.5 - 3.5, 27), (side * 5.5 + 2.5, 27))
        c.part(np.minimum(leg, toes), f.horn)
    body = merge(disc(c.x, c.y - hy, r), ellipse(c.x - 2, c.y - hy - 8, 0.95 * r, 10), 3)
    c.part(body, f.main)
    draw_pattern(c, f, body, -2, hy + 12, 10)
    for side in (-1, 1):
        wing = turned(c.x - side * 0.95 * r, c.y - hy - 5, -side * f.raised)
        c.part(ellipse(*wing, 4.6, 9.5), f.accent)
    return 0, hy - 2, 0.9 * r


def draw_bug(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """Three segments and legs under them."""
    w = f.plump
    draw_wings(c, f, 8, 2, 15)
    for hip, knee in ((3, 1), (10, 9.5), (17, 18)):
        c.part(line(c.x, c.y, 2, (hip, 12), (knee, 20), (knee - 2, 26)), f.limb)
    back = ellipse(c.x - 17, c.y - 8, 8 * w, 8 * w)
    middle = ellipse(c.x - 8, c.y - 9, 9.5 * w, 9 * w)
    c.part(back, f.accent)
    c.part(middle, f.main)
    c.part(ellipse(c.x + 1, c.y - 10, 8.5 * w, 8.5 * w), f.main)
    if f.pattern != "belly":
        draw_pattern(c, f, np.minimum(back, middle), 0, 0, 0)
    return -11, -3 + c.vary(-2, 2), c.vary(10.3, 11.5)


def draw_fish(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """An oval body with fins, swimming to the left."""
    hy, sway = 1 + c.vary(-2, 2), c.vary(-2.5, 2.5)
    x, y = c.x, c.y - hy
    upper = convex(x, y, (13, 1), (27, -14 + sway), (25, 0))
    lower = convex(x, y, (13, -1), (25, 0), (27, 14 + sway))
    c.part(np.minimum(upper, lower) - 1.2, f.accent)
    c.part(convex(x, y, (-8, -10), (4, -22 - sway), (12, -8)) - 1, f.accent)
    body = ellipse(x + 4, y, 19.5, 14.5 * f.plump)
    c.part(body, f.main)
    draw_pattern(c, f, body, -2, hy + 10, 15)
    c.part(ellipse(*turned(x - 7, y - 8, 0.5 + 0.5 * f.raised), 6.2, 3.2), f.accent)
    return -8, hy - 1, 13.5 * f.plump


def draw_golem(c: ColourCanvas, f: SimpleNamespace) -> Place:
    """Blocks: a broad body, heavy arms and short legs."""
    w = f.plump
    draw_wings(c, f, 0, 4, 15)
    draw_tail(c, f, 9 * w, 18, 0.9)
    for side in (-1, 1):
        c.part(_block(c.x - side * 7 * w, c.y - 24, 4.6, 5), f.limb)
        arm = turned(c.x - side * 15 * w, c.y - 9, side * 0.5 * f.raised)
        c.part(_block(*arm, 4.6, 9.5), f.limb)
    body = _block(c.x, c.y - 9, 12 * w, 12)
    c.part(body, f.main)
    draw_pattern(c, f, body, 0, 14, 10)
    return 0, -9 + c.vary(-1, 1), c.vary(10.8, 12)


def draw_head(c: ColourCanvas, f: SimpleNamespace, hx: Field, hy: Field, r: Field) -> None:
    """A head, where the body is not the head."""
    if f.plan in ("bird", "fish", "floater"):
        return
    x, y = c.x - hx, c.y - hy
    block = f.plan == "golem"
    c.part(_block(x, y, 1.05 * r, 0.9 * r) if block else ellipse(x, y, 1.06 * r, 0.96 * r), f.main)
    c.fill(ellipse(*turned(x + 0.45 * r, y + 0.6 * r, -0.6), 0.24 * r, 0.11 * r), WHITE, 0.35)


def _block(x: Field, y: Field, across: Field, down: Field) -> Field:
    """Distance to a rectangle with soft corners around the origin."""
    corner = 2.6
    u, v = np.abs(x) - across + corner, np.abs(y) - down + corner
    beyond = np.hypot(np.maximum(u, 0), np.maximum(v, 0))
    return beyond + np.minimum(np.maximum(u, v), 0) - corner


DRAW_BODY = {
    "walker": draw_walker,
    "runner": draw_runner,
    "serpent": draw_serpent,
    "floater": draw_floater,
    "bird": draw_bird,
    "bug": draw_bug,
    "fish": draw_fish,
    "golem": draw_golem,
}
