"""Image grids, rows of images and latent codes: arrays in, `Axes` out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from vaelib.plots.curves import new_axes
from vaelib.plots.grids import tile

INK = "gray_r"  # digits dark on a white background, which prints well
DIGITS = [9, 3, 7, 2, 8, 4, 6, 1, 0, 5]  # their colours: 3, 5 and 8, which lie close, differ most


def image_grid(images: np.ndarray, n_columns: int, ax: Axes | None = None) -> Axes:
    """Images side by side in one image grid, filled row by row.

    Args:
        images: (n, height, width, 1), or with 3 at the end for colour, in [0, 1].
        n_columns: images in a row.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: the images have another shape, or there is no column.
    """
    whole = tile(images, n_columns)
    ax = ax or new_axes(0.55 * n_columns, 0.55 * -(-len(images) // n_columns))
    smooth = "antialiased" if whole.ndim == 3 else "nearest"
    ax.imshow(whole, cmap=INK, vmin=0, vmax=1, interpolation=smooth)
    ax.set(xticks=[], yticks=[])
    return ax


def image_rows(rows: Mapping[str, np.ndarray], ax: Axes | None = None) -> Axes:
    """Rows of images, one above the other, each with its name on the left.

    Args:
        rows: for each name, images (n, height, width, 1 or 3) in [0, 1], the same n for all.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: rows of different lengths, or images of another shape.
    """
    lengths = {name: len(images) for name, images in rows.items()}
    if len(set(lengths.values())) != 1:
        raise ValueError(f"image_rows: every row needs the same number of images, got {lengths}")
    n = next(iter(lengths.values()))
    ax = ax or new_axes(0.75 * n + 1, 0.75 * len(rows))
    images = np.concatenate(list(rows.values()))
    image_grid(images, n, ax)
    ax.set_yticks([(i + 0.5) * images.shape[1] for i in range(len(rows))], list(rows))
    ax.tick_params(length=0)
    return ax


def latent_grid(images: np.ndarray, z: ArrayLike, ax: Axes | None = None) -> Axes:
    """What a grid of codes decodes to, as a map: some of the codes stand along the edges.

    Args:
        images: (n, height, width, 1 or 3) in [0, 1].
        z: their codes, (n, 2), row by row, such as `vaelib.codes.quantile_grid` gives: z₁ is
            the same down a column, z₂ along a row.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: the codes are no such grid, or not one for each image.
    """
    z = np.asarray(z)
    if z.shape != (len(images), 2):
        raise ValueError(
            f"latent_grid: {len(images)} images need codes ({len(images)}, 2), got {z.shape}"
        )
    across, up = (len(np.unique(numbers)) for numbers in z.T)
    grid = z.reshape(up, across, 2) if across * up == len(z) else None
    if grid is None or np.any(grid != np.stack(np.meshgrid(grid[0, :, 0], grid[:, 0, 1]), -1)):
        raise ValueError(
            "latent_grid: the codes must be a grid, row by row, as codes.quantile_grid gives"
        )
    ax = ax or new_axes(min(8, 0.6 * across + 1), min(8, 0.6 * up + 1))
    image_grid(images, across, ax)
    height, width = np.shape(images)[1:3]
    ax.set_xticks(*_few_ticks(grid[0, :, 0], width))
    ax.set_yticks(*_few_ticks(grid[:, 0, 1], height))
    ax.set(xlabel="$z_1$", ylabel="$z_2$")
    return ax


def autoencoder_diagram(x: Any, z: ArrayLike, x_hat: Any, ax: Axes | None = None) -> Axes:
    """An image, the encoder that narrows it to its code, and the decoder's reconstruction.

    Args:
        x: the image, (height, width, 1), in [0, 1].
        z: its code, (latent_dim,), with few dimensions.
        x_hat: the reconstruction, the shape of `x`.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or new_axes(7, 2.2)
    for left, image in ((0.0, x), (7.0, x_hat)):
        ax.imshow(image[..., 0], cmap=INK, vmin=0, vmax=1, extent=(left, left + 2, -1, 1))
    wide, narrow = 1.0, 0.28
    for name, left, first, last in (("encoder", 2.2, wide, narrow), ("decoder", 5.2, narrow, wide)):
        right = left + 1.6
        corners = [(left, first), (right, last), (right, -last), (left, -first)]
        ax.add_patch(Polygon(corners, fc="0.88", ec="black"))
        ax.text(left + 0.8, 0, name, ha="center", va="center")
    numbers = "\n".join(f"{number:.1f}".replace("-", "−") for number in np.ravel(z))
    ax.text(4.5, 0, numbers, ha="center", va="center")
    for name, middle in (("image $x$", 1), ("code $z$", 4.5), (r"reconstruction $\hat x$", 8)):
        ax.text(middle, -1.3, name, ha="center", va="center")
    ax.set(xlim=(-0.1, 9.1), ylim=(-1.6, 1.1), aspect="equal")
    ax.set_axis_off()
    return ax


def label_colours(n: int) -> list[Any]:
    """Colours for n labels, which people with weak colour vision can tell apart, too.

    Args:
        n: how many; beyond 10 they are shades of one scale.

    Returns:
        A list of n colours that matplotlib understands.
    """
    if n <= 10:
        return list(matplotlib.color_sequences["petroff10"][:n])
    return list(plt.get_cmap("viridis")(np.linspace(0, 1, n)))


def code_scatter(z: ArrayLike, labels: ArrayLike, ax: Axes | None = None) -> Axes:
    """Two-dimensional codes, each drawn as its label, in a colour of its own.

    Args:
        z: codes, (n, 2).
        labels: ints 0 to 9, (n,).
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: the codes are not two-dimensional.
    """
    z, labels = np.asarray(z), np.asarray(labels)
    if z.ndim != 2 or z.shape[1] != 2:
        raise ValueError(f"code_scatter: codes must have shape (n, 2), got {z.shape}")
    ax = ax or new_axes(7, 5.5)
    colours = np.array(label_colours(10))[DIGITS]
    for name in np.unique(labels):
        x, y = z[labels == name].T
        ax.scatter(x, y, s=26, marker=f"${name}$", color=colours[name], linewidths=0)
    ax.set(xlabel="$z_1$", ylabel="$z_2$")
    return ax


def _few_ticks(numbers: np.ndarray, size: int) -> tuple[list[float], list[str]]:
    """Places and labels of some numbers along an edge, images of this size apart."""
    n = len(numbers)
    few = range(n) if n <= 7 else np.round(np.linspace(0, n - 1, 6 - n % 2)).astype(int)
    span = np.ptp(numbers) or 1.0
    decimals = max(0, 1 - int(np.floor(np.log10(span))))
    labels = [f"{np.round(numbers[i], decimals) + 0.0:.{decimals}f}" for i in few]
    return [(i + 0.5) * size for i in few], [label.replace("-", "−") for label in labels]
