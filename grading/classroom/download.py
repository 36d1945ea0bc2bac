"""What lies in a bulk download of Canvas or Moodle: its files, and how their names are read.

A platform makes the first component of a path, and its student all that follows. So a student's
id is read from there alone, and whatever else a name says is data.
"""

import contextlib
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO

CANVAS, MOODLE = "canvas", "moodle"
PLATFORMS = (CANVAS, MOODLE)
MOST_WRAPPERS = 8  # folders around a download

ID = "[0-9]{1,20}"
# Both platforms take care that nothing like the numbers stands in the name before them.
FILES = {
    CANVAS: [
        rf"anon_(?P<late>LATE_)?(?P<student>[A-Za-z0-9]{{5}})_(?P<number>{ID})_(?P<inside>.+)",
        rf".*?_(?P<late>LATE_)?(?P<student>{ID})_(?:question_[0-9]+_)?(?P<number>{ID})_(?P<inside>.+)",
    ],
    MOODLE: [rf".*?_(?P<student>{ID})_assignsubmission_(?:file_?|[a-z]+_)(?P<inside>.+)"],
}
FOLDERS = {CANVAS: [], MOODLE: [rf".*_(?P<student>{ID})_assignsubmission_[a-z]+_?"]}


class LmsError(Exception):
    """Why a download or a CSV file is of no use."""


@dataclass(frozen=True)
class Member:
    """A file of a download.

    Attributes:
        name: its path, as it stands in the download.
        open: opens it to be read; raises whatever is wrong with it.
        when: it was last changed; a later time is a larger tuple.
        odd: why it is not to be opened, or ''.
    """

    name: str
    open: Callable[[], IO[bytes]]
    when: tuple[int, ...] = ()
    odd: str = ""


@dataclass(frozen=True)
class Owned:
    """A file whose owner is known.

    Attributes:
        member: the file.
        wrapper: the folders around the download that it came with.
        student: the id.
        inside: the path that the student gave it, in parts.
        number: the platform's number of the file, larger for a newer one; 0 if it gives none.
        late: whether the platform calls it late.
    """

    member: Member
    wrapper: tuple[str, ...]
    student: str
    inside: tuple[str, ...]
    number: int = 0
    late: bool = False

    @property
    def age(self) -> tuple[int, tuple[int, ...]]:
        """What is larger for a newer file."""
        return self.number, self.member.when


def why(error: Exception) -> str:
    """What is wrong with a file, in words without a path of this machine."""
    said = error.strerror if isinstance(error, OSError) else str(error)
    return said or type(error).__name__


@contextlib.contextmanager
def opened(download: Path) -> Iterator[list[Member]]:
    """The files of a download while it is open, links, pipes and devices marked as odd.

    Args:
        download: the zip, or a folder that it was unpacked to.

    Raises:
        LmsError: there is none, or it is no zip.
    """
    if download.is_dir():
        yield sorted(_in_folder(download), key=lambda one: one.name)
        return
    try:
        archive = zipfile.ZipFile(download)
    except FileNotFoundError as error:
        raise LmsError(f"there is no {download}") from error
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise LmsError(f"{download} is no zip that can be read: {error}") from error
    with archive:
        yield [_in_zip(archive, info) for info in archive.infolist() if not info.is_dir()]


def owners(
    members: Iterable[Member], platform: str | None = None
) -> tuple[list[Owned], list[Member]]:
    """Reads whose each file is.

    Args:
        members: the files of a download.
        platform: one of `PLATFORMS`, or None to take the one that named all of them.

    Returns:
        owned: the files that the platform gave a student's name.
        others: the others, marked as odd where it is not plain why.

    Raises:
        LmsError: no file is named by a platform, or some by one and some by another.
    """
    allowed = (platform,) if platform else PLATFORMS
    named, others = _first_components(members, allowed)
    platform = platform or _platform([(m, _platforms(parts, allowed)) for m, _, parts in named])
    owned = []
    for member, wrapper, parts in named:
        found = _match(parts, platform)
        if found is None:
            others.append(member)
            continue
        said = found.groupdict()
        own = (said["inside"],) if said.get("inside") else parts[1:]
        number, late = int(said.get("number") or 0), bool(said.get("late"))
        owned.append(Owned(member, wrapper, said["student"], own, number, late))
    if not owned:
        raise LmsError(
            "this does not look like a bulk download. Canvas names files like "
            "lastfirst_123_456_x.ipynb, Moodle like name_123_assignsubmission_file_/x.ipynb"
        )
    return owned, others


Named = tuple[Member, tuple[str, ...], tuple[str, ...]]  # what is around it, and its own path


