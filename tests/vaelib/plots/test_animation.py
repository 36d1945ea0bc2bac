"""Frames to a GIF, and the GIF into the notebook."""

import importlib.util
import re
import sys
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from vaelib.data.synthetic.digits import synthetic_digits
from vaelib.plots.animation import frame_epochs, show_gif, write_gif
from vaelib.plots.grids import tile

rng = np.random.default_rng(0)
FRAMES = rng.random((3, 10, 12))


def read(path, mode="L"):
    """The frames, (n, height, width) or with 3 at the end, and their times in milliseconds."""
    with Image.open(path) as gif:
        frames, times = [], []
        for i in range(gif.n_frames):
            gif.seek(i)
            frames.append(np.asarray(gif.convert(mode)))
            times.append(gif.info["duration"])
        return np.stack(frames), times, gif.info["loop"]


@pytest.mark.parametrize(
    ("n_epochs", "n_frames", "epochs"),
    [
        (100, 5, [1, 6, 25, 56, 100]),
        (100, 11, [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]),
        (3, 50, [1, 2, 3]),
        (10, 3, [1, 2, 10]),  # 2.5 rounds to the even neighbour
        (14, 3, [1, 4, 14]),  # and so does 3.5
        (9, 2, [1, 9]),
        (9, 1, [9]),
        (1, 1, [1]),
        (1, 7, [1]),
    ],
)
def test_frame_epochs_are_the_squares_of_equal_steps(n_epochs, n_frames, epochs):
    assert frame_epochs(n_epochs, n_frames) == epochs


def test_frame_epochs_agree_with_exact_fractions():
    for n_epochs in range(1, 121):
        for n_frames in range(2, 41):
            exact = [round(n_epochs * Fraction(i, n_frames - 1) ** 2) or 1 for i in range(n_frames)]
            epochs = frame_epochs(n_epochs, n_frames)
            assert epochs == list(dict.fromkeys(exact))
            assert epochs[0] == 1
            assert epochs[-1] == n_epochs
            assert all(type(epoch) is int for epoch in epochs)


@pytest.mark.parametrize("sizes", [(0, 5), (5, 0), (-1, 1)])
def test_frame_epochs_need_an_epoch_and_a_frame(sizes):
    with pytest.raises(ValueError, match="both must be at least 1"):
        frame_epochs(*sizes)


def test_ink_is_dark_on_white_and_each_pixel_is_a_square(tmp_path):
    frames = np.zeros((2, 5, 6))
    frames[1, 2, 3] = 1
    gif, _, _ = read(write_gif(tmp_path / "a.gif", frames, scale=4))
    expected = np.full((2, 20, 24), 255)
    expected[1, 8:12, 12:16] = 0
    np.testing.assert_array_equal(gif, expected)


def test_greys_are_kept_to_a_few_shades(tmp_path):
    gif, _, _ = read(write_gif(tmp_path / "a.gif", FRAMES, scale=1))
    assert gif.shape == FRAMES.shape
    np.testing.assert_allclose(gif, 255 * (1 - FRAMES), atol=255 / 11 / 2 + 1)
    assert len(np.unique(gif)) <= 12


