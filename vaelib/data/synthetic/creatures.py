"""Synthetic creatures of 18 types, made of outlines, where there is no network or data set."""

from __future__ import annotations

import colorsys
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from vaelib.data.synthetic.bodies import DRAW_BODY, draw_head
from vaelib.data.synthetic.colour_canvas import ColourCanvas, disc
from vaelib.data.synthetic.faces import draw_ears, draw_face, draw_sign

CHUNK = 32  # creatures drawn at once, which keeps the work in the processor's cache
BOTH = 0.4  # share of the creatures that have a second type
WORDS = ("plan", "eyes", "ears", "tail", "sign", "pattern", "wings")  # attributes in words
SHADOW = np.array([0.88, 0.88, 0.91], np.float32)
HORN, SPROUT, FLAME, CORE, PINK = "#f2d9a0", "#5fb04a", "#ff8a2a", "#ffe45c", "#f98c8c"


class _Look(NamedTuple):
    """How the creatures of one type look: colours as #rrggbb, and words; "" for none."""

    main: str
    belly: str
    accent: str
    plans: tuple[str, ...]
    eyes: str
    iris: str
    ears: str
    tail: str
    sign: str
    pattern: str
    wings: str = ""


LOOKS = {
    "normal": _Look(
        *("#c8a27a", "#f6e7c8", "#8a5f43", ("runner", "walker"), "round", "#5a3a2a"),
        *("long", "bushy", "", "belly"),
    ),
    "fire": _Look(
        *("#ee6a32", "#ffe29a", "#ffc23c", ("runner", "walker"), "fierce", "#b8301c"),
        *("pointed", "flame", "flame", "belly"),
    ),
    "water": _Look(
        *("#4b97e0", "#d8f0ff", "#2a5fb8", ("fish", "walker"), "round", "#1c3a78"),
        *("fins", "thick", "drop", "belly"),
    ),
    "electric": _Look(
        *("#f9d432", "#fff4b0", "#c2761c", ("walker", "runner"), "round", "#4a2a1a"),
        *("pointed", "bolt", "", "stripes"),
    ),
    "grass": _Look(
        *("#74be58", "#e4f4b4", "#3f8a4a", ("runner", "walker"), "tall", "#a03a3a"),
        *("round", "leaf", "sprout", "spots"),
    ),
    "ice": _Look(
        *("#a6def0", "#f2fcff", "#5cb4e4", ("floater", "bird"), "tall", "#2a68b8"),
        *("round", "", "crystals", "belly"),
    ),
    "fighting": _Look(
        *("#bf5340", "#f0c8a0", "#f4f0e8", ("walker",), "fierce", "#5a3018"),
        *("", "", "band", "belly"),
    ),
    "poison": _Look(
        *("#9a58b4", "#e0b4ea", "#5e2f7c", ("serpent", "floater"), "sleepy", "#c23a6a"),
        *("", "tipped", "", "spots"),
    ),
    "ground": _Look(
        *("#c9944c", "#f0dca8", "#7e5228", ("golem", "runner"), "sleepy", "#3a2a1a"),
        *("horns", "thick", "", "stripes"),
    ),
    "flying": _Look(
        *("#8fb4e8", "#ffffff", "#5570c0", ("bird",), "round", "#2a3a6a"),
        *("", "fan", "tuft", "belly", "feathers"),
    ),
    "psychic": _Look(
        *("#f083b4", "#ffe0ec", "#7c50c8", ("walker", "floater"), "tall", "#5a3ab0"),
        *("long", "tipped", "gem", ""),
    ),
    "bug": _Look(
        *("#a3c23a", "#eef4a8", "#566e1c", ("bug",), "faceted", "#8c2430"),
        *("antennae", "", "", "spots", "gauze"),
    ),
    "rock": _Look(
        *("#a2958a", "#cfc6ba", "#6e6259", ("golem",), "beady", "#2a2226"),
        *("", "", "spikes", "spots"),
    ),
    "ghost": _Look(
        *("#6c5a9c", "#b4a4dc", "#3a2c66", ("floater",), "glowing", "#ffe45c"),
        *("horns", "", "", ""),
    ),
    "dragon": _Look(
        *("#4c5cc4", "#f4d68c", "#e28a3c", ("serpent", "runner"), "fierce", "#c88a10"),
        *("horns", "thick", "", "belly", "skin"),
    ),
    "dark": _Look(
        *("#4a4654", "#8c8494", "#c8404c", ("runner", "serpent"), "fierce", "#e03040"),
        *("pointed", "bushy", "", "stripes"),
    ),
    "steel": _Look(
        *("#9fb0c0", "#e0e8ee", "#5c6e84", ("golem", "bug"), "beady", "#2a2226"),
        *("horns", "", "gem", "stripes"),
    ),
    "fairy": _Look(
        *("#f6b0cc", "#fff0f6", "#e85c98", ("floater", "walker", "bird"), "tall", "#3a86c8"),
        *("round", "tipped", "star", "belly", "gauze"),
    ),
}


class SyntheticCreatures(NamedTuple):
    """Synthetic creatures, their types and the attributes that made them."""

    images: np.ndarray
    types: np.ndarray
    attributes: dict[str, np.ndarray]


