"""A diagram of a model: its layers, what shapes come out of them, and where they lead."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from vaelib.plots.curves import new_axes

WIDTH, HEIGHT = 3.4, 0.5  # of a box, in inches
GAP = 0.3  # between boxes
DPI = 200  # of Graphviz's picture
SHRINK = 0.62  # which would fill a screen at its own size


class Box(NamedTuple):
    """What the diagram says about a layer; shape is a text, and parents are names of layers."""

    name: str
    kind: str
    activation: str
    shape: str
    n_parameters: int
    parents: set[str]


def model_diagram(model: keras.Model, ax: Axes | None = None) -> Axes:
    """The layers of a model from top to bottom, with their activations and shapes.

    Graphviz draws it, through `keras.utils.plot_model`, where the program `dot` and the package
    `pydot` are installed. Elsewhere matplotlib does, and adds the number of parameters.

    Args:
        model: a functional or sequential `keras.Model` that knows the shape of its input.
        ax: where to draw; a new figure that suits the model if None.

    Returns:
        The `Axes`.

    Raises:
        ValueError: the model has no graph of layers. A `VAE` has none; its encoder and decoder do.
    """
    if not getattr(model, "inputs", None):
        raise ValueError(
            f"model_diagram: {model.name} has no graph of layers. Give it a keras.Input, or draw "
            "its parts, such as vae.encoder"
        )
    ax = _with_graphviz(model, ax) if _has_graphviz() else _with_matplotlib(model, ax)
    ax.set_axis_off()
    return ax


def _has_graphviz() -> bool:
    """Looked up here, because `plot_model` prints where it is missing."""
    return shutil.which("dot") is not None and importlib.util.find_spec("pydot") is not None


def _with_graphviz(model: keras.Model, ax: Axes | None) -> Axes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.png")
        keras.utils.plot_model(
            model,
            to_file=path,
            show_shapes=True,
            show_layer_names=True,
            show_layer_activations=True,
            dpi=DPI,
        )
        picture = plt.imread(path)
    height, width = SHRINK / DPI * np.array(picture.shape[:2])
    ax = ax or new_axes(width, height)
    ax.imshow(picture)
    return ax


def _with_matplotlib(model: keras.Model, ax: Axes | None) -> Axes:
    boxes = _boxes(model)
    places = _places(boxes)
    margin = np.array([WIDTH / 2 + GAP, HEIGHT / 2 + 0.1])
    left, bottom = np.min(list(places.values()), axis=0) - margin
    right, top = np.max(list(places.values()), axis=0) + margin
    ax = ax or new_axes(right - left, top - bottom + 0.4)
    ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal")
    ax.set_title(f"{model.name}: {model.count_params():,} parameters", fontsize=11)
    for box in boxes:
        _draw(box, places, ax)
    return ax


def _boxes(model: keras.Model) -> list[Box]:
    """What the diagram says about each layer, each after those that it takes its input from."""
    if isinstance(model, keras.Sequential):
        chain = [Box("input", "InputLayer", "", _shapes(model.inputs), 0, set())]
        for layer in model.layers:
            chain.append(_box(layer, {chain[-1].name}))
        return chain
    inside = {operation.name for operation in model.operations}
    return [_box(operation, _parents(operation) & inside) for operation in model.operations]


def _box(layer: Any, parents: set[str]) -> Box:
    activation = getattr(getattr(layer, "activation", None), "__name__", "")
    n_parameters = layer.count_params() if isinstance(layer, keras.Layer) else 0
    shape = _shapes(keras.tree.flatten(layer.output))
    return Box(layer.name, type(layer).__name__, activation, shape, n_parameters, parents)


def _parents(operation: Any) -> set[str]:
    """The names of what this operation takes its input from, as `keras.utils.plot_model` does."""
    return {node.operation.name for call in operation._inbound_nodes for node in call.parent_nodes}


def _shapes(tensors: Iterable[Any]) -> str:
    """Shapes in words, with n for the size of the batch: (n, 28, 28, 1)."""
    shapes = [", ".join("n" if size is None else str(size) for size in t.shape) for t in tensors]
    return " and ".join(f"({shape})" for shape in shapes)


def _places(boxes: list[Box]) -> dict[str, tuple[float, float]]:
    """The centre of each box, in inches: just above the highest of its children."""
    children = {box.name: [b.name for b in boxes if box.name in b.parents] for box in boxes}
    rows: dict[str, int] = {}
    places: dict[str, tuple[float, float]] = {}
    for box in reversed(boxes):
        rows[box.name] = 1 + max((rows[child] for child in children[box.name]), default=-1)
    for row in range(max(rows.values()) + 1):
        wanted = {
            box.name: np.mean([places[child][0] for child in children[box.name]] or [0.0])
            for box in boxes
            if rows[box.name] == row
        }
        middle = np.mean(list(wanted.values())) - (len(wanted) - 1) / 2 * (WIDTH + GAP)
        for i, name in enumerate(sorted(wanted, key=wanted.__getitem__)):
            places[name] = middle + i * (WIDTH + GAP), row * (HEIGHT + GAP)
    return places


def _draw(box: Box, places: dict[str, tuple[float, float]], ax: Axes) -> None:
    x, y = places[box.name]
    colour = plt.get_cmap("cividis")(0.3, 0.18) if box.n_parameters else "white"
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    ax.add_patch(plt.Rectangle(corner, WIDTH, HEIGHT, facecolor=colour, edgecolor="0.35"))
    name = " · ".join(part for part in (box.name, box.activation) if part)
    parameters = f"{box.n_parameters:,} parameters" if box.n_parameters else ""
    words = ((box.kind, box.shape, 0.11, "bold", 9.5), (name, parameters, -0.11, "normal", 8.5))
    for left, right, up, weight, size in words:
        style: dict[str, Any] = {"va": "center_baseline", "fontweight": weight, "fontsize": size}
        ax.text(x - WIDTH / 2 + 0.1, y + up, left, ha="left", **style)
        ax.text(x + WIDTH / 2 - 0.1, y + up, right, ha="right", **style)
    for parent in box.parents:
        parent_x, parent_y = places[parent]
        start, end, bend = (parent_x, parent_y - HEIGHT / 2), (x, y + HEIGHT / 2), 0.0
        if parent_y - y > 1.5 * (HEIGHT + GAP):  # around the boxes between
            start, end, bend = (parent_x + WIDTH / 2, parent_y), (x + WIDTH / 2, y), -0.15
        arrow = {"arrowstyle": "-|>", "color": "0.35", "connectionstyle": f"arc3,rad={bend}"}
        ax.annotate("", end, start, arrowprops={**arrow, "shrinkA": 0, "shrinkB": 0})
