"""T-shirts, pullovers, dresses, coats and shirts: a neck, a trunk and, on most, two sleeves.

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
    convex,
    ellipse,
    line,
    overlap,
    profile,
)

FAR = 99.0  # px, the distance to a shape that is not there
# Half-widths of a garment in px (from, to), but "dip", the depth of the neckline, "drop", the fall
# of the shoulder, and "bottom", the row of the hem; "hand" is where a full sleeve ends.
CUTS = {
    "T-shirt": dict(
        neck=(2.4, 4.4), dip=(1.5, 4.5), drop=(1.4, 2.6), shoulder=(7.4, 8.8), chest=(7, 8.2),
        waist=(6.4, 7.8), hem=(6.6, 8.2), bottom=(25.2, 26.5), hand=(12.4, 13),
    ),
    "pullover": dict(
        neck=(2.6, 4.2), dip=(0.8, 2), drop=(2, 3.4), shoulder=(8.2, 9.4), chest=(7.6, 8.8),
        waist=(7.2, 8.6), hem=(6.6, 8.2), bottom=(23.5, 26.3), hand=(11.6, 12.9),
    ),
    "dress": dict(
        neck=(1.8, 3), dip=(1.5, 4.5), drop=(0.8, 1.8), shoulder=(4.6, 5.8), chest=(4.4, 5.2),
        waist=(3.6, 4.6), hem=(4.4, 8), bottom=(25.8, 26.5), hand=(6.8, 8),
    ),
    "coat": dict(
        neck=(2.2, 3.2), dip=(0.8, 1.6), drop=(2, 3.2), shoulder=(7.8, 9), chest=(7.6, 8.8),
        waist=(7.2, 8.6), hem=(7.4, 9), bottom=(25.4, 26.5), hand=(11.4, 12.6),
    ),
    "shirt": dict(
        neck=(2, 2.8), dip=(1, 2), drop=(1.6, 2.8), shoulder=(7.4, 8.6), chest=(6.4, 7.6),
        waist=(5.8, 7), hem=(6.2, 7.6), bottom=(25, 26.4), hand=(11, 12.4),
    ),
}  # fmt: skip


def draw_t_shirt(c: Canvas, f: SimpleNamespace) -> None:
    """A T-shirt: a bound neckline and, on some, a picture or lines of writing on the chest."""
    g = _draw_garment(c, f, CUTS["T-shirt"])
    c.fill(overlap(np.abs(g.opening - 0.4) - 0.4, g.trunk), f.trim, 0.7 * c.often(0.5))
    _print_chest(c, f, g, 0.35)


def draw_pullover(c: Canvas, f: SimpleNamespace) -> None:
    """A pullover: a ribbed hem and cuffs, and a closed collar that is round, rolled or a hood."""
    hooded = f.variant == 2
    g = _draw_garment(c, f, CUTS["pullover"], hooded)
    rib = 0.72 * f.tone + 0.1 * np.sin(2.6 * g.x)
    c.fill(overlap(g.trunk, g.bottom - c.vary(1.6, 2.6) - g.y), rib, 0.8)
    c.fill(overlap(g.sleeve, g.cuff - c.vary(1.4, 2.4) - g.y), rib, 0.8)
    c.fill(overlap(np.abs(g.opening - 0.5) - 0.6, g.top - g.y), rib, f.variant == 0)
    rise, foot = (g.neck - 0.4, 1), (g.neck + 0.3, g.top + 2)
    rolled = convex(g.u, g.y, (-9, 1), rise, foot, (-9, g.top + 2))
    c.fill(rolled, 0.8 * c.fabric, f.variant == 1)
    _add_hood(c, g, hooded)
    _print_chest(c, f, g, 0.3)


def draw_dress(c: Canvas, f: SimpleNamespace) -> None:
    """A dress: its waist is a belt, a seam over pleats, or pleats alone."""
    g = _draw_garment(c, f, CUTS["dress"], lined=0)
    level = g.top + (g.bottom - g.top) * c.vary(0.36, 0.46)
    belt = overlap(g.trunk, np.abs(g.y - level) - np.where(f.variant == 0, 0.8, 0.2))
    c.fill(belt, f.trim, np.where(f.variant == 2, 0, 0.8))
    pleats = 0.5 + 0.5 * np.sin(g.x / (g.waist + 0.2 * (g.y - level)) * c.vary(7, 12))
    c.fill(overlap(g.trunk, level - g.y), 0.7 * c.fabric, 0.6 * pleats * (f.variant > 0))


def draw_coat(c: Canvas, f: SimpleNamespace) -> None:
    """A coat: open from collar to hem, with lapels, a hood or a stand-up collar, and pockets."""
    hooded = f.variant == 1
    g = _draw_garment(c, f, CUTS["coat"], hooded)
    dark = 0.35 * f.tone
    front = overlap(np.abs(g.x) - c.vary(0.4, 1), g.trunk, g.top + 1 - g.y)
    c.fill(front, np.where(c.often(0.4) > 0, f.trim, dark))
    inner, outer = (g.neck - 0.6, g.top - 0.6), (g.neck + 1.4, g.top + 0.6)
    lapel = convex(g.u, g.y, (0.2, g.top + 8), inner, outer, (g.neck + 1.8, g.top + 4))
    c.fill(np.abs(lapel) - 0.2, dark, 0.9 * (f.variant == 0))
    _add_hood(c, g, hooded)
    outer = g.neck + 0.8, g.top + 2.4
    stand = convex(g.u, g.y, (0.5, 1.2), (g.neck, 1), outer, (0.5, g.top + 3))
    c.fill(stand, 0.75 * c.fabric, f.variant == 2)
    pocket = line(g.u, g.y, 0.9, (2.6, g.top + 15.5), (5, g.top + 14 + c.vary(-1, 1.5)))
    c.fill(pocket, dark, 0.8)
    buttons = _buttons(g.u - c.vary(1.6, 2.4), g.y, 4, 0.6)
    c.fill(overlap(buttons, g.trunk, g.top + 6 - g.y), f.trim, c.often(0.4))


def draw_shirt(c: Canvas, f: SimpleNamespace) -> None:
    """A shirt: a collar with two points, a row of buttons on a fine seam, and a chest pocket."""
    g = _draw_garment(c, f, CUTS["shirt"], rounded=(0.8, 2))
    seam = overlap(np.abs(g.x + 0.8) - 0.05, g.trunk, g.top + 3 - g.y)
    c.fill(seam, 0.6 * c.fabric, 0.8)
    buttons = _buttons(g.x, g.y - g.top, c.vary(2.8, 3.8), 0.85)
    c.fill(overlap(buttons, g.trunk + 1, g.top + 4 - g.y), f.trim)
    point = g.neck * 0.8 + 0.6, g.top + 3.6
    inner, outer = (g.neck - 0.2, 1), (g.neck + 1, g.top + 0.6)
    collar = convex(g.u, g.y, (0.2, g.top + 1), inner, outer, point)
    c.fill(collar, np.clip(1.15 * f.tone, 0, 1))
    c.fill(np.abs(collar) - 0.15, 0.45 * f.tone, 0.8)
    pocket = overlap(np.abs(g.x - 3.6) - 1.4, np.abs(g.y - g.top - 8.5) - 1.7)
    c.fill(np.abs(pocket) - 0.1, 0.6 * f.tone, 0.8 * (f.variant == 0))
    c.fill(overlap(g.sleeve, g.cuff - 1.6 - g.y), 0.8 * c.fabric, 0.7)


def _draw_garment(
    c: Canvas,
    f: SimpleNamespace,
    limits: dict[str, tuple[float, float]],
    hooded: Field = False,
    lined: float = 0.6,
    rounded: tuple[float, float] = (0, 0),
) -> SimpleNamespace:
    """A garment with a neck, a trunk and two sleeves, without its trimmings.

    Args:
        c: the canvas.
        f: the factors.
        limits: one of CUTS.
        hooded: where True, the neck is lower to leave room for a hood; (b, 1, 1).
        lined: share of the garments whose back can be seen inside the neck.
        rounded: how much shorter the garment is at its sides, px (from, to).

    Returns:
        Measures and shapes in px: x, y and u = |x|, counted from the garment's axis; top, bottom,
        neck, waist and cuff as in `CUTS`; the shapes trunk, sleeve and opening (of the neck).
    """
    cut = SimpleNamespace(**{name: c.vary(*pair) for name, pair in limits.items()})
    top = c.vary(1.2, 1.9) + np.where(hooded, 2, 0)
    x, y = c.x - c.vary(-0.03, 0.03) * (c.y - 14), c.y
    u = np.abs(x)
    shoulder = f.width * cut.shoulder * np.where(f.sleeve > 0, 1, 0.78)
    neck = np.minimum(cut.neck, shoulder - 1.2)
    chest, waist, hem = f.width * cut.chest, f.width * cut.waist, f.width * cut.hem
    t = (y - top) / (cut.bottom - top)
    yoke = (0, shoulder), (0.16, shoulder - 0.5)
    edge = profile(t, *yoke, (0.32, chest), (0.55, waist), (1, hem))
    slope = top + cut.drop * np.maximum(u - neck, 0) / (shoulder - neck)
    trunk = overlap(u - edge, slope - y, y - cut.bottom + c.vary(*rounded) * (u / hem) ** 2)
    under = top + 0.36 * (cut.bottom - top)
    hand = np.minimum(f.width * cut.hand, 12.9)
    sleeve, cuff = _sleeve(c, f.sleeve, u, (shoulder, top + cut.drop), (chest - 0.6, under), hand)
    opening = ellipse(x, y - top + 0.4, neck, cut.dip)

    c.fill(sleeve, c.fabric * c.vary(0.86, 1.04))
    c.fill(overlap(trunk, -opening), c.fabric)
    c.fill(overlap(np.abs(u - edge) - 0.1, sleeve), 0.62 * c.fabric, 0.75)
    c.fill(overlap(opening, top + 0.7 - y), 0.55 * f.tone, c.often(lined))
    return SimpleNamespace(
        x=x, y=y, u=u, top=top, bottom=cut.bottom, neck=neck, waist=waist, cuff=cuff,
        trunk=trunk, sleeve=sleeve, opening=opening,
    )  # fmt: skip


def _sleeve(
    c: Canvas, length: Field, u: Field, shoulder: Point, under: Point, hand: Field
) -> tuple[np.ndarray, np.ndarray]:
    """Distance in px to the sleeves, FAR where there are none, and the row of their cuffs.

    Args:
        c: the canvas.
        length: share of the arm that is covered.
        u: distance from the middle column, px.
        shoulder: where the sleeve starts, (u, y) in px.
        under: where it meets the trunk below, (u, y) in px.
        hand: where a full sleeve ends, u in px.
    """
    away = (1 - length) * c.vary(0.6, 1.3)  # short sleeves stand away from the body
    end_u = np.minimum(shoulder[0] + (hand - shoulder[0]) * (length + 0.55 * away), 13)
    end_y = shoulder[1] + c.vary(17.5, 21) * length
    inner_u = end_u - profile(length, (0.45, 4.2), (1, c.vary(2.9, 4)))
    inner_y = end_y + 1.5 * np.minimum(1.1 * away, 0.9)
    # The polygon must stay convex: from the cuff up, its inner side only turns inwards.
    under_u = np.minimum(np.minimum(under[0], inner_u - 0.3), shoulder[0] - 0.5)
    under = under_u, np.minimum(under[1], inner_y - 0.2)
    start = np.maximum(shoulder[0] - 1.5, under_u), shoulder[1] - 0.4
    shape = convex(u, c.y, start, shoulder, (end_u, end_y), (inner_u, inner_y), under)
    return np.where(length > 0, shape, FAR), end_y


def _add_hood(c: Canvas, g: SimpleNamespace, hooded: Field) -> None:
    """A hood that lies on the shoulders, where the garment has one."""
    y = g.y - g.top
    hood = overlap(ellipse(g.x, y - 0.8, g.neck + 1.6, 3.4), y - 3.4)
    c.fill(hood, 0.88 * c.fabric, hooded)
    c.fill(np.abs(hood) - 0.2, 0.55 * c.fabric, 0.7 * hooded)
    c.fill(ellipse(g.x, y - 0.4, g.neck - 0.8, 1.8), 0.5 * c.fabric, hooded)


def _print_chest(c: Canvas, f: SimpleNamespace, g: SimpleNamespace, share: float) -> None:
    """On a share of the plain garments a disc, a ring or lines of writing."""
    worn = c.often(share) * (f.pattern == 0)
    kind, middle = c.vary(0, 3), c.vary(9, 12)
    disc = np.hypot(g.x, g.y - middle) - c.vary(2, 3.6)
    ring = np.abs(disc) - 0.7
    lines = overlap(np.abs(g.x) - c.vary(3, 4.5), np.abs(g.y - middle) - c.vary(0.6, 2.6))
    letters = lines + 0.9 * (np.sin(2.3 * g.x + 4 * kind) * np.sin(2.1 * g.y) > 0.3)
    c.fill(np.where(kind < 1, disc, np.where(kind < 2, ring, letters)), f.trim, worn)


def _buttons(x: Field, y: Field, every: Field, radius: float) -> Field:
    """Distance in px to a column of round buttons at x = 0, every so many px, of a radius in px."""
    return np.hypot(x, (y + every / 2) % every - every / 2) - radius
