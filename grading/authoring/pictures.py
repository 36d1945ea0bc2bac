"""Makes a notebook's outputs smaller, so that notebooks with many pictures stay light."""

import base64
import io

from nbformat import NotebookNode
from PIL import Image

from vaelib.explorer import page_of

COLOURS = 256


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
