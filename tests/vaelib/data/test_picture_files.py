"""Pictures of every kind are read, what is none is named, and a hostile zip is refused."""

import io
import os
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from vaelib.data import picture_files
from vaelib.data.picture_files import load_image, read_pictures

RED, GREEN, BLUE = (230, 20, 30), (10, 200, 40), (20, 30, 220)


def saved(picture, kind="PNG", **options):
    """The bytes of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def plain(colour=RED, size=(20, 20)):
    return Image.new("RGB", size, colour)


def fill(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


TWO_TYPES = {
    "images/fire/ember.png": saved(plain(RED)),
    "images/fire/kite.png": saved(plain(BLUE)),
    "images/flying/kite.png": saved(plain(BLUE)),
}


# One picture


def test_a_picture_keeps_its_shape_and_is_padded_with_white():
    image = load_image(saved(plain(RED, (40, 20))), 32)
    assert image.shape == (32, 32, 3)
    assert image.dtype == np.float32
    red = np.array(RED) / 255
    np.testing.assert_allclose(image[9:23], np.broadcast_to(red, (14, 32, 3)), atol=0.01)
    np.testing.assert_array_equal(image[:8], 1)
    np.testing.assert_array_equal(image[24:], 1)


def test_a_tall_picture_is_padded_on_both_sides():
    image = load_image(saved(plain(GREEN, (10, 30))), 30)
    np.testing.assert_array_equal(image[:, :10], 1)
    np.testing.assert_array_equal(image[:, 20:], 1)
    np.testing.assert_allclose(image[:, 12:18, 1], 200 / 255, atol=0.01)


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (300, 2), (7, 5), (1000, 900)])
def test_every_size_is_read(size):
    image = load_image(saved(plain(RED, size)), 16)
    assert image.shape == (16, 16, 3)
    assert image[8, 8, 0] > 0.85


def clear_half():
    """Left half clear over black, right half full red."""
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:, 10:] = (*RED, 255)
    return Image.fromarray(pixels)


@pytest.mark.parametrize(
    "content",
    [
        saved(clear_half()),
        saved(clear_half().convert("RGBA").quantize(8)),
        saved(clear_half(), "WEBP", lossless=True),
        saved(clear_half(), "TIFF"),
        saved(clear_half(), "GIF"),
    ],
    ids=["png", "palette", "webp", "tiff", "gif"],
)
def test_what_is_clear_becomes_white(content):
    image = load_image(content, 20)
    np.testing.assert_allclose(image[:, :8], 1, atol=0.01)
    np.testing.assert_allclose(
        image[:, 12:], np.broadcast_to(np.array(RED) / 255, (20, 8, 3)), atol=0.03
    )


def test_half_clear_is_half_white():
    image = load_image(saved(Image.new("RGBA", (8, 8), (0, 0, 0, 51))), 8)
    np.testing.assert_allclose(image, 0.8, atol=0.01)


@pytest.mark.parametrize(
    ("picture", "kind", "expected"),
    [
        (Image.new("L", (9, 9), 51), "PNG", 0.2),
        (Image.new("LA", (9, 9), (51, 255)), "PNG", 0.2),
        (Image.new("1", (9, 9), 0), "PNG", 0.0),
        (Image.new("P", (9, 9), 0), "PNG", 0.0),
        (Image.fromarray(np.full((9, 9), 13107, np.uint16)), "PNG", 0.2),
        (Image.new("CMYK", (9, 9), (0, 0, 0, 204)), "TIFF", 0.2),
        (Image.new("CMYK", (9, 9), (0, 0, 0, 204)), "JPEG", 0.2),
        (Image.new("YCbCr", (9, 9), (51, 128, 128)), "JPEG", 0.2),
    ],
    ids=["grey", "grey with alpha", "bits", "palette", "16 bits", "CMYK", "CMYK JPEG", "YCbCr"],
)
def test_every_mode_becomes_rgb(picture, kind, expected):
    image = load_image(saved(picture, kind), 9)
    assert image.shape == (9, 9, 3)
    np.testing.assert_allclose(image, expected, atol=0.012)


def test_a_turned_photograph_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the top is at the right
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, :4] = 255
    image = load_image(saved(Image.fromarray(pixels), exif=exif), 8)
    np.testing.assert_array_equal(image[:4], 1)
    np.testing.assert_array_equal(image[4:], 0)


def test_of_an_animation_the_first_frame_is_taken():
    frames = [plain(RED), plain(BLUE)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(load_image(content, 20)[10, 10], np.array(RED) / 255, atol=0.03)


def test_a_path_is_read_as_its_bytes_are(tmp_path):
    content = saved(clear_half())
    (tmp_path / "a.png").write_bytes(content)
    np.testing.assert_array_equal(load_image(tmp_path / "a.png", 24), load_image(content, 24))


@pytest.mark.parametrize("content", [b"", b"no picture", saved(plain())[:60], b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_named(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.png is no picture that can be read"):
        load_image(path, 16)
    with pytest.raises(ValueError, match="image bytes is no picture that can be read") as raised:
        load_image(content, 16)
    assert "BytesIO" not in str(raised.value)


@pytest.mark.parametrize(
    ("side", "says"), [(8_000, "8000 × 8000 pixels are too"), (30_000, "bomb")]
)
def test_a_picture_that_would_fill_the_memory_is_not_opened(side, says):
    huge = saved(Image.new("1", (side, side)))
    assert len(huge) < 200_000
    with pytest.raises(ValueError, match=says):
        load_image(huge, 16)


# Folders and zips


@pytest.fixture(params=["folder", "zip", "zip from Windows"])
def stored(request, tmp_path):
    """A function that stores files as a folder or as a zip, and gives the path."""

    def store(files):
        if request.param == "folder":
            fill(tmp_path / "pictures", files)
            return tmp_path / "pictures"
        sign = "\\" if request.param == "zip from Windows" else "/"
        renamed = {name.replace("/", sign): content for name, content in files.items()}
        return zipped(tmp_path / "pictures.zip", renamed)

    return store


def test_a_creature_of_two_types_is_one_and_keeps_both(stored):
    found = read_pictures(stored(TWO_TYPES), 16)
    assert found.names == ("ember", "kite")
    assert found.type_names == ("fire", "flying")
    np.testing.assert_array_equal(found.types, [[True, False], [True, True]])
    assert found.images.shape == (2, 16, 16, 3)
    assert found.images.dtype == np.uint8
    assert tuple(found.images[0, 8, 8]) == RED
    assert tuple(found.images[1, 8, 8]) == BLUE
    assert found.skipped == ()


def test_different_pictures_of_one_creature_are_all_kept_under_its_name_with_all_types(stored):
    files = TWO_TYPES | {"images/flying/kite.png": saved(plain(GREEN))}
    found = read_pictures(stored(files), 16)
    assert found.names == ("ember", "kite", "kite")
    np.testing.assert_array_equal(found.types, [[True, False], [True, True], [True, True]])
    assert {tuple(image[8, 8]) for image in found.images} == {RED, BLUE, GREEN}


@pytest.mark.parametrize("prefix", ["", "images/", "images/images/"])
def test_without_sub_folders_there_are_no_types(stored, prefix):
    files = {f"{prefix}{name}.png": saved(plain()) for name in ("a", "b", "c")}
    found = read_pictures(stored(files), 16)
    assert found.names == ("a", "b", "c")
    assert found.type_names == ()
    assert found.types.shape == (3, 0)


def test_a_picture_beside_the_sub_folders_has_no_type(stored):
    found = read_pictures(stored(TWO_TYPES | {"lonely.png": saved(plain(GREEN))}), 16)
    assert found.type_names == ("fire", "flying")
    assert not found.types[found.names.index("lonely")].any()


def test_what_is_no_picture_is_skipped_by_name_and_nothing_else_is_lost(stored):
    junk = {
        "images/pokemon.csv": b"Name,Type1,Type2\n",
        "images/fire/broken.png": saved(plain())[:60],
        "images/fire/empty.jpg": b"",
    }
    leftovers = {"__MACOSX/images/fire/._ember.png": b"x", "images/.DS_Store": b"x"}
    found = read_pictures(stored(TWO_TYPES | junk | leftovers), 16)
    assert found.names == ("ember", "kite")
    assert [line.split(":")[0] for line in found.skipped] == sorted(junk)
    assert all("no picture that can be read" in line for line in found.skipped)


def test_the_second_time_pictures_come_from_the_cache(stored, monkeypatch):
    path = stored(TWO_TYPES | {"notes.txt": b"hello"})
    first = read_pictures(path, 16)
    monkeypatch.setattr(picture_files, "_squared", None)  # reading again would fail
    second = read_pictures(path, 16)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert second.skipped == first.skipped
    assert isinstance(second.names, tuple)


def test_a_change_is_noticed(stored):
    path = stored(TWO_TYPES)
    read_pictures(path, 16)
    path = stored(TWO_TYPES | {"images/fire/new.png": saved(plain(GREEN))})
    os.utime(path, ns=(1, 1))
    assert read_pictures(path, 16).names == ("ember", "kite", "new")
    assert read_pictures(path, 24).images.shape == (3, 24, 24, 3)


def test_a_damaged_cache_is_not_used(stored, own_cache):
    path = stored(TWO_TYPES)
    first = read_pictures(path, 16)
    (cache,) = (own_cache / "vaelib").iterdir()  # nothing else is left there
    cache.write_bytes(cache.read_bytes()[:200])
    np.testing.assert_array_equal(read_pictures(path, 16).images, first.images)


def test_where_nothing_can_be_kept_pictures_are_read_all_the_same(
    stored, tmp_path, monkeypatch, capsys
):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert read_pictures(stored(TWO_TYPES), 16).names == ("ember", "kite")
    assert "could not be kept" in capsys.readouterr().out


def test_eight_hundred_pictures_come_from_the_cache_in_under_a_second(tmp_path):
    rng = np.random.default_rng(0)
    small = {f"{i % 18}/{i}.png": rng.integers(0, 256, (9, 9, 3), np.uint8) for i in range(800)}
    path = zipped(tmp_path / "a.zip", {k: saved(Image.fromarray(v)) for k, v in small.items()})
    read_pictures(path, 64)
    started = time.perf_counter()
    assert len(read_pictures(path, 64).images) == 800
    assert time.perf_counter() - started < 1


# Refused


@pytest.mark.parametrize(
    "name", ["../outside.png", "/etc/outside.png", "a/../../b.png", "..\\b.png", "C:\\b.png"]
)
def test_a_zip_that_would_write_outside_is_refused(tmp_path, name):
    path = zipped(tmp_path / "slip.zip", TWO_TYPES | {name: saved(plain())})
    with pytest.raises(ValueError, match=r"slip\.zip is refused: it tries to write outside"):
        read_pictures(path, 16)
    assert sorted(p.name for p in tmp_path.rglob("*.png")) == []


def test_a_zip_that_unpacks_to_gigabytes_is_refused_at_once(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(12):
            archive.writestr(f"fire/{i}.png", bytes(100 * 1024**2))
    assert path.stat().st_size < 4 * 1024**2
    started = time.process_time()
    with pytest.raises(ValueError, match=r"bomb\.zip is refused: it unpacks to 1\.2 GiB"):
        read_pictures(path, 16)
    assert time.process_time() - started < 1


def test_a_zip_that_lies_about_its_sizes_gives_no_more_than_it_says(tmp_path):
    path = tmp_path / "lie.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fire/ember.png", saved(plain()))
        archive.writestr("fire/lie.png", bytes(10**7))
    content = path.read_bytes()
    path.write_bytes(content.replace((10**7).to_bytes(4, "little"), (100).to_bytes(4, "little")))
    found = read_pictures(path, 16)
    assert found.names == ("ember",)
    assert found.skipped[0].startswith("fire/lie.png: ")


def test_a_file_that_was_damaged_inside_a_zip_is_skipped_by_name(tmp_path):
    path = tmp_path / "hurt.zip"
    noise = np.random.default_rng(0).integers(0, 4, (60, 60, 3), np.uint8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fire/ember.png", saved(plain()))
        archive.writestr("fire/hurt.bmp", saved(Image.fromarray(noise), "BMP"))
    content = bytearray(path.read_bytes())
    start = content.index(b"fire/hurt.bmp") + 13
    content[start : start + 40] = b"\xff" * 40
    path.write_bytes(bytes(content))
    found = read_pictures(path, 16)
    assert found.names == ("ember",)
    assert any(line.startswith("fire/hurt.bmp: ") for line in found.skipped)


def test_a_locked_file_in_a_zip_is_skipped_by_name(tmp_path):
    path = zipped(tmp_path / "locked.zip", TWO_TYPES)
    content = bytearray(path.read_bytes())
    for at in range(len(content)):  # the bit that says "encrypted", in both headers of ember.png
        if content[at : at + 4] == b"PK\x03\x04" and b"ember" in content[at : at + 60]:
            content[at + 6] |= 1
        if content[at : at + 4] == b"PK\x01\x02" and b"ember" in content[at : at + 80]:
            content[at + 8] |= 1
    path.write_bytes(bytes(content))
    found = read_pictures(path, 16)
    assert found.names == ("kite",)
    assert "encrypted" in found.skipped[0]


def test_what_is_no_zip_and_what_is_not_there_are_named(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no zip")
    with pytest.raises(ValueError, match=r"a\.zip is no zip, or a damaged one"):
        read_pictures(tmp_path / "a.zip", 16)
    with pytest.raises(ValueError, match=r"there is no folder or zip .*nowhere"):
        read_pictures(tmp_path / "nowhere", 16)


def test_a_place_without_any_picture_is_named(stored):
    with pytest.raises(
        ValueError, match=r"there is no picture in .*: its 1 files are none, such as "
    ):
        read_pictures(stored({"a/b.txt": b"hello"}), 16)


def test_an_empty_folder_and_a_single_picture_are_told_apart(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"there is no picture in .*: there are no files in it"):
        read_pictures(tmp_path / "empty", 16)
    (tmp_path / "a.png").write_bytes(saved(plain()))
    with pytest.raises(ValueError, match="A folder of pictures will do, too; a single picture"):
        read_pictures(tmp_path / "a.png", 16)
