"""Plots: arrays in, Axes out, and nothing shown."""

from statistics import NormalDist

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from matplotlib.markers import MarkerStyle

from vaelib import plots
from vaelib.codes import quantile_grid

matplotlib.use("agg")
rng = np.random.default_rng(0)
IMAGES = rng.random((7, 4, 5, 1))
HISTORY = {
    "loss": [9.0, 8.0, 7.0],
    "elbo": [-9.0, -8.0, -7.0],
    "reconstruction": [6.0, 5.0, 4.0],
    "kl": [3.0, 3.0, 3.0],
    "val_elbo": [-8.5, -7.5, -6.5],
    "val_reconstruction": [5.5, 4.5, 3.5],
    "val_kl": [3.0, 3.0, 2.0],
    "learning_rate": [0.1, 0.1, 0.1],
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_an_image_grid_is_filled_row_by_row():
    grid = plots.image_grid(IMAGES, n_columns=3).images[0].get_array()
    assert grid.shape == (12, 15)
    np.testing.assert_array_equal(grid[:4, 5:10], IMAGES[1, ..., 0])
    np.testing.assert_array_equal(grid[8:, :5], IMAGES[6, ..., 0])
    assert np.all(grid[8:, 5:] == 0)


def test_grey_means_the_same_in_every_image_grid():
    assert plots.image_grid(0.5 * IMAGES, n_columns=3).images[0].get_clim() == (0, 1)


def test_colour_is_kept_and_empty_places_are_paper():
    images = rng.random((4, 4, 5, 3))
    whole = plots.image_grid(images, n_columns=3).images[0].get_array()
    assert whole.shape == (8, 15, 3)
    np.testing.assert_array_equal(whole[4:, :5], images[3])
    assert np.all(whole[4:, 5:] == 1)


def test_an_image_grid_needs_a_column():
    with pytest.raises(ValueError, match="n_columns must be at least 1, got 0"):
        plots.image_grid(IMAGES, n_columns=0)


def test_rows_stand_one_above_the_other_with_their_names():
    ax = plots.image_rows({"input": IMAGES, "rebuilt": 1 - IMAGES})
    assert [label.get_text() for label in ax.get_yticklabels()] == ["input", "rebuilt"]
    grid = ax.images[0].get_array()
    np.testing.assert_allclose(grid[:4] + grid[4:], 1)


def test_rows_of_different_length_are_refused():
    with pytest.raises(ValueError, match="'a': 7, 'b': 6"):
        plots.image_rows({"a": IMAGES, "b": IMAGES[:6]})


@pytest.mark.parametrize("shape", [(7, 20), (7, 4, 5), (7, 4, 5, 2)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(ValueError, match="must have shape"):
        plots.image_grid(np.zeros(shape), n_columns=3)


def ticks(ax):
    """Places and labels along both edges."""
    return [
        (list(axis.get_ticklocs()), [label.get_text() for label in axis.get_ticklabels()])
        for axis in (ax.xaxis, ax.yaxis)
    ]


def test_a_latent_grid_names_some_of_its_codes_along_its_edges():
    """30 × 30 images of 2 × 4 pixels: z₂ falls from the top down."""
    ax = plots.latent_grid(rng.random((900, 2, 4, 1)), quantile_grid(30))
    (x, x_labels), (y, y_labels) = ticks(ax)
    columns = np.array([0, 6, 12, 17, 23, 29])
    expected = [NormalDist().inv_cdf((i + 0.5) / 30) for i in columns]
    assert x_labels == [f"{value:.1f}".replace("-", "−") for value in expected]
    assert x_labels == ["−2.1", "−0.8", "−0.2", "0.2", "0.8", "2.1"]
    assert y_labels == x_labels[::-1]
    np.testing.assert_allclose(x, 4 * (columns + 0.5))
    np.testing.assert_allclose(y, 2 * (columns + 0.5))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$z_1$", "$z_2$")
    assert ax.images[0].get_array().shape == (60, 120)


def test_a_small_latent_grid_names_all_of_its_codes():
    z = np.array([(across, up) for up in (1, 0) for across in (-0.02, 0, 0.02)])
    (_, x_labels), (_, y_labels) = ticks(plots.latent_grid(IMAGES[:6], z))
    assert x_labels == ["−0.020", "0.000", "0.020"]
    assert y_labels == ["1.0", "0.0"]


def test_a_latent_grid_of_one_code_has_its_two_numbers():
    (_, x_labels), (_, y_labels) = ticks(plots.latent_grid(IMAGES[:1], np.array([[-1.5, 2.0]])))
    assert (x_labels, y_labels) == (["−1.5"], ["2.0"])


@pytest.mark.parametrize(
    "z",
    [
        rng.normal(size=(4, 2)),  # anywhere
        quantile_grid(2)[[0, 2, 1, 3]],  # column by column
        np.repeat(quantile_grid(2)[:2], 2, axis=0),
    ],
)
def test_codes_that_are_no_grid_are_refused(z):
    with pytest.raises(ValueError, match="must be a grid, row by row"):
        plots.latent_grid(IMAGES[:4], z)


def test_a_latent_grid_needs_a_code_for_each_image():
    with pytest.raises(ValueError, match=r"7 images need codes \(7, 2\), got \(4, 2\)"):
        plots.latent_grid(IMAGES, quantile_grid(2))


def test_codes_are_drawn_where_they_are_as_their_labels_in_their_colours():
    z, labels = rng.normal(size=(30, 2)), np.arange(30) % 3 * 4
    ax = plots.code_scatter(z, labels)
    colours = []
    for points, label in zip(ax.collections, (0, 4, 8), strict=True):
        np.testing.assert_allclose(points.get_offsets(), z[labels == label])
        colours.append(tuple(points.get_facecolor()[0]))
        sign = MarkerStyle(f"${label}$")
        outline = sign.get_path().transformed(sign.get_transform())
        np.testing.assert_allclose(points.get_paths()[0].vertices, outline.vertices)
    assert set(colours) < {to_rgba(colour) for colour in plots.label_colours(10)}
    assert len(set(colours)) == 3


def test_codes_of_another_length_are_refused():
    with pytest.raises(ValueError, match=r"\(5, 3\)"):
        plots.code_scatter(np.zeros((5, 3)), np.zeros(5))


def test_an_autoencoder_is_drawn_from_the_image_through_its_code_to_the_reconstruction():
    x, x_hat = IMAGES[:2]
    ax = plots.autoencoder_diagram(x, [0.5, -12.25], x_hat)
    for drawn, image in zip(ax.images, (x, x_hat), strict=True):
        np.testing.assert_array_equal(drawn.get_array(), image[..., 0])
    assert ax.images[0].get_extent()[1] < ax.images[1].get_extent()[0]
    texts = [text.get_text() for text in ax.texts]
    assert texts[:2] == ["encoder", "decoder"]
    assert "0.5" in texts[2]
    assert "−12.2" in texts[2]
    encoder, decoder = (np.ptp(patch.get_xy()[:, 0]) for patch in ax.patches)
    assert encoder == pytest.approx(decoder)


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


def curves(ax):
    """The curves of a panel by name, as lists."""
    return {line.get_label(): list(line.get_ydata()) for line in ax.lines}


def test_training_curves_are_three_panels_with_train_and_test():
    axes = plots.training_curves(HISTORY)
    assert isinstance(axes, np.ndarray)
    assert [ax.get_ylabel() for ax in axes] == [
        "ELBO, nats per image",
        "reconstruction, nats per image",
        "KL, nats per image",
    ]
    for ax, name in zip(axes, ("elbo", "reconstruction", "kl"), strict=True):
        assert ax.get_xlabel() == "epoch"
        assert curves(ax) == {"train": HISTORY[name], "test": HISTORY[f"val_{name}"]}
        assert list(ax.lines[0].get_xdata()) == [1, 2, 3]


def test_training_curves_need_no_test_images():
    history = {key: values for key, values in HISTORY.items() if not key.startswith("val_")}
    axes = plots.training_curves(history)
    assert [curves(ax) for ax in axes] == [
        {"train": history[name]} for name in ("elbo", "reconstruction", "kl")
    ]


def test_a_part_that_is_not_in_the_history_has_no_panel():
    axes = plots.training_curves({"kl": [1.0, 2.0], "val_elbo": [-3.0, -2.0]})
    assert [curves(ax) for ax in axes] == [{"test": [-3, -2]}, {"train": [1, 2]}]


def test_a_single_epoch_is_a_dot_in_its_band():
    band = {"val_elbo": (np.array([-9.0]), np.array([-8.0]))}
    ax = plots.training_curves({"elbo": [-9.0], "val_elbo": [-8.5]}, band=band)[0]
    assert all(line.get_marker() == "o" for line in ax.lines)
    assert ax.collections[0].get_paths()[0].get_extents().width > 0
    ax.figure.canvas.draw()
    low, high = ax.get_xlim()
    assert [tick for tick in ax.get_xticks() if low <= tick <= high] == [1]


def test_epochs_are_whole_numbers_and_many_of_them_have_no_dots():
    ax = plots.training_curves({"elbo": np.linspace(-9, -7, 50)})[0]
    assert ax.lines[0].get_marker() in ("", "None")
    assert np.all(ax.get_xticks() % 1 == 0)


def test_the_band_of_other_runs_lies_behind_and_may_be_longer():
    low, high = -9.0 + np.arange(5), -8.0 + np.arange(5)
    axes = plots.training_curves(HISTORY, band={"val_elbo": (low, high), "other": (low, high)})
    (band,) = axes[0].collections
    extents = band.get_paths()[0].get_extents()
    assert (extents.x0, extents.x1, extents.y0, extents.y1) == (1, 5, -9, -4)
    assert band.get_zorder() < axes[0].lines[0].get_zorder()
    names = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert names == ["reference runs", "train", "test"]
    assert not axes[1].collections
    assert not axes[2].collections


def test_a_wide_band_of_the_first_epochs_does_not_flatten_the_curves():
    history = {"elbo": [-200.0, -100.0, np.nan], "val_elbo": [-150.0, -90.0, -80.0]}
    band = {"val_elbo": (np.array([-5000.0, -110.0, -105.0]), np.array([0.0, -70.0, -60.0]))}
    low, high = plots.training_curves(history, band=band)[0].get_ylim()
    assert (low, high) == pytest.approx((-207, -53))


def test_two_bands_in_a_panel_have_one_name():
    edges = np.zeros(3), np.ones(3)
    ax = plots.training_curves(HISTORY, band={"kl": edges, "val_kl": edges})[2]
    assert len(ax.collections) == 2
    assert len(ax.get_legend().get_texts()) == 3


def test_other_runs_are_thin_lines_behind_with_one_name():
    runs = {"val_kl": np.array([[3.0, 4, 5, 6], [4.0, 5, 6, 7]]), "other": np.ones((2, 3))}
    axes = plots.training_curves(HISTORY, runs=runs)
    thin = axes[2].lines[:2]
    assert [list(line.get_ydata()) for line in thin] == runs["val_kl"].tolist()
    assert all(line.get_linewidth() < 1 for line in thin)
    names = [text.get_text() for text in axes[2].get_legend().get_texts()]
    assert names == ["reference runs", "train", "test"]
    assert len(axes[0].lines) == 2


def test_a_history_of_something_else_is_refused():
    with pytest.raises(ValueError, match=r"needs one of .*'elbo'.*, got \('loss',\)"):
        plots.training_curves({"loss": [1.0]})


def test_training_curves_are_drawn_where_they_are_asked_to_be():
    axes = plt.subplots(3, 1)[1]
    assert list(plots.training_curves(HISTORY, axes=axes)) == list(axes)
    with pytest.raises(ValueError, match="needs 3 axes, one each, got 2"):
        plots.training_curves(HISTORY, axes=axes[:2])


def test_a_plot_is_drawn_where_it_is_asked_to_be():
    ax = plt.subplots()[1]
    assert plots.image_grid(IMAGES, n_columns=3, ax=ax) is ax
    assert plots.lines([1, 2], {"a": [1, 2]}, xlabel="", ylabel="", ax=ax) is ax