@pytest.mark.parametrize(("side", "scale"), [(28, 14), (112, 3), (252, 2), (600, 1)])
def test_small_frames_are_enlarged_to_about_384_pixels(tmp_path, side, scale):
    frames = np.zeros((2, side // 2, side))
    frames[1, 0, 0] = 1
    gif, _, _ = read(write_gif(tmp_path / "a.gif", frames))
    assert gif.shape == (2, side // 2 * scale, side * scale)


def test_one_channel_and_a_list_are_the_same_as_an_array(tmp_path):
    plain = write_gif(tmp_path / "a.gif", FRAMES).read_bytes()
    assert write_gif(tmp_path / "b.gif", FRAMES[..., None]).read_bytes() == plain
    assert write_gif(tmp_path / "c.gif", list(FRAMES)).read_bytes() == plain


def test_colours_stay_what_they_are(tmp_path):
    frames = np.zeros((2, 8, 8, 3))
    frames[0, :, :, 0] = 1
    frames[1, :, :, 2] = 1
    gif, _, _ = read(write_gif(tmp_path / "a.gif", frames, scale=2), "RGB")
    np.testing.assert_array_equal(gif, 255 * frames.repeat(2, 1).repeat(2, 2))


def test_it_runs_for_ever_and_holds_the_last_frame(tmp_path):
    path = write_gif(tmp_path / "a.gif", FRAMES, seconds_per_frame=0.25, hold_last=1.5)
    assert read(path)[1:] == ([250, 250, 1500], 0)


def test_frames_that_look_alike_keep_their_time(tmp_path):
    frames = FRAMES[[0, 0, 1]]
    _, times, _ = read(write_gif(tmp_path / "a.gif", frames, seconds_per_frame=0.5, hold_last=1))
    assert sum(times) == 2000


@pytest.mark.parametrize("frames", [FRAMES[:1], FRAMES[[0, 0, 0]]])
def test_one_frame_is_enough(tmp_path, frames):
    with Image.open(write_gif(tmp_path / "a.gif", frames, scale=1)) as gif:
        assert (gif.n_frames, gif.size) == (1, (12, 10))


def test_captions_stand_under_the_picture_and_leave_it_alone(tmp_path):
    without, _, _ = read(write_gif(tmp_path / "a.gif", FRAMES, scale=20))
    captions = ["epoch 1", "epoch 2", "epoch 30"]
    captioned, _, _ = read(write_gif(tmp_path / "b.gif", FRAMES, captions, scale=20))
    np.testing.assert_array_equal(captioned[:, :200], without)
    below = captioned[:, 200:]
    assert np.all(below[:, [0, -1]] == 255)  # the letters are whole
    assert np.all(below[:, :, [0, -1]] == 255)
    assert (below == 0).any(axis=(1, 2)).all()
    assert not np.array_equal(below[0], below[1])


def test_captions_stand_under_colours_too(tmp_path):
    frames = rng.random((2, 60, 90, 3))
    gif, _, _ = read(write_gif(tmp_path / "a.gif", frames, ["a", "b"], scale=1), "RGB")
    assert gif.shape[1] > 60
    assert (gif[:, 60:] < 50).all(axis=3).any(axis=(1, 2)).all()


def test_sixteen_digits_that_grow_in_twenty_frames_make_a_small_file(tmp_path):
    digits = synthetic_digits(16, seed=0)[0]
    frames = []
    for t in np.linspace(0, 1, 20):
        grey = 0.5 + 0.05 * rng.normal(size=digits.shape)
        frames.append(tile(np.clip(t * digits + (1 - t) ** 3 * grey, 0, 1), n_columns=4))
    path = write_gif(tmp_path / "a.gif", frames, [f"epoch {i}" for i in range(1, 21)])
    assert path.stat().st_size < 200_000


def test_a_file_that_is_there_is_replaced(tmp_path):
    path = tmp_path / "a.gif"
    once = write_gif(path, FRAMES).read_bytes()
    write_gif(path, FRAMES[:, :5])
    assert write_gif(str(path), FRAMES) == path
    assert path.read_bytes() == once


@pytest.mark.parametrize(
    ("frames", "options", "message"),
    [
        (FRAMES[0], {}, "must have shape (n, height, width), or with 1 or 3 at the end"),
        (np.zeros((2, 5, 6, 2)), {}, "got (2, 5, 6, 2)"),
        ([], {}, "frames of one shape are needed"),
        ([np.zeros((5, 6)), np.zeros((6, 6))], {}, "got [(5, 6), (6, 6)]"),
        (255 * np.ones((2, 5, 6)), {}, "must lie in [0, 1], got 255 to 255"),
        (np.full((2, 5, 6), -0.1), {}, "must lie in [0, 1]"),
        (np.full((2, 5, 6), np.nan), {}, "must lie in [0, 1], got nan to nan"),
        (FRAMES, {"captions": ["a", "b"]}, "2 captions for 3 frames"),
        (FRAMES, {"seconds_per_frame": 0}, "less than 0.02 s, got seconds_per_frame=0"),
        (FRAMES, {"hold_last": -1}, "hold_last=-1"),
        (FRAMES, {"scale": 0}, "whole number from 1, got 0"),
        (FRAMES, {"scale": 1.5}, "whole number from 1, got 1.5"),
    ],
)
def test_a_gif_that_cannot_be_is_refused(tmp_path, frames, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        write_gif(tmp_path / "a.gif", frames, **options)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def downloads(monkeypatch):
    """What Colab was asked to download; there is a Colab as long as this is used."""
    asked = []
    colab = SimpleNamespace(files=SimpleNamespace(download=asked.append))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: name == "google.colab" or found(name)
    )
    return asked


def test_the_notebook_gets_the_whole_file(tmp_path):
    path = write_gif(tmp_path / "a.gif", FRAMES)
    shown = show_gif(path)
    path.unlink()
    data, _ = shown._repr_mimebundle_()
    assert list(data) == ["image/gif"]


def test_colab_offers_a_download(tmp_path, downloads):
    path = write_gif(tmp_path / "a.gif", FRAMES)
    assert show_gif(path).format == "gif"
    assert downloads == [str(path)]


def test_nothing_is_offered_under_nbgrader(tmp_path, downloads, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert show_gif(write_gif(tmp_path / "a.gif", FRAMES)).format == "gif"
    assert downloads == []


def test_a_machine_without_any_package_of_google_is_not_colab(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    assert show_gif(write_gif(tmp_path / "a.gif", FRAMES)).format == "gif"
