"""Creatures are drawn with known attributes, found where they are, and split by creature."""

import shutil
import time

import numpy as np
import pytest
from PIL import Image

from vaelib.data import creatures
from vaelib.data.creatures import load_creatures, warm_and_cold
from vaelib.data.synthetic.creatures import LOOKS, WORDS, synthetic_creatures

TYPES = list(LOOKS)


@pytest.fixture(autouse=True)
def not_graded(monkeypatch, tmp_path):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def drawn():
    return synthetic_creatures(720, 32, seed=3)


# Drawn


def test_shapes_types_and_range():
    got = synthetic_creatures(23, 16, seed=0)
    assert got.images.shape == (23, 16, 16, 3)
    assert got.images.dtype == np.float32
    assert got.images.min() >= 0
    assert got.images.max() <= 1
    assert got.types.shape == (23, 18)
    assert got.types.dtype == bool
    assert all(values.shape == (23,) for values in got.attributes.values())


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not(drawn):
    again, other = synthetic_creatures(720, 32, seed=3), synthetic_creatures(720, 32, seed=4)
    assert again.images.tobytes() == drawn.images.tobytes()
    assert all(np.array_equal(again.attributes[k], v) for k, v in drawn.attributes.items())
    assert not np.array_equal(other.types, drawn.types)


def test_another_size_shows_the_same_creatures(drawn):
    large = synthetic_creatures(720, 64, seed=3)
    np.testing.assert_array_equal(large.types, drawn.types)
    smaller = large.images.reshape(720, 32, 2, 32, 2, 3).mean(axis=(2, 4))
    assert np.abs(smaller - drawn.images).mean() < 0.01


def test_two_thousand_take_twenty_processor_seconds_at_most():
    started = time.process_time()
    synthetic_creatures(400, 64, seed=0)
    assert time.process_time() - started < 4


def test_creatures_stay_within_the_picture(drawn):
    edge = np.concatenate(
        [drawn.images[:, [0, -1]].reshape(720, -1), drawn.images[:, :, [0, -1]].reshape(720, -1)], 1
    )
    assert (edge < 0.9).mean() < 0.005


def test_every_type_is_the_first_of_as_many_and_four_in_ten_have_two(drawn):
    first, second = drawn.attributes["first"], drawn.attributes["second"]
    np.testing.assert_array_equal(np.bincount(first), np.full(18, 40))
    expected = np.zeros((720, 18), bool)
    for i in range(720):
        expected[i, [first[i], second[i]]] = True
    np.testing.assert_array_equal(drawn.types, expected)
    assert 0.33 < (drawn.types.sum(axis=1) == 2).mean() < 0.47  # 4 standard errors


def test_every_type_has_a_look_of_its_own():
    looks = [(look.plans, look.eyes, look.ears, look.tail, look.sign) for look in LOOKS.values()]
    assert len(set(looks)) == 18
    colours = [look.main for look in LOOKS.values()]
    assert len(set(colours)) == 18


def test_types_can_be_told_by_their_mean_picture(drawn):
    """Nearest mean of one half, on the other: chance is 1 in 18."""
    first, images = drawn.attributes["first"], drawn.images.reshape(720, -1)
    means = np.stack([images[:360][first[:360] == t].mean(0) for t in range(18)])
    squares = ((images[360:, None] - means) ** 2).sum(-1)
    assert (squares.argmin(1) == first[360:]).mean() > 0.6


def test_what_a_type_brings_is_among_the_attributes(drawn):
    flying, fire = TYPES.index("flying"), TYPES.index("fire")
    assert (drawn.attributes["wings"][drawn.types[:, flying]] != "").all()
    assert (drawn.attributes["sign"][drawn.attributes["second"] == fire] == "flame").all()
    for name in WORDS:
        assert len(set(drawn.attributes[name])) > 1, name


def test_creatures_face_where_the_attribute_says(drawn):
    """The tail of a runner is on the other side: its side of the picture holds the head's eyes."""
    runners = drawn.attributes["plan"] == "runner"
    facing = drawn.attributes["facing"][runners]
    white = (drawn.images[runners].min(-1) > 0.97)[:, 4:14]  # the background around the ears
    left, right = white[:, :, :16].mean((1, 2)), white[:, :, 16:].mean((1, 2))
    assert (np.sign(left - right) == facing).mean() > 0.97


