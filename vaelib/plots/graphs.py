"""Small graphs of variables: which is computed from which, and which is sampled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch

from vaelib.plots.curves import new_axes

RADIUS = 0.3  # of a node; neighbours stand about 1 apart
PASSES, STOPS = "#2f5d9b", "#c2571a"


def computation_graph(
    nodes: Mapping[str, tuple[float, float]],
    edges: Sequence[tuple[str, str]],
    *,
    sampled: Sequence[str] = (),
    gradients: Mapping[tuple[str, str], bool] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A computation graph: boxes are computed or given, shaded circles are sampled.

    Args:
        nodes: for each label, as matplotlib writes it, the place of its centre.
        edges: pairs of labels, from a variable to what is computed or sampled from it.
        sampled: the labels of the stochastic nodes.
        gradients: for some of the edges whether a gradient passes back along it; a dashed arrow
            beside the edge, which ends in a cross where none does.
        ax: where to draw; a new figure if None.

    Returns:
        The `Axes`.
    """
    ax = ax or new_axes(4, 3)
    for start, end in edges:
        _arrow(ax, nodes[start], nodes[end], 0.0, {"color": "0.25"})
    for (start, end), passes in (gradients or {}).items():
        style = {"color": PASSES if passes else STOPS, "linestyle": (0, (4, 2))}
        tip = nodes[start] if passes else _between(nodes[end], nodes[start], 0.55)
        _arrow(ax, nodes[end], tip, 0.13, style, to_node=passes)
        if not passes:
            (x0, y0), (x1, y1) = nodes[end], nodes[start]
            length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
            place = tip[0] - 0.13 * (y1 - y0) / length, tip[1] + 0.13 * (x1 - x0) / length
            ax.plot(*place, marker="x", color=STOPS, markersize=11, markeredgewidth=3)
    for label, place in nodes.items():
        _node(ax, label, place, label in sampled)
    xs, ys = zip(*nodes.values(), strict=True)
    ax.set(xlim=(min(xs) - 0.5, max(xs) + 0.5), ylim=(min(ys) - 0.45, max(ys) + 0.45))
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def _node(ax: Axes, label: str, place: tuple[float, float], sampled: bool) -> None:
    x, y = place
    style: dict[str, Any] = {"edgecolor": "0.2", "linewidth": 1.4, "zorder": 3}
    if sampled:
        ax.add_patch(Circle(place, RADIUS, facecolor=plt.get_cmap("cividis")(0.3, 0.3), **style))
    else:
        corner = (x - RADIUS + 0.08, y - RADIUS + 0.08)
        side = 2 * (RADIUS - 0.08)
        ax.add_patch(
            FancyBboxPatch(corner, side, side, "round,pad=0.06", facecolor="white", **style)
        )
    ax.text(x, y, label, ha="center", va="center", fontsize=13, zorder=4)


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    aside: float,
    style: Mapping[str, object],
    to_node: bool = True,
) -> None:
    """An arrow between two nodes, which ends at their borders, moved to its left by `aside`."""
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    first, last = RADIUS + 0.04, length - (RADIUS + 0.06 if to_node else 0)
    ends = [
        (start[0] + at * along[0] - aside * along[1], start[1] + at * along[1] + aside * along[0])
        for at in (first, last)
    ]
    arrow = {"arrowstyle": "-|>", "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0, **style}
    ax.annotate("", ends[1], ends[0], arrowprops=arrow, zorder=2)


def _between(
    start: tuple[float, float], end: tuple[float, float], share: float
) -> tuple[float, float]:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
