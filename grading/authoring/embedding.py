"""Pictures that stand in a lesson's text: `![one sentence](pictures/NAME.png)`.

They lie in solutions/pictures/ and are written into the notebook's cell, so that a notebook that is
opened on its own, as on Colab, shows them.
"""

import base64
import re
from pathlib import Path

from grading.authoring.source import Cell, Problem, RefusedError, is_sentence

SHOWN = re.compile(r"!\[([^\]\n]*)\]\((pictures/[^)\s]+)\)")
LARGEST = 80_000  # bytes: a notebook is read by people, too, and by `git diff`


def pictures_of(cells: list[Cell], folder: Path) -> dict[str, str]:
    """The pictures that a lesson's text shows.

    Args:
        cells: of the lesson.
        folder: solutions/ of the course.

    Returns:
        Dict from the names in the text, such as 'pictures/01_toy.png', to `data:` addresses.

    Raises:
        RefusedError: a picture is not there, is no PNG, is too large, or has no words.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for cell in cells:
        for words, name in SHOWN.findall(cell.source) if cell.type == "markdown" else ():
            path = folder / name
            content = path.read_bytes() if path.is_file() else b""
            if fault := _fault(words, name, content):
                problems.append(Problem(cell.line, fault))
            found[name] = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
    if problems:
        raise RefusedError(problems)
    return found


def embedded(text: str, pictures: dict[str, str]) -> str:
    """A text with its pictures in it.

    Args:
        text: of a cell.
        pictures: see `pictures_of`.
    """
    return SHOWN.sub(lambda one: f"![{one[1]}]({pictures[one[2]]})", text)


def _fault(words: str, name: str, content: bytes) -> str:
    if not content:
        return f"there is no solutions/{name}"
    if not content.startswith(b"\x89PNG"):
        return f"solutions/{name} is no PNG"
    if len(content) > LARGEST:
        return f"solutions/{name} has {len(content):,} bytes; {LARGEST:,} are the most"
    if not is_sentence(words):
        return f"say in a sentence what there is to see: ![One sentence.]({name})"
    return ""
