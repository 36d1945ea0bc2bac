"""Pictures of all kinds from a folder or a zip: read, padded to squares, and kept as arrays."""

from __future__ import annotations

import hashlib
import io
import os
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageOps

MOST_BYTES = 1024**3  # that a zip may unpack to
MOST_PIXELS = 50_000_000  # of one picture
CACHE_FORMAT = "1"  # another number makes older caches invalid

File = tuple[PurePosixPath, Callable[[], bytes]]  # its path inside, and a function that reads it


class Pictures(NamedTuple):
    """The pictures of a folder or a zip.

    Attributes:
        images: uint8 (n, size, size, 3).
        names: n names of creatures; the pictures of one creature have the same.
        types: bool (n, n_types).
        type_names: n_types names, sorted.
        skipped: for each file that is not among them its name, and why.
    """

    images: np.ndarray
    names: tuple[str, ...]
    types: np.ndarray
    type_names: tuple[str, ...]
    skipped: tuple[str, ...]


def load_image(source: str | os.PathLike[str] | bytes, size: int) -> np.ndarray:
    """A picture of any size and mode as a square, padded with white.

    What is transparent becomes white, and of an animation the first frame is taken.

    Args:
        source: a path, or the bytes of a file.
        size: px along a side.

    Returns:
        float32 (size, size, 3), RGB in [0, 1].

    Raises:
        ValueError: a file that is no picture or a damaged one; it is named, bytes as "image bytes".
    """
    return _squared(source, size).astype(np.float32) / 255


