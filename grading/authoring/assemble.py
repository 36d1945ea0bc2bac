"""From the cells of a source to the notebook that nbgrader, GitHub and Colab read."""

import hashlib
import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
# What Colab reads of the kind of machine that a notebook wants.
GPU = {"accelerator": "GPU", "colab": {"gpuType": "T4"}}
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
COLAB = "https://colab.research.google.com/github"
INSTALL = """\
# Colab does not have the course's library yet. Anywhere else this cell does nothing.
import sys

if "google.colab" in sys.modules:
    %pip install -q "git+{address}\""""


def notebook(cells, name, address):
    """Makes the solution notebook, without outputs.

    The same source gives the same bytes: a cell's id is its name, or else a hash of its text.

    Args:
        cells: what `grading.authoring.source.parse` read.
        name: name of the assignment, such as '01_autoencoder'.
        address: the repository on GitHub, such as 'https://github.com/owner/name'.

    Returns:
        A notebook in format 4.5.
    """
    built = [_nbcell(cell) for cell in cells]
    built[0].source = _with_badge(built[0].source, name, address)
    install = new_code_cell(INSTALL.format(address=address))
    built.insert(1, install)
    named = [_cell_id(cell) for cell in cells]
    _set_ids(built, [named[0], "install_on_colab", *named[1:]])
    return normalised(new_notebook(cells=built, metadata=GPU if _trains_much(cells) else {}))


def normalised(nb):
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


def source_lines(nb, cells):
    """Says where a built notebook's cells come from: dict from cell id to line of the source.

    The install cell, which no source has, counts as part of the first.
    """
    return dict(zip([cell.id for cell in nb.cells], _lines(cells), strict=True))


def _lines(cells):
    first, *others = (cell.line for cell in cells)
    return [first, first, *others]


def _nbcell(cell):
    new = new_code_cell if cell.type == "code" else new_markdown_cell
    metadata = {}
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
    if cell.kind == "compare":
        metadata["tags"] = ["nbval-check-output"]
    return new(cell.source, metadata=metadata)


def _cell_id(cell):
    if cell.kind in ("exercise", "answer"):
        return cell.name
    return f"{cell.kind}_{cell.name}" if cell.kind in ("check", "predict") else None


def _set_ids(cells, names):
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


def _trains_much(cells):
    """Whether more than one model is trained; for a single one a GPU is not worth asking for."""
    return sum(cell.source.count(".fit(") for cell in cells if cell.type == "code") > 1


def _with_badge(source, name, address):
    title, _, rest = source.partition("\n")
    repository = re.fullmatch(r"https://github\.com/([^/]+/[^/]+?)(\.git)?/?", address)[1]
    link = f"{COLAB}/{repository}/blob/main/course/{name}/{name}.ipynb"
    badge = f"[![Open in Colab]({BADGE})]({link})"
    return "\n\n".join(part for part in (title, badge, rest.strip("\n")) if part)
