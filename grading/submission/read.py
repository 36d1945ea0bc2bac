"""From the bytes that were handed in to cells, whatever is wrong with the rest; and the limits."""

import itertools
import json
import re
from collections.abc import Collection
from typing import Any

from grading.submission.cells import Given

MOST_BYTES = 100 << 20  # of a submitted notebook
MOST_CELLS = 2_000
MOST_SOURCE = 1 << 20  # characters of one cell
MOST_SOURCES = 4 << 20  # characters of all cells together
MOST_PARTS = 2_000_000  # lists, objects and what they hold; each takes up to 200 bytes of memory
# A text, which may hold anything, or what begins a part.
TEXT_OR_PART = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{,]', re.DOTALL)
OTHERS = {"a PDF": b"%PDF", "a zip": b"PK\x03\x04", "a page": b"<"}
PASTED = re.compile(r"!\[[^\]\n]{0,200}\]\((?:attachment|data):[^)\s]*\)?")


class SubmissionError(Exception):
    """Why there is nothing in a submission that could be graded."""


def pasted(text: str) -> frozenset[str]:
    """The pictures that stand in a text itself, each as it stands there.

    Args:
        text: Markdown.
    """
    return frozenset(PASTED.findall(text))


def read(content: bytes, known: Collection[str] = ()) -> tuple[tuple[Given, ...], tuple[str, ...]]:
    """Reads the cells of a notebook that was handed in, of this format or of that before 2015.

    Args:
        content: bytes of the file.
        known: pictures in texts that are the course's own; see `pasted`.

    Returns:
        given: the cells in their order, none of them matched.
        repairs: what was left out, each a sentence.

    Raises:
        SubmissionError: it is no notebook, or one that is too large.
    """
    cells = [cell for cell in _cells(content) if isinstance(cell, dict)]
    found = [_given(number, cell, known) for number, cell in enumerate(cells)]
    given = tuple(one for one, _ in found)
    size = sum(len(one.source) for one in given)
    if size > MOST_SOURCES:
        raise SubmissionError(f"cells with {size:,} characters of text are too much")
    return given, tuple(repair for _, repairs in found for repair in repairs)


def joined(value: Any) -> str:
    """A text that a notebook holds whole or in lines; '' if it is neither."""
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def text(value: Any) -> str:
    """A text that a notebook holds, with plain line ends and nothing that no file can hold."""
    whole = joined(value).encode("utf-8", errors="replace").decode()  # no lone surrogates
    return whole.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _cells(content: bytes) -> list[Any]:
    if len(content) > MOST_BYTES:
        raise SubmissionError(f"a notebook of {len(content) / 2**20:,.0f} MiB is too large")
    if not content.strip(b"\0 \t\r\n"):
        raise SubmissionError("the file is empty")
    for kind, magic in OTHERS.items():
        if content.startswith(magic):
            raise SubmissionError(f"the file is no notebook, but {kind}")
    try:
        whole = content.decode(json.detect_encoding(content), errors="replace")
        _demand_few_parts(whole)
        data = json.loads(whole)
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"the file is no notebook: {str(error)[:200]}") from error
    if not isinstance(data, dict):
        raise SubmissionError("the file is no notebook: it holds no object")
    cells = data.get("cells")
    sheets = data.get("worksheets")  # of the format before 2015
    if not isinstance(cells, list) and isinstance(sheets, list):
        sheets = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(cells, list):
        raise SubmissionError("the file is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise SubmissionError(f"{len(cells):,} cells are too many")
    return cells


def _demand_few_parts(whole: str) -> None:
    """Refuses what would take far more memory than its file, before it is parsed."""
    if sum(map(whole.count, "[{,")) > MOST_PARTS:
        parts = (one for one in TEXT_OR_PART.finditer(whole) if one[0] in "[{,")
        if next(itertools.islice(parts, MOST_PARTS, None), None):
            raise SubmissionError(f"a notebook with over {MOST_PARTS:,} values is too large")


def _given(number: int, cell: dict[str, Any], known: Collection[str]) -> tuple[Given, list[str]]:
    """One cell, and what was left out of it."""
    repairs = []
    meta = _dict(cell.get("metadata"))
    graded = _dict(meta.get("nbgrader"))
    keys = (graded.get("grade_id"), cell.get("id"), meta.get("id"))  # the last one by Colab
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = text(cell.get("source", cell.get("input")))
    if kind == "markdown" and pasted(source) - set(known):
        source = PASTED.sub(lambda one: one[0] if one[0] in known else "(picture)", source)
        repairs.append("pictures that were pasted into text were left out")
    if len(source) > MOST_SOURCE:
        repairs.append(f"a cell of {len(source):,} characters was left out")
        source = ""
    outputs = cell.get("outputs")
    given = Given(
        number,
        kind,
        source,
        keys[0] if isinstance(keys[0], str) else "",
        tuple(key for key in keys if isinstance(key, str)),
        tuple(outputs) if isinstance(outputs, list) else (),
    )
    return given, repairs


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
