"""Where images come from, and what happens to a damaged file."""

import gzip
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from vaelib import data
from vaelib.data import mnist


@pytest.fixture(autouse=True)
def small_drawings(monkeypatch):
    monkeypatch.setattr(mnist, "SYNTHETIC_TRAIN", 40)
    monkeypatch.setattr(mnist, "SYNTHETIC_TEST", 20)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


def arrays(n_train=30, n_test=10):
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (n_train, 28, 28), dtype=np.uint8),
        "y_train": rng.integers(0, 10, n_train, dtype=np.uint8),
        "x_test": rng.integers(0, 256, (n_test, 28, 28), dtype=np.uint8),
        "y_test": rng.integers(0, 10, n_test, dtype=np.uint8),
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VAELIB_DATA", str(tmp_path))
    return tmp_path


LOADERS = [
    (data.load_mnist, "mnist.npz", "MNIST"),
    (data.load_fashion_mnist, "fashion_mnist.npz", "Fashion-MNIST"),
]


@pytest.mark.parametrize(("load", "file_name", "title"), LOADERS)
def test_the_file_in_the_folder_is_used_and_named(folder, capsys, load, file_name, title):
    original = arrays()
    np.savez_compressed(folder / file_name, **original)
    found = load()
    assert found.source == "VAELIB_DATA"
    assert found.x_train.shape == (30, 28, 28, 1)
    assert found.x_test.shape == (10, 28, 28, 1)
    assert found.x_train.dtype == np.float32
    np.testing.assert_allclose(found.x_train[..., 0], original["x_train"] / 255, rtol=1e-6)
    np.testing.assert_array_equal(found.y_test, original["y_test"])
    line = f"{title}: 30 training and 10 test images, from {file_name} in VAELIB_DATA.\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(("load", "file_name", "title"), LOADERS)
def test_without_file_and_network_images_are_synthetic_and_said_to_be(
    monkeypatch, capsys, load, file_name, title
):
    monkeypatch.delenv("VAELIB_DATA", raising=False)
    found = load()
    assert found.source == "synthetic"
    assert found.x_train.shape == (40, 28, 28, 1)
    assert found.x_test.shape == (20, 28, 28, 1)
    assert found.x_train.min() == 0
    assert found.x_train.max() <= 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert (
        last == f"{title}: 40 training and 20 test images, synthetic, since {title} was not found."
    )


def test_synthetic_training_and_test_images_differ():
    found = data.load_mnist()
    assert not np.array_equal(found.x_train[:20], found.x_test)


def damaged(path, kind):
    """Write a file that is damaged in one way."""
    good = arrays()
    if kind == "half":
        np.savez_compressed(path, **good)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif kind == "flipped":
        np.savez_compressed(path, **good)
        content = bytearray(path.read_bytes())
        content[2_000:2_050] = bytes(50)
        path.write_bytes(content)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "a web page":
        path.write_text("<html>404</html>")
    else:
        good |= {
            "array missing": {"y_test": None},
            "wrong shape": {"x_train": good["x_train"][:, :14]},
            "wrong type": {"x_train": good["x_train"] / 255},
            "labels cut off": {"y_train": good["y_train"][:5]},
            "labels too large": {"y_train": good["y_train"] + np.uint8(10)},
            "no images": {"x_test": good["x_test"][:0], "y_test": good["y_test"][:0]},
        }[kind]
        np.savez(path, **{key: value for key, value in good.items() if value is not None})


KINDS = ["half", "flipped", "empty", "a web page", "array missing", "wrong shape", "wrong type"]
KINDS += ["labels cut off", "labels too large", "no images"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_named_kept_and_not_used(folder, capsys, kind):
    path = folder / "mnist.npz"
    damaged(path, kind)
    content = path.read_bytes()
    assert data.load_mnist().source == "synthetic"
    out = capsys.readouterr().out
    assert f"{path} is damaged, so it is not used: " in out
    assert path.read_bytes() == content


def test_a_folder_without_the_file_is_named(folder, capsys):
    assert data.load_mnist().source == "synthetic"
    assert f"no mnist.npz in the folder VAELIB_DATA names ({folder})" in capsys.readouterr().out


def test_keras_is_asked_before_anything_is_drawn(monkeypatch, capsys):
    monkeypatch.delenv("VAELIB_DATA", raising=False)
    a = arrays()
    halves = (a["x_train"], a["y_train"]), (a["x_test"], a["y_test"])
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: halves)
    found = data.load_mnist()
    assert found.source == "keras"
    assert "from Keras's cache" in capsys.readouterr().out


