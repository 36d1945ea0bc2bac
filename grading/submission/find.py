"""Where the notebook is in a student's folder."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from grading.submission.read import MOST_BYTES, SubmissionError

ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json")  # some browsers add one to what they download
LONGEST_LIST = 200  # characters of a list of files


def ending(name: str) -> str:
    """How the name of a notebook ends, as it is written there; '' if it is no notebook's."""
    length = next((len(one) for one in ENDINGS if name.lower().endswith(one)), 0)
    return name[len(name) - length :]


def find(folder: Path, name: str) -> tuple[Path, list[str]]:
    """The notebook in a student's folder for an assignment, and what is odd about where it is.

    Links are not followed.

    Args:
        folder: classroom/submitted/STUDENT/NAME.
        name: the assignment.

    Returns:
        path: of the notebook.
        repairs: a list of sentences.

    Raises:
        SubmissionError: no notebook is there, or none that stands out.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise SubmissionError(f"{folder.name} is a link, and links are not followed")
    if folder.parent.name == name:
        raise SubmissionError(
            f"the folder {name} stands where a student's should: STUDENT/{name}/{name}.ipynb"
        )
    if not folder.is_dir():
        found = _listed(_all(folder.parent, f"{name}*.ipynb"), folder.parent)
        raise SubmissionError(f"no folder {folder.name}; found {found}")
    there = [p for p in _all(folder, "*") if p.is_file() and not _linked(p, folder)]
    there = [p for p in there if not _hidden(p.relative_to(folder))]
    notebooks = [p for p in there if p.suffix.lower() == ".ipynb"]
    named = [p for p in notebooks if name.lower() in p.stem.lower()]
    saved = [p for p in there if ending(p.name) and p not in notebooks]
    saved = [p for p in saved if name.lower() in p.name.lower()] or saved
    exact = folder / f"{name}.ipynb"
    close = _one_of_each([exact] if exact in notebooks else named or notebooks or saved)
    if len(close) > 1:
        raise SubmissionError(f"no {name}.ipynb, but several: {_listed(close, folder)}")
    if not close:
        raise SubmissionError(f"no {name}.ipynb; found {_listed(there, folder)}")
    repairs = []
    if close[0] != exact:
        where = _listed(close, folder)
        repairs.append(f"the notebook was called {where}; it was taken for {name}.ipynb")
    others = [p for p in notebooks if p != close[0]]
    if others:
        graded, left = _listed(close, folder), _listed(others, folder)
        repairs.append(f"several notebooks: {graded} was graded, and not {left}")
    return close[0], repairs


def _all(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(folder.rglob(pattern))
    except RecursionError:
        raise SubmissionError("its folders are nested too deeply") from None


def _linked(path: Path, folder: Path) -> bool:
    return any(p.is_symlink() for p in (path, *path.parents) if folder in (p, *p.parents))


def _hidden(path: Path) -> bool:
    """Whether it is a program's own, as .ipynb_checkpoints or what a Mac puts into zips."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _listed(paths: Iterable[Path], folder: Path) -> str:
    names = ", ".join(p.relative_to(folder).as_posix() for p in paths) or "an empty folder"
    names = names.encode("utf-8", errors="replace").decode()
    return names if len(names) <= LONGEST_LIST else f"{names[:LONGEST_LIST]} …"


def _one_of_each(paths: list[Path]) -> list[Path]:
    """Paths without those that hold the same bytes as an earlier one."""
    if len(paths) < 2:
        return paths
    found: dict[tuple[int, str], Path] = {}
    for path in paths:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            told = hashlib.file_digest(file, "sha256").hexdigest() if size <= MOST_BYTES else ""
        found.setdefault((size, told), path)
    return list(found.values())
