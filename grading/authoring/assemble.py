"""From a lesson to the notebook that nbgrader, GitHub and Colab read."""

import hashlib
import json
import re
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.authoring.checks import PREFIX
from grading.authoring.hints import folded_hints
from grading.authoring.lesson import Lesson
from grading.authoring.source import Cell, Problem, RefusedError

METADATA: dict[str, Any] = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
# What Colab reads of the kind of machine that a notebook wants.
GPU: dict[str, Any] = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
COLAB = "https://colab.research.google.com/github"
INSTALL = """\
# Colab does not have the course's library yet. Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q "git+{address}\""""
WHERE = """\
# @title Where am I?
from vaelib.checks import where_am_i

where_am_i(
    points={points},
    by_hand={by_hand},
)"""


def notebook(lesson: Lesson, address: str) -> NotebookNode:
    """Makes the solution notebook, without outputs.

    The same lesson gives the same bytes: a cell's id is its name, or else a hash of its text.

    Args:
        lesson: what `grading.authoring.lesson.read` gave.
        address: the repository on GitHub, such as 'https://github.com/owner/name'.

    Returns:
        A notebook in format 4.5.

    Raises:
        RefusedError: the address is not one of GitHub.
    """
    built = [_nbcell(cell, lesson) for cell in lesson.cells]
    built[0].source = _with_badge(built[0].source, lesson.name, address)
    install = new_code_cell(INSTALL.format(address=address))
    built = [built[0], install, *built[1:], _where_am_i(lesson)]
    named = [_cell_id(cell) for cell in lesson.cells]
    _set_ids(built, [named[0], "install_on_colab", *named[1:], "where_am_i"])
    return normalised(new_notebook(cells=built, metadata=GPU if _trains_much(built) else {}))


def normalised(nb: NotebookNode) -> NotebookNode:
    """Gives a notebook the metadata of the course's notebooks, and numbers its code cells.

    Whether it asks for a GPU stays as it is.
    """
    asked = {key: nb.metadata[key] for key in GPU if key in nb.metadata}
    nb.metadata = nbformat.from_dict(METADATA | asked)
    nb.nbformat, nb.nbformat_minor = 4, 5
    count = 0
    for cell in nb.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code" and cell.execution_count is not None:
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
    return nb


def places(nb: NotebookNode, lesson: Lesson) -> dict[str, tuple[int, str]]:
    """Says where a built notebook's cells come from: dict from cell id to (line, file).

    The file is '' for the lesson itself. The cells that no lesson has, the second and the last,
    count as part of those before them.
    """
    first, *others = map(lesson.place, lesson.cells)
    known = [first, first, *others, others[-1]]
    return dict(zip([cell.id for cell in nb.cells], known, strict=True))


def _nbcell(cell: Cell, lesson: Lesson) -> NotebookNode:
    new = new_code_cell if cell.type == "code" else new_markdown_cell
    metadata: dict[str, Any] = {}
    if cell.kind in ("exercise", "check", "answer"):
        metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": _cell_id(cell),
            "grade": cell.kind != "exercise",
            "solution": cell.kind != "check",
            "locked": cell.kind == "check",
            "task": False,
        }
        if cell.kind != "exercise":
            metadata["nbgrader"]["points"] = cell.points
    if cell.kind == "check":
        metadata |= _folded(lesson.title(cell))
    if "alt" in cell.header:
        metadata["mystnb"] = {"image": {"alt": cell.header["alt"]}}
    if cell.kind == "compare":
        metadata["tags"] = ["nbval-check-output"]
    source = folded_hints(cell) if cell.kind == "hints" else lesson.code_of(cell)
    made: NotebookNode = new(source, metadata=metadata)
    return made


def _folded(title: str) -> dict[str, Any]:
    """The metadata by which JupyterLab, Colab and the site show one line of a cell's code.

    VS Code knows none; there the line is the first of the cell.
    """
    return {
        "jupyter": {"source_hidden": True},
        "cellView": "form",
        "tags": ["hide-input"],
        "mystnb": {"code_prompt_show": title, "code_prompt_hide": title},
    }


def _where_am_i(lesson: Lesson) -> NotebookNode:
    """The last cell, which tells what has passed since the kernel started."""
    points, by_hand = (
        json.dumps({cell.name: cell.points for cell in lesson.cells if cell.kind == kind})
        for kind in ("check", "answer")
    )
    source = WHERE.format(points=points, by_hand=by_hand)
    made: NotebookNode = new_code_cell(source, metadata=_folded("Where am I?"))
    return made


def _cell_id(cell: Cell) -> str | None:
    prefixes = {"exercise": "", "answer": "", "check": PREFIX}
    prefixes |= {kind: f"{kind}_" for kind in ("hints", "predict")}
    return f"{prefixes[cell.kind]}{cell.name}" if cell.kind in prefixes else None


def _set_ids(cells: list[NotebookNode], names: list[str | None]) -> None:
    taken = set(names)
    for cell, name in zip(cells, names, strict=True):
        if name is None:
            text = f"{cell.cell_type}\n{cell.source}"
            base = name = hashlib.sha256(text.encode()).hexdigest()[:12]
            twin = 1
            while name in taken:
                twin += 1
                name = f"{base}-{twin}"
            taken.add(name)
        cell.id = name


def _trains_much(cells: list[NotebookNode]) -> bool:
    """Whether more than one model is trained; for a single one a GPU is not worth asking for.

    A function that trains is there to be called more than once.
    """
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    return code.count(".fit(") > 1 or " return model.fit(" in code


def _with_badge(source: str, name: str, address: str) -> str:
    title, _, rest = source.partition("\n")
    repository = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(\.git)?/?", address)
    if repository is None:
        message = f"the Repository {address!r} is not https://github.com/OWNER/NAME"
        raise RefusedError([Problem(1, message, "pyproject.toml")])
    link = f"{COLAB}/{repository[1]}/blob/main/course/{name}/{name}.ipynb"
    badge = f"[![Open in Colab]({BADGE})]({link})"
    return "\n\n".join(part for part in (title, badge, rest.strip("\n")) if part)
