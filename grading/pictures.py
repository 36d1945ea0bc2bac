"""Makes the pictures in a notebook's outputs smaller, so that notebooks with many stay light."""

import base64
import io

from PIL import Image

COLOURS = 256


def lightened(nb):
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


def _repainted(png):
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    file = io.BytesIO()
    few = picture.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")
