"""Pictures among a notebook's outputs: the words that stand for them, and their size."""

import base64
import io

from nbformat import NotebookNode
from PIL import Image

from grading.authoring.lesson import Lesson
from grading.authoring.source import Problem
from vaelib.explorer import page_of

COLOURS = 256
WITHOUT_ALT_YET = {"05_cvae", "06_beta_vae", "07_pokemon_vae"}


def described(nb: NotebookNode, lesson: Lesson) -> list[Problem]:
    """Writes the words of each cell's `alt` beside its pictures, where readers look for them.

    nbconvert's classic page takes them from the output's metadata, and the site from the cell's,
    where `assemble` puts them. JupyterLab and nbconvert's other pages show none.

    Args:
        nb: an executed notebook, changed in place.
        lesson: what it was made of.

    Returns:
        Which cells show a picture without words, or have words without a picture.
    """
    problems: list[Problem] = []
    for cell, source in zip(nb.cells[2:-1], lesson.cells[1:], strict=True):
        shown = [(output, kind) for output in cell.get("outputs", ()) for kind in _kinds(output)]
        alt = source.header.get("alt")
        for output, kind in shown if alt else ():
            output.metadata.setdefault(kind, {})["alt"] = alt
        if alt and not shown:
            problems.append(Problem(source.line, "this cell has an alt, but shows no picture"))
        if shown and not alt and lesson.name not in WITHOUT_ALT_YET:
            message = "this cell shows a picture; say in its header what there is to see"
            problems.append(Problem(source.line, f'{message}: # %% alt="One sentence."'))
    return problems


def _kinds(output: NotebookNode) -> list[str]:
    return [kind for kind in output.get("data", {}) if kind.startswith("image/")]


def pages_taken(nb: NotebookNode) -> list[str]:
    """Takes the pages of latent explorers out of the outputs, where a still picture stands in.

    Args:
        nb: an executed notebook, changed in place.

    Returns:
        The pages, as a list of HTML.
    """
    pages: list[str] = []
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            page = page_of(output)
            if page is not None:
                pages.append(page)
                del output["data"]["text/html"], output["metadata"]["text/html"]
    return pages


def lightened(nb: NotebookNode) -> NotebookNode:
    """Repaints every PNG among the outputs with 256 colours, where that makes it smaller.

    Args:
        nb: an executed notebook, changed in place.

    Returns:
        The notebook.
    """
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data:
                data["image/png"] = min(data["image/png"], _repainted(data["image/png"]), key=len)
    return nb


def _repainted(png: str) -> str:
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    file = io.BytesIO()
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")
