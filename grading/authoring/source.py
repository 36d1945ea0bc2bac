"""Reads solutions/NN_name.py: the cells, their headers, and the line each one starts on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import jupytext
from nbformat import NotebookNode

HEADER = re.compile(r"^\s*#\s*%%(%*\s.*|\s*)$")
BLANK = ("", "#", '"""', "'''", 'r"""')
KINDS = ("exercise", "hints", "check", "answer", "predict", "compare")

Lines = list[tuple[int, str]]  # the numbers of a file's lines, from 1, and their text


class Problem(NamedTuple):
    """What the build refuses: a line, what is wrong there, and the file, '' for the lesson."""

    line: int
    message: str
    file: str = ""


class RefusedError(Exception):
    """What the build refuses, as a list of `problems`."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Takes what is wrong."""
        self.problems = list(problems)
        super().__init__("\n".join(self.told("line ")))

    def told(self, lesson: str) -> list[str]:
        """Says what is wrong, a line for each problem.

        Args:
            lesson: what a problem in the lesson begins with, such as 'solutions/NN_name.py:'.
        """
        return [
            f"{file + ':' if file else lesson}{line}: {message}"
            for line, message, file in self.problems
        ]


@dataclass
class Cell:
    """One cell of a source.

    `line` is the line of its header, `first` the line of the first line of its text, both from 1.
    `header` holds what the header says, such as `{"check": "kl_divergence", "points": 2}`.
    """

    type: str
    source: str
    line: int
    first: int
    header: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """One of `KINDS`, or '' for an ordinary cell."""
        return next((kind for kind in KINDS if kind in self.header), "")

    @property
    def name(self) -> Any:
        """The name that the header gives, or ''."""
        return self.header.get(self.kind, "")

    @property
    def points(self) -> int:
        """The points that the header gives, or 0."""
        points = self.header.get("points", 0)
        return points if type(points) is int else 0

    @property
    def lines(self) -> Lines:
        """Pairs (line in the file, text) over the cell's text."""
        return list(enumerate(self.source.split("\n"), start=self.first))


def sources(root: Path) -> list[Path]:
    """Lists the sources of a course, solutions/NN_name.py, in order."""
    return sorted(Path(root, "solutions").glob("[0-9][0-9]_*.py"))


def chosen(root: Path, names: list[str]) -> list[Path]:
    """Lists the sources with these names; all of them where no name is given.

    Raises:
        RefusedError: there is no such source.
    """
    found = {path.stem: path for path in sources(root)}
    unknown = [name for name in names if name not in found]
    if unknown or not found:
        there = ", ".join(found) or "no source at all"
        message = f"no source {', '.join(unknown)} in solutions/; there is {there}"
        raise RefusedError([Problem(1, message)])
    return [found[name] for name in names] or list(found.values())


def parse(text: str) -> list[Cell]:
    """Reads a source in jupytext's percent format.

    Args:
        text: the content of the file.

    Returns:
        A list of `Cell`.

    Raises:
        RefusedError: the cells that jupytext finds are not those that the headers announce.
    """
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines, start=1) if HEADER.match(line)]
    if not starts or "".join(lines[: starts[0] - 1]).strip():
        raise RefusedError([Problem(1, "a source begins with a cell header, '# %% [markdown]'")])
    found = jupytext.reads(text, fmt="py:percent").cells
    if len(found) != len(starts):
        message = f"{len(starts)} lines look like cell headers, jupytext reads {len(found)} cells"
        hint = "is there a '# %%' inside a string or a fenced block?"
        raise RefusedError([Problem(1, f"{message}; {hint}")])
    ends = [*starts[1:], len(lines) + 1]
    return [
        _cell(cell, lines, start, end) for cell, start, end in zip(found, starts, ends, strict=True)
    ]


def _cell(cell: NotebookNode, lines: list[str], start: int, end: int) -> Cell:
    header = dict(cell.metadata)
    for key in ("lines_to_next_cell", "cell_marker"):
        header.pop(key, None)
    if header.get("title") == "compare":
        del header["title"]
        header["compare"] = "compare"
    body = range(start + 1, end)
    first = next((n for n in body if lines[n - 1].strip() not in BLANK), start)
    return Cell(cell.cell_type, cell.source.strip("\n"), start, first, header)


def is_sentence(words: object) -> bool:
    """Whether the words for a picture are one line that ends as a sentence does.

    Args:
        words: of a header's `alt`, or in a text.
    """
    return isinstance(words, str) and len(words.split()) > 2 and words.rstrip().endswith(".")
