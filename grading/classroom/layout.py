"""Lays what students handed in out on the disk, under names that every file system takes."""

import contextlib
import filecmp
import itertools
import shutil
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from grading.classroom.download import Member, Owned, why
from grading.submission import MOST_BYTES, ending

LONGEST_NAME = 255  # bytes, as file systems have it
MOST_FOLDERS = 8  # that a notebook keeps around it
MOST_NOTEBOOKS = 100  # of one student
PIECE = 1 << 20  # bytes that are copied at a time
RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{n}{i}" for n in ("COM", "LPT") for i in range(10)}


def hand_ins(
    owned: Iterable[Owned], tell: Callable[[str], None]
) -> tuple[dict[str, list[Owned]], dict[str, str]]:
    """The notebooks of each student's newest hand-in, where several downloads hold one.

    Args:
        owned: the files of all students.
        tell: called with a sentence for each file that gave way to a newer one.

    Returns:
        newest: dict from student to the notebooks, one for each path.
        left_out: dict from the name of each other file to the reason, '' if it is no notebook.
    """
    left_out: dict[str, str] = {}
    found: dict[str, dict[tuple[str, ...], list[Owned]]] = {}
    for one in owned:
        hidden = any(part.startswith(".") for part in one.inside[:-1])
        if one.member.odd or not ending(one.inside[-1]) or hidden or _of_a_mac(one):
            left_out[one.member.name] = one.member.odd
        else:
            found.setdefault(one.student, {}).setdefault(one.wrapper, []).append(one)
    newest = {}
    for student, downloads in found.items():
        last = max(downloads.values(), key=lambda files: max(one.age for one in files))
        kept: dict[tuple[str, ...], Owned] = {}
        for one in sorted(last, key=lambda one: one.age):  # of equals the one that comes later
            kept[one.inside] = one
        newest[student] = list(kept.values())[:MOST_NOTEBOOKS]
        for one in list(kept.values())[MOST_NOTEBOOKS:]:
            left_out[one.member.name] = f"{student} handed in {len(kept):,} notebooks"
        for one in (one for files in downloads.values() for one in files):
            if one is not kept.get(one.inside):
                tell(f"{student} has handed in a newer one than {one.member.name}")
    return newest, left_out


def lay_out(files: list[Owned], place: Path) -> dict[str, str]:
    """Puts a student's notebooks in the place of what was there, if one of them can be read.

    Args:
        files: what the student handed in.
        place: classroom/submitted/STUDENT/NAME.

    Returns:
        A dict from the name of each file that could not be laid out to the reason.
    """
    lost: dict[str, str] = {}
    taken: set[str] = set()
    fresh = place.with_name(f".{place.name}.new")
    if place.parent.is_symlink():
        reason = f"classroom/submitted/{place.parent.name} is a link, and links are not followed"
        return {one.member.name: reason for one in files}
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        for one in files:
            path = fresh / _free(one.inside, taken)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                _copy(one.member, path)
            except Exception as error:  # whatever one file does, the others are collected
                with contextlib.suppress(OSError):
                    path.unlink()
                lost[one.member.name] = why(error)
        if len(lost) < len(files) and not _hold_the_same(fresh, place):
            _remove(place)
            fresh.rename(place)
    except (OSError, RecursionError) as error:
        lost = {one.member.name: why(error) for one in files}
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        with contextlib.suppress(OSError):
            place.parent.rmdir()  # a folder in which there is nothing is nobody's
    return lost


def _of_a_mac(one: Owned) -> bool:
    """Whether a Mac put it beside a file, to hold what it knows of it."""
    return "__MACOSX" in one.inside or one.inside[-1].startswith("._")


def _copy(member: Member, path: Path) -> None:
    """Writes a member into a file, a piece at a time, whatever size it says that it has."""
    left = MOST_BYTES
    with member.open() as source, path.open("xb") as target:
        while piece := source.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise ValueError(f"it has over {MOST_BYTES >> 20} MiB")
            target.write(piece)


def _hold_the_same(fresh: Path, place: Path) -> bool:
    """Whether nothing new came, so that what was noted beside the notebooks stays."""
    if place.is_symlink() or not place.is_dir():
        return False
    new, old = (
        {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
        for folder in (fresh, place)
    )
    both = filecmp.cmpfiles(fresh, place, [str(path) for path in new], shallow=False)
    return new == old - {Path("timestamp.txt")} and len(both[0]) == len(new)


def _remove(place: Path) -> None:
    """Removes what was there before, a link and not what it leads to."""
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def _free(inside: tuple[str, ...], taken: set[str]) -> Path:
    """A path for a file, which no other one has on any file system."""
    *folders, name = inside[-MOST_FOLDERS - 1 :]
    last = ending(name)
    folder = Path(*(_cut(_safe(one) or "folder") for one in folders))
    stem = _safe(name[: len(name) - len(last)]) or "notebook"
    for number in itertools.count(1):
        tail = f" ({number})" * (number > 1) + last
        path = folder / (_cut(stem, LONGEST_NAME - len(tail)) + tail)
        folded = unicodedata.normalize("NFC", path.as_posix().casefold())
        if folded not in taken:
            break
    taken.add(folded)
    return path


def _safe(part: str) -> str:
    """A part of a path that rules no terminal, hides from nobody and means no device."""
    text = part.encode("utf-8", errors="replace").decode()
    text = "".join(c if c.isprintable() else "_" for c in unicodedata.normalize("NFC", text))
    text = text.lstrip(" .-").rstrip(" .")
    return f"_{text}" if text.partition(".")[0].strip().upper() in RESERVED else text


def _cut(text: str, longest: int = LONGEST_NAME) -> str:
    """The text, or what a file system takes of it, with whole characters."""
    return text.encode()[:longest].decode(errors="ignore").rstrip(" .")