def synthetic_creatures(n: int, size: int, seed: int) -> SyntheticCreatures:
    """Draw n creatures on white, each of one or two of 18 types.

    The first type gives the body, the face and most colours. A second type, which 40% have, gives
    its colour to ears, patterns and fins, and its sign and wings where it has some.

    Args:
        n: how many, at least 1.
        size: px along a side, at least 16.
        seed: the same n, size and seed give the same bits. With another size the creatures are the
            same.

    Returns:
        SyntheticCreatures with
        images: float32 (n, size, size, 3) in [0, 1].
        types: bool (n, 18), in the order of `LOOKS`. Every type is the first of n / 18 creatures,
            rounded up or down.
        attributes: name to (n,). Words, "" for none: "plan", "eyes", "ears", "tail", "sign",
            "pattern", "wings". Integers: "first" and "second", the types; the same where there is
            one. float32: "plump", a factor on widths; "raised", how far arms and wings are turned
            up, in radians; "smile", negative for a sad one; "ear_size", a factor; "slide", a place
            in the pattern, in units; "facing", −1 for left and 1 for right.

    Raises:
        ValueError: n or size is no integer, or too small.
    """
    for name, value, least in (("n", n, 1), ("size", size, 16)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    rng = np.random.default_rng(seed)
    attributes = _draw_attributes(rng, n)
    colours = _draw_colours(rng, attributes["first"], attributes["second"])
    images = np.empty((n, size, size, 3), np.float32)
    # Creatures that differ in no word are drawn together.
    words = np.stack([attributes[name] for name in WORDS], axis=1)
    alike, which = np.unique(words, axis=0, return_inverse=True)
    for number, look in enumerate(alike):
        chosen = np.flatnonzero(which.ravel() == number)
        for start in range(0, len(chosen), CHUNK):
            rows = chosen[start : start + CHUNK]
            f = SimpleNamespace(
                **{k: v[rows, None, None] for k, v in attributes.items() if k not in WORDS},
                **{k: v[rows, None, None] for k, v in colours.items()},
                **dict(zip(WORDS, look.tolist(), strict=True)),
            )
            canvas = ColourCanvas(np.random.default_rng([seed, number, start]), len(rows), size)
            _draw(canvas, f)
            images[rows] = canvas.picture
    right = attributes["facing"] > 0
    images[right] = images[right, :, ::-1]
    types = np.zeros((n, len(LOOKS)), bool)
    types[np.arange(n), attributes["first"]] = types[np.arange(n), attributes["second"]] = True
    return SyntheticCreatures(np.clip(images, 0, 1), types, attributes)


def _draw(c: ColourCanvas, f: SimpleNamespace) -> None:
    """One picture of each creature, looking to the left."""
    c.fill(6 * disc(c.x / 19, (c.y - 29.5) / 2.2, 1), SHADOW)
    head = DRAW_BODY[f.plan](c, f)
    for draw in (draw_ears, draw_head, draw_face, draw_sign):
        draw(c, f, *head)


def _draw_attributes(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Types and what follows from them, and what is drawn at random."""
    first = rng.permutation(np.arange(n) % len(LOOKS))
    other = (first + rng.integers(1, len(LOOKS), n)) % len(LOOKS)
    second = np.where(rng.random(n) < BOTH, other, first)
    looks = list(LOOKS.values())
    attributes = {"first": first, "second": second}
    attributes["plan"] = np.array([rng.choice(looks[t].plans) for t in first])
    for name in WORDS[1:]:
        attributes[name] = np.array([getattr(looks[t], name) for t in first])
    for name in ("sign", "wings"):
        added = np.array([getattr(looks[t], name) for t in second])
        attributes[name] = np.where(added != "", added, attributes[name])
    attributes["wings"][attributes["plan"] == "bird"] = "feathers"
    numbers = {
        "plump": rng.uniform(0.88, 1.12, n),
        "raised": rng.uniform(-0.5, 0.9, n),
        "smile": rng.uniform(-0.6, 1.4, n),
        "ear_size": rng.uniform(0.6, 1.3, n),
        "slide": rng.uniform(0, 9, n),
        "facing": rng.choice([-1, 1], n),
    }
    return attributes | {name: values.astype(np.float32) for name, values in numbers.items()}


def _draw_colours(
    rng: np.random.Generator, first: np.ndarray, second: np.ndarray
) -> dict[str, np.ndarray]:
    """Colours, each (n, 3): those of the types, a little varied, and those of all creatures."""
    looks, n = list(LOOKS.values()), len(first)
    both = (first != second)[:, None]
    tint = rng.normal(0, (0.012, 0.03, 0.03), (n, 3))  # of hue, saturation and value

    def coat(name: str, types: np.ndarray) -> np.ndarray:
        hsv = np.array([colorsys.rgb_to_hsv(*_rgb(getattr(looks[t], name))) for t in types]) + tint
        return np.array([colorsys.hsv_to_rgb(h % 1, *np.clip(sv, 0, 1)) for h, *sv in hsv])

    main = coat("main", first)
    colours = {
        "main": main,
        "limb": 0.93 * main,
        "belly": coat("belly", first),
        "accent": np.where(both, coat("main", second), coat("accent", first)),
        "wing": coat("belly", second),
        "iris": np.array([_rgb(looks[t].iris) for t in first]),
        "cheek": 0.45 * main + 0.55 * _rgb(PINK),
        "horn": np.tile(_rgb(HORN), (n, 1)),
        "sprout": np.tile(_rgb(SPROUT), (n, 1)),
        "glow": np.tile(_rgb(FLAME), (n, 1)),
        "glow_core": np.tile(_rgb(CORE), (n, 1)),
    }
    return {name: values.astype(np.float32) for name, values in colours.items()}


def _rgb(text: str) -> np.ndarray:
    """(3,) in [0, 1] of #rrggbb."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)])
