"""Plots: arrays in, Axes out, and nothing shown."""

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from vaelib import plots

matplotlib.use("agg")
rng = np.random.default_rng(0)
IMAGES = rng.random((7, 4, 5, 1))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_sheet_is_filled_row_by_row():
    sheet = plots.image_sheet(IMAGES, n_columns=3).images[0].get_array()
    assert sheet.shape == (12, 15)
    np.testing.assert_array_equal(sheet[:4, 5:10], IMAGES[1, ..., 0])
    np.testing.assert_array_equal(sheet[8:, :5], IMAGES[6, ..., 0])
    assert np.all(sheet[8:, 5:] == 0)


def test_grey_means_the_same_in_every_sheet():
    assert plots.image_sheet(0.5 * IMAGES, n_columns=3).images[0].get_clim() == (0, 1)


def test_rows_stand_one_above_the_other_with_their_names():
    ax = plots.image_rows({"input": IMAGES, "rebuilt": 1 - IMAGES})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["input", "rebuilt"]
    sheet = ax.images[0].get_array()
    np.testing.assert_allclose(sheet[:4] + sheet[4:], 1)


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="'a': 7, 'b': 6"):
        plots.image_rows({"a": IMAGES, "b": IMAGES[:6]})


@pytest.mark.parametrize("shape", [(7, 20), (7, 4, 5), (7, 4, 5, 3)])
def test_what_is_no_grey_image_is_refused(shape):
    with pytest.raises(ValueError, match="must have shape"):
        plots.image_sheet(np.zeros(shape), n_columns=3)


def test_codes_are_drawn_where_they_are_with_each_label_at_its_median():
    z, labels = rng.normal(size=(30, 2)), np.arange(30) % 3
    ax = plots.code_scatter(z, labels)
    np.testing.assert_allclose(ax.collections[0].get_offsets(), z)
    assert [text.get_text() for text in ax.texts] == ["0", "1", "2"]
    np.testing.assert_allclose(ax.texts[1].get_position(), np.median(z[1::3], axis=0))


def test_codes_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"\(5, 3\)"):
        plots.code_scatter(np.zeros((5, 3)), np.zeros(5))


def test_layers_are_bars_with_their_sizes_that_lie_around_the_middle():
    ax = plots.layer_bars(["x", "z", "x_hat"], [784, 2, 784])
    assert [text.get_text() for text in ax.texts] == ["784", "2", "784"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["x", "z", "x_hat"]
    first, middle, _ = ax.patches
    assert first.get_height() > middle.get_height()
    assert middle.get_y() == pytest.approx(-middle.get_height() / 2)


def test_lines_have_names_and_labelled_axes():
    x = np.arange(3)
    ax = plots.lines(x, {"a": x**2, "b": 2.0}, xlabel="epoch", ylabel="nats")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "nats")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0, 1, 4])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [2, 2, 2])
    assert ax.lines[1].get_linestyle() == "--"


def test_histograms_share_their_bins():
    ax = plots.histograms({"a": rng.normal(size=99), "b": 3 + rng.normal(size=99)}, xlabel="error")
    left, right = ax.containers
    assert [p.get_x() for p in left] == [p.get_x() for p in right]


def test_contours_are_drawn_over_the_plane():
    grid = np.linspace(-1, 1, 9)
    density = np.exp(-(grid**2 + grid[:, None] ** 2))
    ax = plots.density_contours(grid, {"true": density, "q": density**2})
    assert len(ax.collections) == 2
    assert ax.get_aspect() == 1


def test_a_plot_is_drawn_where_it_is_asked_to_be():
    ax = plt.subplots()[1]
    assert plots.image_sheet(IMAGES, n_columns=3, ax=ax) is ax
    assert plots.lines([1, 2], {"a": [1, 2]}, xlabel="", ylabel="", ax=ax) is ax
