"""What a class is graded against, and who handed in something for it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grading import notebook
from grading.classroom import provenance
from grading.course import course_config
from grading.sandbox.wire import plain


class GradingError(Exception):
    """Why nothing at all could be graded."""


@dataclass(frozen=True)
class Assignment:
    """What the class is graded against.

    Attributes:
        name: such as '01_autoencoder'.
        root: folder of the course.
        config: nbgrader's configuration.
        released: the notebook that students got.
        checks: dict from exercise to the text of its check, hidden part included.
        points: dict from grade id to points, in the order of the notebook.
        files: dict from name to bytes of what comes with the notebook.
        decided_by: what decides a mark here and now; see `grading.classroom.provenance`.
    """

    name: str
    root: Path
    config: Any
    released: NotebookNode
    checks: dict[str, str]
    points: dict[str, float]
    files: dict[str, bytes]
    decided_by: dict[str, str]

    @property
    def submitted(self) -> Path:
        """Where submissions are: a folder for each student."""
        return Path(self.root, self.config.CourseDirectory.submitted_directory)

    @property
    def kept(self) -> Path:
        """Where results are kept as JSON, one file for each student."""
        return self.root / "classroom" / "verdicts" / self.name


def load_assignment(name: str, root: Path, db_url: str | None = None) -> Assignment:
    """Reads what an assignment is.

    Args:
        name: such as '01_autoencoder'.
        root: folder of the course.
        db_url: of the gradebook, if it is not that of the configuration.

    Raises:
        GradingError: there is none of this name, or what its gradebook needs is not installed.
        FileNotFoundError: the folder has no configuration of nbgrader.
    """
    root = Path(root).resolve()
    config = course_config(root)
    if db_url:
        if "+psycopg:" in db_url and find_spec("psycopg") is None:
            raise GradingError("PostgreSQL needs a package: pip install '.[postgresql]'")
        config.CourseDirectory.db_url = db_url
    folder = root / config.CourseDirectory.source_directory / name
    release = root / config.CourseDirectory.release_directory / name / f"{name}.ipynb"
    for path in (folder / f"{name}.ipynb", release):
        if not path.is_file():
            releases = root / config.CourseDirectory.release_directory
            known = ", ".join(sorted(p.parent.name for p in releases.glob("*/*.ipynb")))
            raise GradingError(
                f"there is no assignment {name!r}, since {os.path.relpath(path, root)} is not "
                f"there; there is {known or 'no assignment at all'}"
            )
    solved, released = notebook.read(folder / f"{name}.ipynb"), notebook.read(release)
    checks = {notebook.exercise_of(c): c.source for c in solved.cells if notebook.is_check(c)}
    graded = [cell.metadata.get("nbgrader", {}) for cell in solved.cells]
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }
    return Assignment(
        name,
        root,
        config,
        released,
        checks,
        {one["grade_id"]: one["points"] for one in graded if one.get("grade")},
        files,
        provenance.decided_by(checks, notebook.stamp(released), files),
    )


def students(task: Assignment) -> list[str]:
    """Ids of those who handed in anything for an assignment, in order."""
    return sorted({plain(one.name) for one in _holding(task) if not one.name.startswith(".")})


def strays(task: Assignment) -> list[str]:
    """What lies where no student's folder is, so that nobody gets marks for it.

    Notebooks by themselves, and in folders whose name begins with a point or cannot be printed.
    """
    odd = (one.name for one in _holding(task) if one.name.startswith(".") or _odd(one.name))
    return sorted({*odd, *(path.name for path in task.submitted.glob("*.ipynb"))})


def _holding(task: Assignment) -> Iterator[Path]:
    """Folders in which there is anything for an assignment."""
    for folder in task.submitted.glob("*/"):
        if os.path.lexists(folder / task.name) or _holds(folder, f"{task.name}*.ipynb"):
            yield folder


def _odd(name: str) -> bool:
    return plain(name) != name


def _holds(folder: Path, pattern: str) -> bool:
    """Whether a file of this name is anywhere in a folder, or the folder cannot be looked through.

    A link is not looked through: it may lead to the whole machine.
    """
    try:
        return not folder.is_symlink() and any(folder.rglob(pattern))
    except (OSError, RecursionError):
        return True
