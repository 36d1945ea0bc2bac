"""Notebooks as files, and what nbgrader calls their cells."""

import hashlib
import json
import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def stamp(nb: NotebookNode) -> str:
    """Hashes what a release's cells say, so that a hand-made edit shows; outputs do not count."""
    cells = [[cell.cell_type, cell.source, cell.metadata.get("nbgrader")] for cell in nb.cells]
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def edited(nb: NotebookNode) -> bool:
    """Says whether the cells of a released notebook are no longer those that were built."""
    return bool(nb.metadata.get("grading", {}).get("cells_sha256") != stamp(nb))


def dumps(nb: NotebookNode) -> str:
    """Writes a notebook as text: sorted keys, one space of indent, a newline at the end."""
    nbformat.validate(nb)
    text: str = nbformat.v4.writes(nb)  # `nbformat.writes` would validate again
    return text.rstrip("\n") + "\n"


def write(nb: NotebookNode, path: Path) -> None:
    """Puts a notebook in its place in one step, so that no half of one is ever there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(dumps(nb), encoding="utf-8", newline="\n")
    os.replace(fresh, path)


def read(path: Path) -> NotebookNode:
    """Reads a notebook in format 4."""
    nb: NotebookNode = nbformat.read(path, as_version=4)
    return nb


def read_whole(path: Path) -> NotebookNode | None:
    """Reads a notebook in format 4, or gives None where there is none that can be read."""
    try:
        return read(path)
    except (FileNotFoundError, nbformat.reader.NotJSONError):
        return None


def exercise_of(cell: NotebookNode) -> str:
    """The exercise that a released cell is, or checks, or ''."""
    return grade_id(cell).removeprefix("check_")


def is_check(cell: NotebookNode) -> bool:
    """Whether a released cell is a check."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("grade") and not meta.get("solution"))


def is_exercise(cell: NotebookNode) -> bool:
    """Whether a released cell is where a student writes a function."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("solution") and not meta.get("grade"))


def is_answer(cell: NotebookNode) -> bool:
    """Whether a released cell is where a student writes words."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("solution") and meta.get("grade"))


def grade_id(cell: NotebookNode) -> str:
    """The name that nbgrader knows a cell by, or ''."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
