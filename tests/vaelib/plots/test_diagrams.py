"""Diagrams of models: with Graphviz where it is there, and without."""

import importlib.util
import shutil
from itertools import pairwise

import keras
import matplotlib
import numpy as np
import pytest
from keras import layers
from matplotlib import pyplot as plt

from vaelib.models import VAE, Sampling, build_conv_decoder, build_conv_encoder
from vaelib.plots import diagrams
from vaelib.plots.diagrams import model_diagram

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def without_graphviz(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)


def words(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def place(ax, word):
    """Where a word stands, in inches."""
    (text,) = (text for text in ax.texts if text.get_text().split(" · ")[0] == word)
    return text.get_position()


def arrows(ax):
    """From where to where, as (n, 2, 2)."""
    ends = [(a.xyann, a.xy) for a in ax.texts if isinstance(a, matplotlib.text.Annotation)]
    return np.round(sorted(ends), 6)


def no_overlap(ax):
    boxes = [patch.get_bbox() for patch in ax.patches]
    return not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


@pytest.mark.usefixtures("without_graphviz")
def test_a_box_has_kind_shape_name_activation_and_parameters(capsys):
    ax = model_diagram(build_conv_decoder(2))
    assert ax.get_title() == "decoder: 65,089 parameters"
    assert words(ax)[:3] == ["InputLayer", "(n, 2)", "input"]
    kind, shape, name, parameters = words(ax)[3:7]
    assert (kind, shape, parameters) == ("Dense", "(n, 3136)", "9,408 parameters")
    assert name.endswith(" · relu")
    assert words(ax)[-1] == "289 parameters"
    assert words(ax)[-2].endswith(" · linear")
    assert words(ax)[-3] == "(n, 28, 28, 1)"
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("without_graphviz")
def test_the_two_heads_stand_side_by_side_under_what_they_share():
    ax = model_diagram(build_conv_encoder(2))
    assert len(ax.patches) == 7
    (x_mean, y_mean), (x_log_var, y_log_var) = place(ax, "z_mean"), place(ax, "z_log_var")
    assert (
        y_mean == y_log_var == min(text.get_position()[1] for text in ax.texts if text.get_text())
    )
    assert x_mean < x_log_var
    assert no_overlap(ax)
    ends = arrows(ax)
    assert len(ends) == 6  # one for each box but the first
    fork = ends[np.isin(ends[:, 1, 1], ends[:, 1, 1].min())]
    np.testing.assert_array_equal(fork[0, 0], fork[1, 0])


@pytest.mark.usefixtures("without_graphviz")
def test_branches_meet_where_they_are_joined():
    x, y = keras.Input((4, 4, 1), name="x"), keras.Input((10,), name="y")
    plane = layers.Reshape((4, 4, 1), name="plane")(layers.Dense(16, name="dense")(y))
    h = layers.Flatten(name="flat")(layers.Concatenate(name="join")([x, plane]))
    heads = [layers.Dense(2, name=name)(h) for name in ("z_mean", "z_log_var")]
    ax = model_diagram(keras.Model([x, y], [*heads, Sampling(name="z")(heads)], name="cvae"))
    height = {name: place(ax, name)[1] for name in ("x", "y", "dense", "plane", "join", "z_mean")}
    assert height["x"] == height["plane"]  # beside what it is joined with, not far above
    assert height["y"] > height["dense"] > height["plane"] > height["join"] > height["z_mean"]
    assert place(ax, "z")[1] < place(ax, "z_log_var")[1]
    assert no_overlap(ax)
    assert len(arrows(ax)) == 9


@pytest.mark.usefixtures("without_graphviz")
def test_an_arrow_that_skips_layers_goes_around_them():
    x = keras.Input((8,), name="x")
    h = layers.Dense(8, name="b")(layers.Dense(8, name="a")(x))
    ax = model_diagram(keras.Model(x, layers.Add(name="sum")([x, h])))
    right = max(patch.get_bbox().x1 for patch in ax.patches)
    around = [ends for ends in arrows(ax) if np.allclose(ends[:, 0], right)]
    assert len(around) == 1
    assert len(arrows(ax)) == 4


@pytest.mark.usefixtures("without_graphviz")
def test_a_model_inside_a_model_is_one_box():
    x = keras.Input((28, 28, 1))
    z_mean, _ = build_conv_encoder(2)(x)
    ax = model_diagram(keras.Model(x, build_conv_decoder(2)(z_mean), name="both"))
    assert ax.get_title() == "both: 134,165 parameters"
    assert len(ax.patches) == 3
    assert "(n, 2) and (n, 2)" in words(ax)
    assert "69,076 parameters" in words(ax)


@pytest.mark.usefixtures("without_graphviz")
def test_words_stay_in_their_box():
    ax = model_diagram(build_conv_decoder(50))
    ax.figure.canvas.draw()
    boxes = [patch.get_window_extent() for patch in ax.patches]
    for text in (text for text in ax.texts if text.get_text()):
        extent = text.get_window_extent()
        assert any(b.x0 < extent.x0 and extent.x1 < b.x1 and b.y0 < extent.y0 for b in boxes)
    rows = [(t.get_position()[1], t.get_window_extent()) for t in ax.texts if t.get_text()]
    for (y_left, left), (y_right, right) in pairwise(rows):
        assert y_left != y_right or left.x1 < right.x0


def test_with_graphviz_keras_draws(monkeypatch):
    asked = {}

    def plot_model(model, to_file, **options):
        asked.update(options, model=model)
        plt.imsave(to_file, np.zeros((200, 100, 3)))

    monkeypatch.setattr(diagrams, "_has_graphviz", lambda: True)
    monkeypatch.setattr(keras.utils, "plot_model", plot_model)
    model = build_conv_encoder(2)
    ax = model_diagram(model)
    assert asked["model"] is model
    assert asked["show_shapes"]
    assert asked["show_layer_activations"]
    assert ax.images[0].get_array().shape[:2] == (200, 100)
    width, height = ax.figure.get_size_inches()
    assert height == pytest.approx(2 * width)


@pytest.mark.parametrize(
    ("dot", "pydot", "there"),
    [("/dot", "spec", True), (None, "spec", False), ("/dot", None, False)],
)
def test_graphviz_needs_the_program_and_the_package(monkeypatch, dot, pydot, there):
    monkeypatch.setattr(shutil, "which", lambda program: dot)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: pydot)
    assert diagrams._has_graphviz() is there


def test_a_diagram_comes_out_whatever_is_installed(capsys):
    ax = model_diagram(build_conv_encoder(2))
    assert ax.images or ax.patches
    assert not ax.axison
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("has_graphviz", [True, False])
@pytest.mark.parametrize(
    "model",
    [
        lambda: VAE(build_conv_encoder(2), build_conv_decoder(2)),
        lambda: keras.Sequential([layers.Dense(3)]),
    ],
    ids=["VAE", "no input"],
)
def test_a_model_without_a_graph_is_refused(monkeypatch, model, has_graphviz):
    monkeypatch.setattr(diagrams, "_has_graphviz", lambda: has_graphviz)
    with pytest.raises(ValueError, match=r"no graph of layers\. Give it a keras\.Input"):
        model_diagram(model())


@pytest.mark.usefixtures("without_graphviz")
def test_a_diagram_is_drawn_where_it_is_asked_to_be():
    ax = plt.subplots()[1]
    assert model_diagram(build_conv_decoder(2), ax=ax) is ax