@pytest.mark.parametrize(("n", "size"), [(0, 32), (3.0, 32), (True, 32), (5, 8)])
def test_a_number_or_a_size_that_cannot_be_is_refused(n, size):
    with pytest.raises(ValueError, match="must be an integer of at least"):
        synthetic_creatures(n, size, seed=0)


# Loaded


def store(folder, n=30, kinds=("fire", "water")):
    """n creatures, every third of which stands under both types."""
    rng = np.random.default_rng(0)
    for i in range(n):
        picture = Image.fromarray(rng.integers(0, 256, (12, 9, 3), np.uint8))
        for kind in kinds if i % 3 == 0 else kinds[i % 2 :][:1]:
            (folder / kind).mkdir(parents=True, exist_ok=True)
            picture.save(folder / kind / f"creature-{i}.png")
    return folder


def test_pictures_of_one_folder_can_count_as_warm_and_cold(tmp_path):
    (tmp_path / "mine").mkdir()
    reds = dict(zip("abcdefghij", (0, 250, 130, 90, 200, 120, 140, 30, 160, 110), strict=True))
    for name, red in reds.items():  # the less red, the more blue; green says nothing
        colour = (red, 17 * red % 256, 255 - red)
        Image.new("RGB", (16, 16), colour).save(tmp_path / "mine" / f"{name}.png")
    loaded = load_creatures(16, tmp_path / "mine")
    assert loaded.type_names == ()
    found = warm_and_cold(loaded)
    assert found.type_names == ("warm", "cold")
    for names, types in (
        (found.names_train, found.types_train),
        (found.names_test, found.types_test),
    ):
        np.testing.assert_array_equal(types[:, 0], [name in "becgi" for name in names])
        np.testing.assert_array_equal(types[:, 1], ~types[:, 0])
    np.testing.assert_array_equal(found.x_train, loaded.x_train)


def test_pictures_without_a_type_are_counted(tmp_path, capsys):
    store(tmp_path / "mine")
    for name in ("lonely", "lost"):
        Image.new("RGB", (16, 16), "red").save(tmp_path / "mine" / f"{name}.png")
    load_creatures(16, tmp_path / "mine")
    assert "2 pictures stand in no sub-folder, so they have no type." in capsys.readouterr().out


def test_a_folder_without_creatures_is_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(creatures, "SYNTHETIC", 40)
    monkeypatch.setenv("VAELIB_DATA", str(tmp_path / "mistyped"))
    monkeypatch.delenv("VAELIB_CREATURES", raising=False)
    assert load_creatures(16).source == "synthetic"
    line = (
        f"Creatures: there is no pokemon.zip in the folder VAELIB_DATA names ({tmp_path}/mistyped)."
    )
    assert line in capsys.readouterr().out


def test_grey_pictures_still_make_two_types(tmp_path):
    (tmp_path / "mine").mkdir()
    for i in range(20):
        Image.new("L", (16, 16), 10 * i).save(tmp_path / "mine" / f"{i}.png")
    assert warm_and_cold(load_creatures(16, tmp_path / "mine")).types_train.any(axis=0).all()


def test_a_path_given_by_hand_is_split_by_creature(tmp_path, capsys):
    found = load_creatures(16, store(tmp_path / "mine"))
    assert found.source == "path"
    assert found.type_names == ("fire", "water")
    assert (len(found.x_train), len(found.x_test)) == (27, 3)
    assert not set(found.names_train) & set(found.names_test)
    assert found.types_train.sum() + found.types_test.sum() == 40
    assert found.x_train.dtype == np.float32
    assert found.x_train.shape[1:] == (16, 16, 3)
    assert 0 <= found.x_train.min() <= found.x_train.max() <= 1
    out = capsys.readouterr().out
    assert out.startswith("Creatures: 27 training and 3 test pictures of 2 types, from ")


