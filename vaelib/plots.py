"""Arrays in, `Axes` out. Nothing here calls ``plt.show()`` or a model."""

import matplotlib.pyplot as plt
import numpy as np

INK = "gray_r"  # digits dark on white: prints well, and reads as ink


def image_sheet(images, n_columns, ax=None):
    """Images side by side in one sheet, filled row by row.

    Args:
        images: (n, height, width, 1) in [0, 1].
        n_columns: images in a row.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: the images have another shape.
    """
    tiles = _tiles(images)
    n_rows = -(-len(tiles) // n_columns)
    height, width = tiles.shape[1:]
    sheet = np.zeros((n_rows * n_columns, height, width))
    sheet[: len(tiles)] = tiles
    sheet = sheet.reshape(n_rows, n_columns, height, width).swapaxes(1, 2)
    ax = ax or _new_axes(0.55 * n_columns, 0.55 * n_rows)
    sheet = sheet.reshape(n_rows * height, n_columns * width)
    ax.imshow(sheet, cmap=INK, vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    return ax


def image_rows(rows, ax=None):
    """Rows of images, one above the other, each with its name on the left.

    Args:
        rows: for each name, images (n, height, width, 1) in [0, 1], the same n for all.
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
    ax = ax or _new_axes(0.75 * n + 1, 0.75 * len(rows))
    image_sheet(np.concatenate([_tiles(r)[..., None] for r in rows.values()]), n, ax)
    height = _tiles(next(iter(rows.values()))).shape[1]
    ax.set_yticks([(i + 0.5) * height for i in range(len(rows))], list(rows))
    ax.tick_params(length=0)
    return ax


def code_scatter(z, labels, ax=None):
    """Two-dimensional codes coloured by label, with a colour bar and each label at its median.

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
    ax = ax or _new_axes(6.5, 5.5)
    colours = plt.get_cmap("viridis", 10)
    points = ax.scatter(*z.T, c=labels, cmap=colours, vmin=-0.5, vmax=9.5, s=4, linewidths=0)
    ax.figure.colorbar(points, ax=ax, ticks=range(10), label="label")
    for label in np.unique(labels):
        ax.text(
            *np.median(z[labels == label], axis=0),
            str(label),
            ha="center",
            va="center",
            bbox={"boxstyle": "circle,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.85},
        )
    ax.set(xlabel="first number of the code", ylabel="second number of the code")
    return ax


def layer_bars(names, sizes, ax=None):
    """The sizes of a network's layers as bars, from left to right.

    Args:
        names: the names of the layers.
        sizes: how many numbers each of them holds.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`; heights are logarithmic, so that small layers can be seen.
    """
    ax = ax or _new_axes(1.1 * len(sizes), 3)
    heights = np.log1p(sizes)
    places = range(len(sizes))
    ax.bar(places, heights, bottom=-heights / 2, width=0.45, color=plt.get_cmap("cividis")(0.25))
    for place, (size, height) in enumerate(zip(sizes, heights, strict=True)):
        ax.text(place, height / 2 + 0.15, str(size), ha="center")
    ax.set_xticks(places, names)
    ax.set(yticks=[], ylim=(-heights.max() / 2 - 0.3, heights.max() / 2 + 1))
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def lines(x, curves, *, xlabel, ylabel, marker="o", dashed=(), ax=None):
    """Curves over a common x, with a legend.

    Args:
        x: (n,).
        curves: for each name, (n,), or a number for a level line.
        xlabel: name and unit of x.
        ylabel: name and unit of the curves.
        marker: as in matplotlib; "" for none.
        dashed: names of the curves to draw dashed, without markers; level lines always are.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or _new_axes(6, 3.8)
    colours = plt.get_cmap("cividis")(np.linspace(0, 0.85, max(len(curves), 2)))
    for (name, y), colour in zip(curves.items(), colours, strict=False):
        flat = np.ndim(y) == 0 or name in dashed
        style = {"ls": "--", "marker": ""} if flat else {"ls": "-", "marker": marker, "ms": 4}
        ax.plot(x, np.broadcast_to(y, np.shape(x)), color=colour, label=name, **style)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def histograms(samples, *, xlabel, ax=None):
    """Histograms over common bins, each with area 1.

    Args:
        samples: for each name, numbers (n,).
        xlabel: name and unit of the numbers.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or _new_axes(6, 3.2)
    bins = np.histogram_bin_edges(np.concatenate([np.ravel(s) for s in samples.values()]), 60)
    colours = plt.get_cmap("cividis")(np.linspace(0.05, 0.85, max(len(samples), 2)))
    for (name, values), colour in zip(samples.items(), colours, strict=False):
        ax.hist(np.ravel(values), bins, density=True, color=colour, alpha=0.65, label=name)
    ax.set(xlabel=xlabel, yticks=[])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def density_contours(grid, densities, ax=None):
    """Contours of densities over the plane, the first one filled.

    Args:
        grid: coordinates along both axes, (m,).
        densities: for each name, values (m, m), rows along the second coordinate.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or _new_axes(4, 4)
    for i, density in enumerate(densities.values()):
        levels = np.max(density) * np.array([0.1, 0.3, 0.6, 0.9])
        if i == 0:
            ax.contourf(grid, grid, density, [*levels, 1.01 * np.max(density)], cmap="cividis_r")
        else:
            ax.contour(grid, grid, density, levels, colors="black", linewidths=1)
    ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    return ax


def _tiles(images):
    """(n, height, width) from (n, height, width, 1)."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] != 1:
        raise ValueError(f"images must have shape (n, height, width, 1), got {images.shape}")
    return images[..., 0]


def _new_axes(width, height):
    return plt.subplots(figsize=(width, height), layout="constrained")[1]