def loaded_with_cache(home, load):
    """What a loader prints, and its source, where Keras's folder is `home`.

    In a process of its own, since Keras fixes its folder when it is imported.
    """
    code = (
        "from vaelib import data; data.SYNTHETIC_TRAIN, data.SYNTHETIC_TEST = 40, 20;"
        f"print(data.{load}().source)"
    )
    env = os.environ | {"KERAS_HOME": str(home)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


@pytest.mark.process
def test_a_damaged_cache_of_keras_is_named_and_not_used(tmp_path):
    cache = tmp_path / "datasets" / "fashion-mnist"
    cache.mkdir(parents=True)
    whole = gzip.compress(bytes(5_000))
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        (cache / f"{name}-ubyte.gz").write_bytes(whole[:-9])
    out = loaded_with_cache(tmp_path, "load_fashion_mnist")
    assert out.endswith("synthetic\n")
    assert f"{cache} is damaged, so it is not used: " in out


@pytest.mark.process
def test_a_damaged_copy_of_mnist_in_keras_cache_is_named_and_not_used(tmp_path):
    """Keras tries to download it anew, which fails without a network."""
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").write_bytes(b"half")
    out = loaded_with_cache(tmp_path, "load_mnist")
    assert out.endswith("synthetic\n")
    assert "mnist.npz is damaged, so it is not used: " in out


def test_under_nbgrader_a_small_slice_is_returned(folder, monkeypatch):
    np.savez_compressed(folder / "mnist.npz", **arrays(n_train=600, n_test=300))
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    found = data.load_mnist()
    assert (len(found.x_train), len(found.y_train)) == (512, 512)
    assert (len(found.x_test), len(found.y_test)) == (256, 256)


GREY = np.full((50, 28, 28, 1), 0.3, dtype=np.float32)


def test_threshold_rounds_half_up():
    got = data.binarize(np.array([0.0, 0.499, 0.5, 1.0]), "threshold", seed=0)
    assert got.tolist() == [0, 0, 1, 1]
    assert got.dtype == np.float32


@pytest.mark.parametrize("mode", ["static", "dynamic"])
def test_draws_are_zeros_and_ones_whose_mean_is_the_image(mode):
    got = data.binarize(GREY, mode, seed=0)
    assert set(np.unique(got)) == {0, 1}
    # 39,200 draws: six standard errors are 0.014.
    assert abs(got.mean() - 0.3) < 0.014
    assert not np.array_equal(got[0], got[1])


def test_static_is_one_draw_for_good_and_dynamic_one_for_every_epoch():
    def same(mode, first, second):
        return np.array_equal(
            data.binarize(GREY, mode, **first), data.binarize(GREY, mode, **second)
        )

    one, two, other = {"seed": 0, "epoch": 1}, {"seed": 0, "epoch": 2}, {"seed": 1, "epoch": 1}
    assert same("static", one, two)
    assert not same("static", one, other)
    assert same("dynamic", one, one)
    assert not same("dynamic", one, two)
    assert not same("dynamic", one, other)


def test_black_stays_black_and_white_stays_white():
    x = np.array([0.0, 1.0])
    for mode in ("threshold", "static", "dynamic"):
        assert data.binarize(x, mode, seed=3).tolist() == [0, 1]


def test_binarize_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="'round'"):
        data.binarize(GREY, "round", seed=0)
    with pytest.raises(ValueError, match="0 to 255"):
        data.binarize(np.array([0, 255]), "static", seed=0)