def read_pictures(path: str | os.PathLike[str], size: int) -> Pictures:
    """Every picture of a folder or a zip, kept in a cache for the next time.

    A picture's name without its ending is the creature's, and the folder that it stands in is its
    type; where all stand in one folder, there are no types. A creature that stands in several
    folders has all their types, and equal pictures of it become one. What an operating system
    leaves, such as .DS_Store, is left aside.

    Args:
        path: the folder or the zip.
        size: px along a side.

    Returns:
        `Pictures`, ordered by name.

    Raises:
        ValueError: there is no such folder or zip, the zip is damaged, tries to write outside its
            folder or unpacks to more than 1 GiB, or there is no picture in it.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(f"the path of the pictures must be a text or a Path, got {path!r}")
    if not str(path).strip():  # Path("") would be the current folder
        raise ValueError("the path of the pictures is an empty text; name a folder or a zip")
    path = Path(path).expanduser()
    if not path.exists():
        raise ValueError(f"there is no folder or zip {path}")
    cache = _cache_file(path, size)
    state = _state(path)
    pictures = _from_cache(cache, state)
    if pictures is None:
        pictures = _arranged(path, _folder_files(path) if path.is_dir() else _zip_files(path), size)
        _to_cache(cache, state, pictures)
    return pictures


def _squared(source: str | os.PathLike[str] | bytes, size: int) -> np.ndarray:
    """uint8 (size, size, 3)."""
    in_memory = isinstance(source, bytes)
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        with warnings.catch_warnings(), Image.open(file) as opened:
            warnings.simplefilter("ignore")  # of odd palettes and metadata
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(f"{opened.width} × {opened.height} pixels are too many")
            picture = _on_white(ImageOps.exif_transpose(opened))
    except Exception as error:  # Pillow raises nearly every type for damaged files
        name = "image bytes" if in_memory else str(source)
        it = repr(file if in_memory else os.fspath(source))
        reason = str(error).replace(f"image file {it}", "it").replace(it, "it")
        raise ValueError(f"{name} is no picture that can be read: {reason}") from error
    scale = size / max(picture.size)
    fitted = picture.resize([max(1, round(scale * side)) for side in picture.size])
    return np.asarray(ImageOps.pad(fitted, (size, size), color="white"))


def _on_white(picture: Image.Image) -> Image.Image:
    """RGB, whatever it was."""
    if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
        picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
    picture = picture.convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture)
    return white.convert("RGB")


def _arranged(path: Path, files: Iterable[File], size: int) -> Pictures:
    """What `files` yields, one row for each different picture of a creature."""
    found: dict[tuple[str, bytes], set[PurePosixPath]] = {}  # (creature, picture) to folders
    skipped: list[str] = []
    for file, read in files:
        try:
            image = _squared(read(), size)
        except (
            ValueError,
            OSError,
            EOFError,
            RuntimeError,
            zipfile.BadZipFile,
            zlib.error,
        ) as error:
            skipped.append(f"{file}: {str(error).removeprefix('image bytes ')}")
        else:
            found.setdefault((file.stem, image.tobytes()), set()).add(file.parent)
    if not found:
        none = f"its {len(skipped)} files are none" if skipped else "there are no files in it"
        example = f", such as {skipped[0]}" if skipped else ""
        raise ValueError(f"there is no picture in {path}: {none}{example}")
    folders = set.union(*found.values())
    typed = {folder for folder in folders if folder.name} if len(folders) > 1 else set()
    type_names = tuple(sorted({folder.name for folder in typed}))
    of_creature: dict[str, set[str]] = {}
    for (name, _), its in found.items():
        of_creature.setdefault(name, set()).update(folder.name for folder in its & typed)
    rows = sorted(found)
    return Pictures(
        np.stack([np.frombuffer(row[1], np.uint8).reshape(size, size, 3) for row in rows]),
        tuple(name for name, _ in rows),
        np.array(
            [[t in of_creature[name] for t in type_names] for name, _ in rows], np.bool
        ).reshape(len(rows), len(type_names)),
        type_names,
        tuple(skipped),
    )


def _folder_files(path: Path) -> Iterator[File]:
    """The files of a folder, (path inside it, function that reads it)."""
    for file in sorted(path.rglob("*")):
        inside = PurePosixPath(file.relative_to(path).as_posix())
        if file.is_file() and not _leftover(inside):
            yield inside, file.read_bytes


def _zip_files(path: Path) -> Iterator[File]:
    """The files of a zip, likewise. Nothing is ever written, but a hostile zip is refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.filename)
            places = [PurePosixPath(info.filename.replace("\\", "/")) for info in infos]
            for inside in places:
                drive = str(inside)[1:2] == ":"
                if inside.is_absolute() or drive or ".." in inside.parts:
                    raise ValueError(
                        f"{path} is refused: it tries to write outside its folder, to {inside}"
                    )
            if (total := sum(info.file_size for info in infos)) > MOST_BYTES:
                raise ValueError(
                    f"{path} is refused: it unpacks to {total / 1024**3:.1f} GiB, and more than "
                    f"{MOST_BYTES / 1024**3:.0f} GiB are not read from a zip; "
                    "unpack it, look at it, and give the folder"
                )
            for inside, info in zip(places, infos, strict=True):
                if info.filename and not info.is_dir() and not _leftover(inside):
                    yield inside, partial(archive.read, info)
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{path} is no zip, or a damaged one: {error}. "
            "A folder of pictures will do, too; a single picture will not"
        ) from error


def _leftover(inside: PurePosixPath) -> bool:
    """Whether an operating system left this file."""
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in inside.parts)
    return hidden or inside.name.lower() in ("thumbs.db", "desktop.ini")


def _cache_file(path: Path, size: int) -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "vaelib"
    return home / f"pictures-{_digest(str(path.resolve()))}-{size}.npz"


def _state(path: Path) -> str:
    """A text that changes when the folder or the zip does."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    stats = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return _digest(CACHE_FORMAT + repr(stats))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=12).hexdigest()


def _from_cache(cache: Path, state: str) -> Pictures | None:
    """What was kept, or None where there is nothing sound of this state."""
    try:
        with cache.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            if str(file["state"]) != state:
                return None
            names, type_names, skipped = (
                tuple(file[key].tolist()) for key in ("names", "type_names", "skipped")
            )
            return Pictures(file["images"], names, file["types"], type_names, skipped)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None


def _to_cache(cache: Path, state: str, pictures: Pictures) -> None:
    """Keep pictures, at one stroke; a machine without room for it does without."""
    arrays: dict[str, Any] = {key: np.asarray(value) for key, value in pictures._asdict().items()}
    for key in ("type_names", "skipped"):
        arrays[key] = arrays[key].astype(str)  # also where there are none
    part = cache.with_suffix(f".{os.getpid()}.part")
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                np.savez(file, state=state, **arrays)
            part.replace(cache)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        print(f"The pictures could not be kept in {cache.parent}: {error}")