def test_pictures_of_one_creature_never_stand_on_both_sides(tmp_path, capsys):
    folder = tmp_path / "mine"
    for kind in ("fire", "water", "grass"):
        for i in range(40):
            colour = (5 * i, 80, 40 * len(kind))
            (folder / kind).mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), colour).save(folder / kind / f"creature-{i}.png")
    found = load_creatures(16, folder)
    assert len(found.x_train) + len(found.x_test) > 40
    assert not set(found.names_train) & set(found.names_test)
    assert len(set(found.names_test)) == 4
    further = len(found.x_train) + len(found.x_test) - 40
    assert (
        f"{further} pictures have the file name of another one, so they show one creature."
        in capsys.readouterr().out
    )


def test_the_split_stays_when_creatures_are_added(tmp_path):
    before = load_creatures(16, store(tmp_path / "a", 60))
    after = load_creatures(16, store(tmp_path / "b", 62))
    assert len(set(before.names_test) & set(after.names_test)) >= 5


@pytest.mark.parametrize("name", ["pokemon", "pokemon.zip"])
def test_what_lies_in_the_data_folder_is_used(tmp_path, monkeypatch, name):
    folder = store(tmp_path / "pokemon")
    if name == "pokemon.zip":
        shutil.make_archive(str(tmp_path / "pokemon"), "zip", folder)
        shutil.rmtree(folder)
    monkeypatch.setenv("VAELIB_DATA", str(tmp_path))
    found = load_creatures(16)
    assert found.source == "VAELIB_DATA"
    assert len(found.x_train) == 27


def test_a_damaged_zip_in_the_data_folder_is_named_and_creatures_are_drawn(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "pokemon.zip").write_bytes(b"half a downl")
    monkeypatch.setenv("VAELIB_DATA", str(tmp_path))
    monkeypatch.setattr(creatures, "SYNTHETIC", 40)
    found = load_creatures(16)
    assert found.source == "synthetic"
    out = capsys.readouterr().out
    assert "pokemon.zip is no zip, or a damaged one" in out
    assert "36 training and 4 test pictures of 18 types, synthetic." in out


def test_synthetic_creatures_can_be_asked_for(tmp_path, monkeypatch):
    store(tmp_path / "pokemon")
    monkeypatch.setenv("VAELIB_DATA", str(tmp_path))
    monkeypatch.setenv("VAELIB_CREATURES", "synthetic")
    monkeypatch.setattr(creatures, "SYNTHETIC", 40)
    found = load_creatures(16)
    assert found.source == "synthetic"
    assert found.type_names == tuple(TYPES)
    expected = synthetic_creatures(40, 16, seed=0).images
    both = np.concatenate([found.x_train, found.x_test])
    assert len(both) == 40
    for image in both:
        assert np.abs(expected - image).max(axis=(1, 2, 3)).min() < 0.003


def test_skipped_files_are_printed_by_name_and_all_are_kept(tmp_path, capsys):
    folder = store(tmp_path / "mine")
    for i in range(7):
        (folder / "fire" / f"bad-{i}.png").write_bytes(b"no picture")
    found = load_creatures(16, folder)
    out = capsys.readouterr().out
    assert "7 files were skipped:\n  fire/bad-0.png: " in out
    assert "and 2 more, which `.skipped` of the result names" in out
    assert len(found.skipped) == 7


def test_under_nbgrader_a_slice_is_returned(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    found = load_creatures(16)
    assert len(found.x_train) <= creatures.GRADING_TRAIN
    assert len(found.x_train) + len(found.x_test) <= 160
    assert found.types_train.any(axis=0).all()


def test_a_size_or_a_path_that_cannot_be_is_named(tmp_path):
    for size in (8, 64.0, "64", None):
        with pytest.raises(ValueError, match=f"whole number from 16 px on, got {size!r}"):
            load_creatures(size)
    for empty in ("", " "):
        with pytest.raises(ValueError, match="is an empty text; name a folder or a zip"):
            load_creatures(32, empty)
    with pytest.raises(ValueError, match="must be a text or a Path, got 3"):
        load_creatures(32, 3)
    with pytest.raises(ValueError, match="there is no folder or zip"):
        load_creatures(32, tmp_path / "nowhere")
    Image.new("RGB", (8, 8)).save(tmp_path / "alone.png")
    with pytest.raises(
        ValueError, match="there is one creature only, alone, which cannot be split"
    ):
        load_creatures(32, tmp_path)
