"""Sandals, sneakers and ankle boots, seen from the side with the toe to the left.

Each function draws one class on a `Canvas` c of b pictures, with the factors f of
`synthetic_clothes` as (b, 1, 1) each.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from vaelib.data.synthetic.shapes import (
    Canvas,
    Field,
    Point,
    choose,
    convex,
    line,
    merge,
    overlap,
    profile,
)

LENGTH = 25.0  # px, the measure of a shoe from toe to heel
ARCH = (0.35, 0), (0.6, 0.45), (0.8, 1)  # how a raised heel lifts the sole, by position


def draw_sandal(c: Canvas, f: SimpleNamespace) -> None:
    """A sandal: a flat sole, a wedge or a heel, with open straps over toes and ankle."""
    floor = choose(f.variant, c.vary(17.5, 19.5), c.vary(20, 22), c.vary(22.5, 24.5))
    lift = choose(f.variant, c.vary(0, 0.8), c.vary(3, 5.5), c.vary(6, 9.5))
    half = choose(f.variant, c.vary(0.7, 1.1), c.vary(1, 1.4), c.vary(0.6, 0.9))
    t, sole = _sole_line(c, floor, lift)
    x, y = LENGTH * (t - 0.5), c.y - sole
    plate = overlap(np.abs(y) - half, np.abs(x) - 12.2)
    wedge = overlap(-y, c.y - floor - 0.8, np.abs(x) - 12.2)
    slim = c.vary(0.9, 2.6)
    heel_top = (11.6 - 1.8 * slim, floor - lift), (12, floor - lift)
    heel = convex(x, c.y, *heel_top, (11.6, floor + 1), (11.6 - slim, floor + 1))
    c.fill(np.where(f.variant == 1, np.minimum(plate, wedge), plate), c.fabric)
    c.fill(overlap(np.abs(y + half) - 0.2, np.abs(x) - 12), f.trim, 0.6)
    c.fill(heel, 0.9 * f.tone, f.variant == 2)

    width, tall = c.vary(1.2, 2.3), f.width * c.vary(5, 8)
    toe, mid = c.vary(-9.5, -7.5), c.vary(-4, -1)

    def strap(*knots: Point) -> Field:  # through (along the shoe, height above the sole)
        rows = [(a, floor - lift * profile(a / LENGTH + 0.5, *ARCH) - up) for a, up in knots]
        return line(x, c.y, width, *rows)

    over_toes = strap((toe, 0), (toe + 1.4, 3), (mid - 1, 3.8), (mid + 1.4, 0))
    along = strap((toe + 1.5, 3), (mid + 2, 4.6), (6, tall), (10.5, tall - 0.5))
    instep = strap((mid + 2, 0), (4.5, 0.75 * tall), (5.2, tall))
    heel_strap = strap((11.4, 0), (10.6, 0.6 * tall), (10.8, tall + 0.6))
    ankle = strap((5.2, tall + 0.2), (8, tall + 1), (11, tall + 0.2))
    behind = 1 - (f.variant == 0) * c.often(0.35)  # slippers have nothing behind the toes
    c.fill(over_toes, (f.tone + f.trim) / 2)
    c.fill(along, f.tone, behind * c.often(0.5))
    c.fill(instep, f.tone, behind * c.often(0.5))
    c.fill(np.minimum(heel_strap, ankle), f.tone, behind)


def draw_sneaker(c: Canvas, f: SimpleNamespace) -> None:
    """A sneaker: a flat rubber sole, laces, a low collar and a stripe, bars or neither."""
    rise, ankle = f.width * c.vary(7.4, 9.6), f.width * c.vary(6.4, 8.6)
    t, sole = _sole_line(c, c.vary(19, 20.5), 0)
    toe = (0, 1.2), (0.06, c.vary(2.4, 3.2)), (0.25, c.vary(3.6, 4.4))
    tongue = (0.52, rise), (0.62, rise + 0.5)
    collar = (0.74, ankle - 0.8), (0.92, ankle), (0.97, ankle + 0.8), (1, ankle - 1.5)
    upper = _upper(c, t, sole, *toe, *tongue, *collar)
    x, y = LENGTH * (t - 0.5), c.y - sole
    c.fill(upper, c.fabric * (1 - 0.25 * np.clip(t - 0.5, 0, 1)))
    for k in range(4):
        start = -3.5 + 1.6 * k
        lace = line(x, y, 0.7, (start, -rise * (0.62 + 0.1 * k)), (start + 1.2, -2.8 - 0.5 * k))
        c.fill(overlap(lace, upper), f.trim, 0.7)
    stripe = line(x, y, c.vary(0.8, 1.6), (-1, -1.5), (4, -3), (9, -0.85 * ankle))
    c.fill(overlap(stripe, upper), f.trim, f.variant == 0)
    bars = overlap(np.abs((x - 0.5 * y - 5) % 2.6 - 1.3) - 0.5, np.abs(x - 3.5) - 3.2)
    c.fill(overlap(bars, upper), f.trim, 0.8 * (f.variant == 1))
    c.fill(overlap(upper, x + 9), f.trim, 0.6 * c.often(0.3))
    c.fill(overlap(upper, 10.5 - x), f.trim, 0.7 * c.often(0.4))
    half = c.vary(0.6, 1.2)
    rubber = overlap(np.abs(y - half + 0.3) - half, np.abs(x) - 12.9)
    c.fill(rubber, np.where(c.often(0.6) > 0, c.vary(0.12, 0.35), c.vary(0.7, 1)))
    c.fill(overlap(np.abs(y + 0.4) - 0.1, np.abs(x) - 12.5), 0.4 * f.tone, 0.6)


def draw_boot(c: Canvas, f: SimpleNamespace) -> None:
    """An ankle boot: a closed shoe with a shaft, on a flat sole, a block heel or a high heel."""
    floor, vamp, shaft = c.vary(24.4, 25.6), f.width * c.vary(6.6, 8), c.vary(1.5, 6.5)
    lift = choose(f.variant, c.vary(0.6, 1.4), c.vary(2.5, 4), c.vary(5, 7.5))
    front, back = c.vary(0.46, 0.56), c.vary(0.94, 0.99)
    t, sole = _sole_line(c, floor, lift)
    toe = (0, 1.5), (0.05, c.vary(2.6, 3.6)), (0.25, c.vary(4.2, 5.4))
    foot = _upper(c, t, sole, *toe, (0.42, vamp), (front, vamp + 1.5))
    x, y, ground = LENGTH * (t - 0.5), c.y, floor - lift
    shin, heel = LENGTH * (front - 0.5), LENGTH * (back - 0.5)
    rim = (shin + c.vary(-0.9, 0.8), shaft), (heel + c.vary(-0.6, 0.6), shaft)
    leg = convex(x, y, *rim, (heel, ground), (shin - 1.4, floor - 0.4 * lift - 0.6 * vamp))
    boot = merge(overlap(foot, x - heel), leg, 2.5)
    rounded = 1.1 - 0.4 * np.clip(3 * np.abs(t - (front + back) / 2), 0, 1) ** 2
    c.fill(boot, np.minimum(c.fabric * np.where(y < sole - vamp, rounded, 1), 1))
    broad = np.where(f.variant == 2, c.vary(1.6, 4), c.vary(5, 7))
    block_top = (heel - 1.15 * broad, ground - 1), (heel, ground - 1)
    block = convex(x, y, *block_top, (heel - 0.2, floor + 1), (heel - 0.8 * broad, floor + 1))
    c.fill(block, 0.8 * f.tone)
    welt = overlap(np.abs(y - sole - 0.2) - c.vary(0.4, 0.9), np.abs(x) - 12.2)
    c.fill(welt, np.where(c.often(0.3) > 0, f.trim, 0.45 * f.tone))
    for k in range(4):
        row = ground - vamp - 2.2 * k + 0.5
        lace = line(x, y, 0.7, (shin - 0.5, row), (shin + 2.7, row + 0.8))
        c.fill(overlap(lace, boot), f.trim, 0.8 * (f.variant == 0))
    gore_top = (shin + 3.5, shaft), (heel - 3.5, shaft)
    gore = convex(x, y, *gore_top, (heel - 4.5, ground - 4), (shin + 4.5, ground - 4))
    c.fill(overlap(gore, boot + 0.5), 0.55 * f.tone, 0.8 * (f.variant == 1) * c.often(0.6))
    zipper = line(x, y, 0.6, (heel - 4, shaft + 1), (heel - 4.6, ground - 3))
    c.fill(overlap(zipper, boot), f.trim, 0.6 * (f.variant == 2))


def _sole_line(c: Canvas, floor: Field, lift: Field) -> Point:
    """Position along the shoe, 0 at the toe to 1 at the heel, and row of its sole, (b, 1, 28).

    The sole stands on the row floor, from which the heel is raised by lift px.
    """
    left, right = c.vary(-13, -11.5), c.vary(11.5, 12.6)
    t = (c.x - left) / (right - left)
    toe_spring = profile(t, (0, c.vary(0.4, 1.2)), (0.14, 0))
    return t, floor - lift * profile(t, *ARCH) - toe_spring


def _upper(c: Canvas, t: Field, sole: Field, *knots: Point) -> Field:
    """Distance in px to the closed part of a shoe; knots are its height in px by position."""
    height = profile(t, *knots)
    rise = np.gradient(height - sole, axis=2)
    above = (sole - height - c.y) / np.hypot(1, rise)
    return overlap(above, c.y - sole, LENGTH * -t, LENGTH * (t - 1))