def _first_components(
    members: Iterable[Member], allowed: Iterable[str]
) -> tuple[list[Named], list[Member]]:
    """Files beside which a platform's names stand, and all others.

    Folders around a download are taken off. Where one name is a platform's, nothing around is
    taken off any more: there a folder that is called otherwise is nobody's.
    """
    named: list[Named] = []
    others = []
    level: dict[tuple[str, ...], list[tuple[Member, tuple[str, ...]]]] = {(): []}
    for member in members:
        parts = _parts(member.name)
        if parts:
            level[()].append((member, parts))
        else:
            others.append(replace(member, odd="its path leads out of the download"))
    for _ in range(MOST_WRAPPERS):
        deeper: dict[tuple[str, ...], list[tuple[Member, tuple[str, ...]]]] = {}
        for wrapper, those in level.items():
            if any(_platforms(parts, allowed) for _, parts in those):
                named += [(member, wrapper, parts) for member, parts in those]
                continue
            alone = len({parts[0] for _, parts in those}) == 1
            for member, parts in those:
                if len(parts) == 1 or _hidden(parts[0]):
                    others.append(member)
                elif not alone and _match(parts[:1], CANVAS):
                    reason = "its folder is called like a file of Canvas's, which makes no folders"
                    others.append(replace(member, odd=member.odd or reason))
                else:
                    deeper.setdefault((*wrapper, parts[0]), []).append((member, parts[1:]))
        level = deeper
    others += [member for those in level.values() for member, _ in those]
    return named, others


def _platforms(parts: tuple[str, ...], allowed: Iterable[str]) -> set[str]:
    """The platforms that may have named a file like this."""
    return {one for one in allowed if _match(parts, one)}


def _match(parts: tuple[str, ...], platform: str) -> re.Match[str] | None:
    """What a platform said with the first component of a path."""
    if _hidden(parts[0]):
        return None
    patterns = (FOLDERS if len(parts) > 1 else FILES)[platform]
    found = (re.fullmatch(one, parts[0], re.DOTALL) for one in patterns)
    return next(filter(None, found), None)


def _platform(named: list[tuple[Member, set[str]]]) -> str:
    """The one platform that may have named all files that any of them has named."""
    readings = {frozenset(those): member.name for member, those in named if those}
    if not readings:
        return CANVAS
    common = frozenset.intersection(*readings)
    if len(common) == 1:
        return next(iter(common))
    examples = " and ".join(repr(name) for name in readings.values())
    if common:
        raise LmsError(f"both Canvas and Moodle may have named {examples}; add --platform")
    raise LmsError(
        f"this is a mixture of downloads, since no platform names both {examples}: collect them "
        "one after the other, or add --platform to take the files of one"
    )


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a path inside a download, or () if it leads out of it."""
    name = name.replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    leads_out = name.startswith("/") or ".." in parts or re.match("[A-Za-z]:", name)
    return () if leads_out else parts


def _hidden(part: str) -> bool:
    """Whether a program left it, as a Mac does in zips."""
    return part.startswith(".") or part == "__MACOSX"


def _in_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Member:
    kind = stat.S_IFMT(info.external_attr >> 16)
    odd = "" if kind in (0, stat.S_IFREG) else _named(kind)
    if info.flag_bits & 1:
        odd = "it is encrypted"
    return Member(info.filename, lambda: archive.open(info), info.date_time, odd)


def _in_folder(folder: Path) -> Iterator[Member]:
    """Every file below a folder, without following a link."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            entries = list(os.scandir(here))
        except OSError as error:  # locked, or nested beyond what a path can be
            yield _unread(here.relative_to(folder), f"it cannot be looked through: {why(error)}")
            continue
        for entry in entries:
            path = here / entry.name
            name = path.relative_to(folder)
            try:
                state = entry.stat(follow_symlinks=False)
            except OSError as error:
                yield _unread(name, f"it cannot be looked at: {why(error)}")
                continue
            kind = stat.S_IFMT(state.st_mode)
            if kind == stat.S_IFDIR:
                waiting.append(path)
            elif kind != stat.S_IFREG:
                yield _unread(name, _named(kind))
            elif state.st_nlink > 1:
                yield _unread(name, "it is a hard link: it has another name on this disk, too")
            else:
                yield Member(name.as_posix(), partial(_opened, path), (state.st_mtime_ns,))


def _unread(name: Path, reason: str) -> Member:
    return Member(name.as_posix(), lambda: open(os.devnull, "rb"), odd=reason)


def _opened(path: Path) -> IO[bytes]:
    return open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")


def _named(kind: int) -> str:
    return "it is a link" if kind == stat.S_IFLNK else "it is no plain file"
