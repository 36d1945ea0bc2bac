"""Knobs are a widget with a still figure beside it, and the picture follows the sliders."""

import io
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from vaelib.plots import widgets


def shown(monkeypatch, *arguments, **values):
    """What `knobs` hands to the notebook, and the widgets it made."""
    import ipywidgets

    published, made = [], []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: published.append(data))
    kept = ipywidgets.VBox
    monkeypatch.setattr(
        ipywidgets, "VBox", lambda children: made.append(kept(children)) or made[-1]
    )
    widgets.sliders(*arguments, **values)
    return published[0], made


def two_pixels(dark, light):
    """An image of two pixels, one for each knob."""
    return np.array([[[dark], [light]]]) / 10


def still():
    return plt.subplots(figsize=(2, 1))[1]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_the_picture_follows_the_sliders(monkeypatch):
    _, (box,) = shown(monkeypatch, two_pixels, still(), dark=range(11), light=[0, 1, 2])
    dark, light, picture = box.children
    assert (dark.value, light.value) == (5, 1)
    dark.value, light.value = 10, 0
    drawn = pixels(picture.value)
    width = drawn.shape[1]
    assert (drawn[:, : width // 2] == 0).all()  # ink
    assert (drawn[:, width // 2 :] == 255).all()


def test_colours_stay_what_they_are(monkeypatch):
    def colour(red):
        return np.array([[[red, 0, 1]]])

    _, (box,) = shown(monkeypatch, colour, still(), red=[0, 0.5, 1])
    np.testing.assert_array_equal(pixels(box.children[-1].value)[0, 0], [128, 0, 255])


def test_a_page_that_runs_no_widgets_finds_a_figure(monkeypatch):
    data, (box,) = shown(monkeypatch, two_pixels, still(), dark=[1], light=[2])
    assert data[widgets.WIDGET]["model_id"] == box.model_id
    assert pixels(data["image/png"]).shape[1] > 50
    assert "dark, light" in data["text/plain"]
    assert plt.get_fignums() == []


def test_under_grading_there_is_only_the_figure(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    data, made = shown(monkeypatch, two_pixels, still(), dark=[1], light=[2])
    assert set(data) == {"text/plain", "image/png"}
    assert made == []


@pytest.mark.process
def test_without_ipywidgets_there_is_only_the_figure():
    code = """
import sys
sys.modules["ipywidgets"] = None
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
from IPython import display
display.display = lambda data, raw: print(sorted(data))
from vaelib.plots import widgets
widgets.sliders(None, plt.subplots()[1], z=[0])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['image/png', 'text/plain']"


def test_a_slider_needs_values():
    with pytest.raises(ValueError, match="no value for light"):
        widgets.sliders(two_pixels, still(), dark=[1], light=[])
    plt.close("all")
