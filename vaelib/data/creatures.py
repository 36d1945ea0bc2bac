"""Few, real, colourful: pictures of creatures by type, from files, or synthetic."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vaelib.data.picture_files import Pictures, read_pictures
from vaelib.data.synthetic.creatures import LOOKS, synthetic_creatures
from vaelib.training import under_grading

SYNTHETIC = 2_000
TEST_SHARE = 0.1
GRADING_TRAIN, GRADING_TEST = 128, 32  # under nbgrader, which never grades what was trained
SHOWN = 5  # skipped files that are printed by name


class Creatures(NamedTuple):
    """Pictures of creatures, split so that no creature is on both sides.

    Attributes:
        x_train: float32 (n_train, size, size, 3) in [0, 1].
        types_train: bool (n_train, n_types): a creature may have two types.
        names_train: n_train names.
        x_test: float32 (n_test, size, size, 3).
        types_test: bool (n_test, n_types).
        names_test: n_test names.
        type_names: n_types names; none where pictures stand in no sub-folders.
        source: "path", "VAELIB_DATA" or "synthetic".
        skipped: for each file that was no picture its name, and why.
    """

    x_train: np.ndarray
    types_train: np.ndarray
    names_train: tuple[str, ...]
    x_test: np.ndarray
    types_test: np.ndarray
    names_test: tuple[str, ...]
    type_names: tuple[str, ...]
    source: str
    skipped: tuple[str, ...]


def load_creatures(size: int, path: str | os.PathLike[str] | None = None) -> Creatures:
    """Pictures of creatures as squares on white: from a path, from VAELIB_DATA, or synthetic.

    A folder or a zip has one sub-folder for each type, or none. Without a path, ``pokemon.zip`` and
    then the folder ``pokemon`` are looked for where the environment variable VAELIB_DATA says; one
    that cannot be used is named. If there is neither, or VAELIB_CREATURES is "synthetic", 2,000
    synthetic ones are made. A tenth of the creatures, the same every time, are the test set.
    Under nbgrader a small slice is returned.

    Args:
        size: px along a side, a whole number from 16 on.
        path: a folder or a zip.

    Returns:
        `Creatures`.

    Raises:
        ValueError: a size that is no whole number from 16 on, or a path that
            `vaelib.data.picture_files.read_pictures` refuses, or that has one creature only.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 16:
        raise ValueError(f"load_creatures: size must be a whole number from 16 px on, got {size!r}")
    pictures, source, found = _find(size, path)
    creatures = _split(pictures, source)
    n_train, n_test = len(creatures.x_train), len(creatures.x_test)
    n_types = len(creatures.type_names)
    print(
        f"Creatures: {n_train:,} training and {n_test:,} test pictures of {n_types} types, {found}."
    )
    further = len(pictures.names) - len(set(pictures.names))
    if further:
        print(f"{further} pictures have the file name of another one, so they show one creature.")
    untyped = np.count_nonzero(~pictures.types.any(axis=1))
    if n_types and untyped:
        print(f"{untyped} pictures stand in no sub-folder, so they have no type.")
    if pictures.skipped:
        more = len(pictures.skipped) - SHOWN
        rest = f"\n  and {more} more, which `.skipped` of the result names" if more > 0 else ""
        print(
            f"{len(pictures.skipped)} files were skipped:\n  "
            + "\n  ".join(pictures.skipped[:SHOWN])
            + rest
        )
    return creatures


def warm_and_cold(creatures: Creatures) -> Creatures:
    """Two types for creatures that have none: more red than blue, and the opposite.

    Half of all pictures, those with the greatest mean of red minus blue, are warm.

    Args:
        creatures: `Creatures`, whose types are put aside.

    Returns:
        `Creatures` with the types "warm" and "cold".
    """
    sides = creatures.x_train, creatures.x_test
    warmth = np.concatenate([(x[..., 0] - x[..., 2]).mean(axis=(1, 2)) for x in sides])
    warm = np.argsort(np.argsort(warmth, kind="stable")) >= len(warmth) // 2
    types = np.stack([warm, ~warm], axis=1)
    return creatures._replace(
        types_train=types[: len(creatures.x_train)],
        types_test=types[len(creatures.x_train) :],
        type_names=("warm", "cold"),
    )


def _find(size: int, path: str | os.PathLike[str] | None) -> tuple[Pictures, str, str]:
    """Pictures, the source, and how to say it."""
    if path is not None:
        return read_pictures(path, size), "path", f"from {path}"
    folder = os.environ.get("VAELIB_DATA")
    if folder and os.environ.get("VAELIB_CREATURES") != "synthetic":
        places = [Path(folder).expanduser() / name for name in ("pokemon.zip", "pokemon")]
        there = [place for place in places if place.exists()]
        if not there:
            print(f"Creatures: there is no pokemon.zip in the folder VAELIB_DATA names ({folder}).")
        for candidate in there:
            try:
                pictures = read_pictures(candidate, size)
            except ValueError as error:
                print(f"Creatures: not used: {error}")
            else:
                return pictures, "VAELIB_DATA", f"from {candidate.name} in VAELIB_DATA"
    return _synthetic(size), "synthetic", "synthetic"


def _synthetic(size: int) -> Pictures:
    n = GRADING_TRAIN + GRADING_TEST if under_grading() else SYNTHETIC
    made = synthetic_creatures(n, size, seed=0)
    types = tuple(LOOKS)
    names = [f"{types[first]}-{i}" for i, first in enumerate(made.attributes["first"])]
    images = np.round(255 * made.images).astype(np.uint8)
    return Pictures(images, tuple(names), made.types, types, ())


def _split(pictures: Pictures, source: str) -> Creatures:
    """The creatures whose hashed names come first are the test set."""
    hashed = {name: hashlib.blake2b(name.encode()).digest() for name in pictures.names}
    if len(hashed) < 2:
        raise ValueError(
            f"load_creatures: there is one creature only, {pictures.names[0]}, which cannot be "
            "split into training and test. Pictures of one file name are one creature."
        )
    ordered = sorted(hashed, key=hashed.__getitem__)
    chosen = set(ordered[: max(1, round(TEST_SHARE * len(ordered)))])
    testing = np.array([name in chosen for name in pictures.names])
    sides: list[tuple[np.ndarray, np.ndarray, tuple[str, ...]]] = []
    for rows, n in ((~testing, GRADING_TRAIN), (testing, GRADING_TEST)):
        rows = np.flatnonzero(rows)[: n if under_grading() else None]
        images = pictures.images[rows].astype(np.float32) / 255
        names = tuple(pictures.names[i] for i in rows)
        sides.append((images, pictures.types[rows], names))
    train, test = sides
    return Creatures(*train, *test, pictures.type_names, source, pictures.skipped)
