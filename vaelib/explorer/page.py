"""A latent space to explore in a browser: one HTML page, no server and no network.

A page cannot run a decoder. So pictures are decoded beforehand, and the page blends neighbours.
How far that is from the decoder's own pictures is measured, and the page says it.
"""

from __future__ import annotations

import base64
import html
import io
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from numpy.typing import ArrayLike
from PIL import Image

from vaelib.explorer.grids import PLANES, SLIDERS, Grid, plane, sliders
from vaelib.plots import label_colours
from vaelib.plots.grids import tile
from vaelib.training import under_grading

MOST_BYTES = 1_500_000
MOST_POINTS = 400
TRIED = 400  # places where the error is measured
SAMPLE = 48  # pictures that tell how large all of them will be
LEAST_SPAN = 3.0
HEIGHT = 600  # px that the page takes in a notebook
KIND = "vaelib.explorer"  # in the metadata of an output that shows a page
FRAME = (
    '<iframe srcdoc="',
    f'" title="latent explorer" style="width: 100%; height: {HEIGHT}px; border: 0"></iframe>',
)
QUALITY = 90  # of pictures in colour, from 0 to 100: without loss only a few would fit
STILL = 12  # at most so many pictures along a side of the picture that stands in


@dataclass(frozen=True)
class Explorer:
    """A page to show in a notebook or to save.

    Attributes:
        page: the HTML.
        error: how far a picture of the page is from the decoder's own, as the mean over pixels in
            [0, 1], at places half-way between decoded codes: on average, and in the worst place.
        still: a PNG that stands in where no page can be shown.
    """

    page: str
    error: tuple[float, float]
    still: bytes

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, which works from disk.

        Args:
            path: the file, which is replaced if it is there.

        Returns:
            The path, as a `pathlib.Path`.
        """
        path = Path(path)
        path.write_text(self.page, encoding="utf-8")
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        data = {
            "text/plain": "latent explorer",
            "image/png": base64.b64encode(self.still).decode(),
            "text/html": f"{FRAME[0]}{html.escape(self.page)}{FRAME[1]}",
        }
        return data, {"text/html": {KIND: True}}


def page_of(output: Mapping[str, Any]) -> str | None:
    """The page that an output of a notebook shows.

    Args:
        output: an output of a cell, as nbformat has it.

    Returns:
        The HTML of an `Explorer`'s page, or None for any other output.
    """
    if not output.get("metadata", {}).get("text/html", {}).get(KIND):
        return None
    frame: str = output["data"]["text/html"]
    return html.unescape(frame.removeprefix(FRAME[0]).removesuffix(FRAME[1]))


def latent_explorer(
    decoder: Callable[..., ArrayLike],
    x: ArrayLike,
    z: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    kl: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    conditional: bool = False,
    most_bytes: int = MOST_BYTES,
) -> Explorer:
    """Make a page on which one explores a latent space.

    With two latent dimensions it is a plane, with the codes of test images as points. With more,
    it starts from the code of a test image and traverses one latent dimension at a time, those with
    the largest KL first. Both interpolate from one code to another.

    Args:
        decoder: a function of codes (n, latent_dim) that returns images in [0, 1], such as the
            `decode` of a `vaelib.models.vae.VAE`; of codes and labels (n,), if `conditional`.
        x: test images, (n, height, width, 1 or 3) in [0, 1].
        z: their codes, (n, latent_dim), such as z_mean.
        labels: their labels, whole numbers from 0, (n,); points are coloured by them. None for
            images without.
        kl: KL of each latent dimension in nats, (latent_dim,); needed for more than two.
        names: a name for each label, or None for the numbers.
        conditional: whether the decoder takes a label; the page then has a switch.
        most_bytes: of the page. The larger it may be, the finer is the grid of codes.

    Returns:
        An `Explorer`. As the last line of a cell it shows itself. Under nbgrader its grid is the
        coarsest, since nobody looks.

    Raises:
        ValueError: arrays that do not fit together, or images that are too large for the page.
    """
    x, z = np.asarray(x, "float32"), np.asarray(z, "float32")
    if labels is None:
        labels, names = np.zeros(len(z), int), [""]
    labels = np.asarray(labels)
    names = [str(name) for name in (range(np.max(labels) + 1) if names is None else names)]
    _demand_fit(x, z, labels, kl, names)
    kinds = range(len(names)) if conditional else [None]

    def decode(codes: np.ndarray) -> np.ndarray:
        pairs = [(codes,) if kind is None else (codes, np.full(len(codes), kind)) for kind in kinds]
        return np.concatenate([np.asarray(decoder(*pair), "float32") for pair in pairs])

    span = max(LEAST_SPAN, _in_tenths(np.quantile(np.abs(z), 0.995)))
    if z.shape[1] == 2:
        shown = np.arange(min(len(z), MOST_POINTS))
        grids = [plane(n, span) for n in PLANES]
        points = [[*np.round(z[i], 3).tolist(), int(labels[i])] for i in shown]
        settings: dict[str, Any] = {"points": points}
    else:
        shown = _one_of_each(labels)
        span = max(span, _in_tenths(np.abs(z[shown]).max()))
        kl = np.asarray(kl)
        order = np.argsort(kl)[::-1]
        grids = [sliders(size, span, z[shown], order) for size in SLIDERS]
        settings = {"dimensions": [{"dimension": int(j) + 1, "kl": float(kl[j])} for j in order]}
    settings |= {
        "size": x.shape[1:],
        "span": span,
        "conditional": conditional,
        "labels": names,
        "names": [names[labels[i]] for i in shown],
        "colours": [to_hex(c) for c in label_colours(len(names))],
        "faces": _packed(_bytes(x[shown])),
    }
    few = grids[-1].codes[:: -(-len(grids[-1].codes) // SAMPLE)]
    bytes_each = len(_packed(_bytes(decode(few)))["url"]) / len(few)
    for grid in grids[-1:] if under_grading() else grids:
        if bytes_each * len(grid.codes) > most_bytes:
            continue
        pixels = _bytes(decode(grid.codes))
        packed = _packed(pixels)
        error = _error(decode, packed, grid)
        page = _page(settings | grid.settings, packed, grid, error)
        if len(page.encode()) <= most_bytes:
            return Explorer(page, error, _still(pixels, grid))
    raise ValueError(
        f"latent_explorer: images of shape {x.shape[1:]} for {len(kinds)} classes do not fit into "
        f"{most_bytes:,} bytes"
    )


def _demand_fit(
    x: np.ndarray, z: np.ndarray, labels: np.ndarray, kl: Any, names: list[str]
) -> None:
    if x.ndim != 4 or x.shape[-1] not in (1, 3):
        raise ValueError(
            f"latent_explorer: x must be (n, height, width, 1 or 3), got shape {x.shape}"
        )
    if z.ndim != 2 or z.shape[1] < 2 or len(z) != len(x) or len(labels) != len(x):
        raise ValueError(
            f"latent_explorer: for {len(x)} images z must be ({len(x)}, 2 or more) and labels "
            f"({len(x)},), got {z.shape} and {labels.shape}"
        )
    if z.shape[1] > 2 and np.shape(kl) != (z.shape[1],):
        raise ValueError(
            f"latent_explorer: with {z.shape[1]} latent dimensions, kl must have one value for "
            f"each, ({z.shape[1]},), got {np.shape(kl)}"
        )
    if np.min(labels) < 0 or np.max(labels) >= len(names):
        raise ValueError(
            f"latent_explorer: labels must be from 0 to {len(names) - 1}, one for each name, got "
            f"{np.min(labels)} to {np.max(labels)}"
        )


def _one_of_each(labels: np.ndarray) -> np.ndarray:
    """Indices of images: the first one of each label, and then the others."""
    _, first = np.unique(labels, return_index=True)
    return np.append(first, np.setdiff1d(np.arange(len(labels)), first))[: SLIDERS[0][0]]


def _in_tenths(value: float) -> float:
    """A number rounded up to tenths."""
    return round(float(np.ceil(10 * value) / 10), 1)


def _bytes(images: np.ndarray) -> np.ndarray:
    """uint8 (n, height, width, 1 or 3): grey is dark on a white background."""
    shown = images if images.shape[-1] == 3 else 1 - images
    return np.round(255 * np.clip(shown, 0, 1)).astype("uint8")


def _packed(pixels: np.ndarray) -> dict[str, Any]:
    """Pictures as one file, for the page: without loss where they are grey."""
    columns = int(np.ceil(np.sqrt(len(pixels))))
    file = io.BytesIO()
    whole = Image.fromarray(tile(pixels, columns).astype("uint8")).convert("RGB")
    whole.save(file, format="webp", lossless=pixels.shape[-1] == 1, quality=QUALITY)
    text = base64.b64encode(file.getvalue()).decode()
    return {"url": f"data:image/webp;base64,{text}", "columns": columns}


def _unpacked(packed: dict[str, Any], shape: tuple[int, ...]) -> np.ndarray:
    """The pictures in such a file, as a browser shows them: float32 of this shape, 0 to 255."""
    n, height, width, channels = shape
    file = io.BytesIO(base64.b64decode(packed["url"].partition(",")[2]))
    whole = np.asarray(Image.open(file).convert("RGB"), "float32")[..., :channels]
    whole = whole.reshape(-1, height, packed["columns"], width, channels)
    return whole.swapaxes(1, 2).reshape(-1, height, width, channels)[:n]


def _error(
    decode: Callable[[np.ndarray], np.ndarray], packed: dict[str, Any], grid: Grid
) -> tuple[float, float]:
    """The mean and the largest mean distance between pictures of the page and decoded ones."""
    rng = np.random.default_rng(0)
    tried = rng.choice(grid.between, min(TRIED, len(grid.between)), replace=False)
    wanted = _bytes(decode(grid.codes[tried].mean(axis=1))).astype("float32")
    kinds = len(wanted) // len(tried)
    every = _unpacked(packed, (kinds * len(grid.codes), *wanted.shape[1:]))
    every = every.reshape(kinds, len(grid.codes), *wanted.shape[1:])
    blended = every[:, tried].mean(axis=2).reshape(wanted.shape)
    off = np.abs(blended - wanted).mean(axis=(1, 2, 3)) / 255
    return float(off.mean()), float(off.max())


def _page(
    settings: dict[str, Any], packed: dict[str, Any], grid: Grid, error: tuple[float, float]
) -> str:
    mean, worst = error
    note = (
        f"Decoded beforehand: {grid.words}. In between the page blends neighbours, which is off "
        f"by {100 * mean:.2g}% of full black on average, and by {100 * worst:.2g}% in the worst of "
        f"{min(TRIED, len(grid.between))} places tried."
    )
    data = settings | {"each": len(grid.codes), "pictures": packed, "note": note}
    template = resources.files("vaelib.explorer").joinpath("page.html").read_text("utf-8")
    return template.replace("@DATA@", json.dumps(data).replace("<", "\\u003c"))


def _still(pixels: np.ndarray, grid: Grid) -> bytes:
    """A PNG of some of the pictures."""
    n, size = grid.settings["n"], pixels.shape[1:]
    few = np.round(np.linspace(0, n - 1, min(n, STILL))).astype(int)
    if "stops" in grid.settings:  # traversals of the first code along three dimensions
        picked = pixels[1 : 1 + 3 * n].reshape(3, n, *size)[:, few]
    else:
        picked = pixels[: n * n].reshape(n, n, *size)[few[::-1]][:, few]
    whole = tile(picked.reshape(-1, *size), len(few))
    file = io.BytesIO()
    Image.fromarray(whole.astype("uint8")).save(file, format="png")
    return file.getvalue()
