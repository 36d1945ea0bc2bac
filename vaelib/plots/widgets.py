"""Sliders beside a picture that follows them, and a still picture elsewhere."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike
from PIL import Image

from vaelib.training import under_grading

WIDGET = "application/vnd.jupyter.widget-view+json"
HEIGHT = 224  # px of the picture on the screen


def sliders(draw: Callable[..., ArrayLike], still: Axes, **values: Sequence[Any]) -> None:
    """Show one slider for each name, and the picture that their values give.

    Where widgets do not run, such as on GitHub, a figure is shown instead; so it is where the
    package ipywidgets is not installed.

    Args:
        draw: a function of the names, which returns an image, (height, width, 1 or 3) in [0, 1].
        still: the `Axes` whose figure stands in; it is closed.
        values: for each name, the values of its slider in order. It starts in the middle.

    Raises:
        ValueError: a slider without values.
    """
    from IPython import display  # which those who only use the models need not have

    empty = [name for name, choices in values.items() if len(choices) == 0]
    if empty:
        raise ValueError(f"sliders: there is no value for {' and '.join(empty)}")
    shown: dict[str, Any] = {
        "text/plain": f"sliders: {', '.join(values)}",
        "image/png": _figure(still),
    }
    if importlib.util.find_spec("ipywidgets") and not under_grading():
        shown[WIDGET] = _view(draw, values)
    display.display(shown, raw=True)


def _view(draw: Callable[..., ArrayLike], values: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What a notebook needs to show the sliders and the picture."""
    import ipywidgets  # only where there is somebody to move the sliders

    sliders = [
        ipywidgets.SelectionSlider(
            options=[(_label(choice), choice) for choice in choices],
            index=len(choices) // 2,
            description=name,
        )
        for name, choices in values.items()
    ]
    shape = ipywidgets.Layout(
        height=f"{HEIGHT}px", width="auto", align_self="flex-start", border="1px solid silver"
    )
    picture = ipywidgets.Image(format="png", layout=shape)

    def follow(change: object = None) -> None:
        picture.value = _png(draw(**{slider.description: slider.value for slider in sliders}))

    for slider in sliders:
        slider.observe(follow, names="value")
    follow()
    box = ipywidgets.VBox([*sliders, picture])
    return {"version_major": 2, "version_minor": 0, "model_id": box.model_id}


def _label(choice: float) -> str:
    """The text beside a slider: a whole number as it is, another with one decimal."""
    text = f"{choice:.0f}" if choice == int(choice) else f"{choice:.1f}"
    return text.replace("-", "−")


def _png(image: ArrayLike) -> bytes:
    """An image as the bytes of a file, dark ink on white where it is grey, enlarged."""
    image = np.asarray(image)
    pixels = image if image.shape[-1] == 3 else 1 - image[..., 0]
    picture = Image.fromarray(np.round(255 * np.clip(pixels, 0, 1)).astype("uint8"))
    factor = -(-2 * HEIGHT // picture.height)
    size = (factor * picture.width, factor * picture.height)
    file = io.BytesIO()
    picture.resize(size, Image.Resampling.NEAREST).save(file, format="png")
    return file.getvalue()


def _figure(ax: Any) -> bytes:
    """The figure as the bytes of a file; it is closed, so that it is not shown a second time."""
    file = io.BytesIO()
    ax.figure.savefig(file, format="png", bbox_inches="tight")
    plt.close(ax.figure)
    return file.getvalue()
