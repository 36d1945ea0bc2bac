"""Curves, histograms and contours: arrays in, `Axes` out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

PANELS = {"elbo": "ELBO", "reconstruction": "reconstruction", "kl": "KL"}
MARKED = 20  # with more epochs the markers would run into each other


def lines(
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    *,
    xlabel: str,
    ylabel: str,
    marker: str = "o",
    dashed: Collection[str] = (),
    ax: Axes | None = None,
) -> Axes:
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
    ax = ax or new_axes(6, 3.8)
    colours = plt.get_cmap("cividis")(np.linspace(0, 0.85, max(len(curves), 2)))
    for (name, y), colour in zip(curves.items(), colours, strict=False):
        flat = np.ndim(y) == 0 or name in dashed
        style = {"ls": "--", "marker": ""} if flat else {"ls": "-", "marker": marker, "ms": 4}
        ax.plot(x, np.broadcast_to(y, np.shape(x)), color=colour, label=name, **style)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def histograms(samples: Mapping[str, ArrayLike], *, xlabel: str, ax: Axes | None = None) -> Axes:
    """Histograms over common bins, each with area 1.

    Args:
        samples: for each name, numbers (n,).
        xlabel: name and unit of the numbers.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or new_axes(6, 3.2)
    bins = np.histogram_bin_edges(np.concatenate([np.ravel(s) for s in samples.values()]), 60)
    colours = plt.get_cmap("cividis")(np.linspace(0.05, 0.85, max(len(samples), 2)))
    for (name, values), colour in zip(samples.items(), colours, strict=False):
        ax.hist(np.ravel(values), list(bins), density=True, color=colour, alpha=0.65, label=name)
    ax.set(xlabel=xlabel, yticks=[])
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def density_contours(
    grid: ArrayLike, densities: Mapping[str, ArrayLike], ax: Axes | None = None
) -> Axes:
    """Contours of densities over the plane, the first one filled.

    Args:
        grid: coordinates along both axes, (m,).
        densities: for each name, values (m, m), rows along the second coordinate.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or new_axes(4, 4)
    for i, density in enumerate(densities.values()):
        levels = np.max(density) * np.array([0.1, 0.3, 0.6, 0.9])
        if i == 0:
            ax.contourf(grid, grid, density, [*levels, 1.01 * np.max(density)], cmap="Blues")
        else:
            ax.contour(grid, grid, density, levels, colors="black", linewidths=1)
    ax.set(xlabel="$z_1$", ylabel="$z_2$", aspect="equal")
    return ax


def training_curves(
    history: Mapping[str, Sequence[float] | np.ndarray],
    *,
    band: Mapping[str, tuple[np.ndarray, np.ndarray]] | None = None,
    runs: Mapping[str, np.ndarray] | None = None,
    axes: Any = None,
) -> np.ndarray:
    """How a VAE learned: ELBO, reconstruction and KL by epoch, each in a panel of its own.

    Args:
        history: what `fit` returns, as `.history`: for each of "elbo", "reconstruction", "kl" and
            the same with "val_" in front, nats per image, (n_epochs,). Those that are not there are
            left out; other keys are not looked at.
        band: for some of these keys a pair (low, high), each (any number of epochs,): where other
            runs were. Drawn in grey behind the curves.
        runs: for some of these keys other runs, (n_runs, any number of epochs). Each is a thin grey
            line behind the curves.
        axes: where to draw, one `Axes` for each panel; a new figure if None.

    Returns:
        The `Axes`, an array of one for each of the three that is there.

    Raises:
        ValueError: none of the three is in the history, or there are not as many axes as panels.
    """
    names = [name for name in PANELS if {name, f"val_{name}"} & set(history)]
    if not names:
        raise ValueError(
            f"training_curves: the history needs one of {tuple(PANELS)}, got {tuple(history)}"
        )
    if axes is None:
        layout = ConstrainedLayoutEngine(w_pad=0.1)
        axes = plt.subplots(
            1, len(names), figsize=(4 * len(names), 3.3), layout=layout, squeeze=False
        )[1]
    axes, band, runs = np.ravel(axes), band or {}, runs or {}
    if len(axes) != len(names):
        raise ValueError(f"training_curves: needs {len(names)} axes, one each, got {len(axes)}")
    for ax, name in zip(axes, names, strict=True):
        keys = {"train": name, "test": f"val_{name}"}
        bands = [band[key] for key in keys.values() if key in band]
        _draw_bands(ax, bands)
        _draw_runs(ax, [runs[key] for key in keys.values() if key in runs])
        curves = {label: history[key] for label, key in keys.items() if key in history}
        n_epochs = max(map(len, curves.values()))
        lines(
            np.arange(1, n_epochs + 1),
            curves,
            xlabel="epoch",
            ylabel=f"{PANELS[name]}, nats per image",
            marker="o" if n_epochs <= MARKED else "",
            ax=ax,
        )
        ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
        if bands:  # the first epochs differ so much that they would flatten the rest
            _fit_height(ax, [*curves.values(), *([low[-1], high[-1]] for low, high in bands)])
    return axes


def new_axes(width: float, height: float) -> Axes:
    """The `Axes` of a new figure.

    Args:
        width: in inches.
        height: in inches.

    Returns:
        The `Axes`.
    """
    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def _draw_bands(ax: Axes, bands: Any) -> None:
    for i, (low, high) in enumerate(bands):
        epochs = np.arange(1, len(low) + 1)
        if len(low) == 1:  # a point has no area
            epochs, low, high = np.array([0.8, 1.2]), np.repeat(low, 2), np.repeat(high, 2)
        label = "reference runs" if i == 0 else None
        ax.fill_between(epochs, low, high, color="0.85", linewidth=0, label=label)


def _draw_runs(ax: Axes, groups: Any) -> None:
    label: str | None = "reference runs"
    for group in groups:
        for run in group:
            epochs = np.arange(1, len(run) + 1)
            marker = "_" if len(run) == 1 else ""  # a point has no length
            ax.plot(epochs, run, color="0.6", linewidth=0.8, marker=marker, label=label)
            label = None


def _fit_height(ax: Axes, parts: Any) -> None:
    """Show every finite number of the parts, and a margin."""
    numbers = np.concatenate(parts)
    numbers = numbers[np.isfinite(numbers)]
    margin = 0.05 * np.ptp(numbers)
    ax.set_ylim(numbers.min() - margin, numbers.max() + margin)
