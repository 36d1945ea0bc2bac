"""The picture under a notebook's title: a picture of the executed notebook, made small.

`python -m experiments.title_picture 01_autoencoder "The plane"` takes the picture whose words begin
like this and writes solutions/pictures/01_autoencoder.png, which the next build puts into the text.
"""

import argparse
import base64
import io
from pathlib import Path

from PIL import Image, ImageChops

from grading import notebook

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 560  # px
SHADES = 32


def main() -> None:
    """Writes one picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="such as 01_autoencoder")
    parser.add_argument("words", help="with which the picture's alt begins")
    options = parser.parse_args()
    name = options.name
    nb = notebook.read(ROOT / "solutions" / name / f"{name}.ipynb")
    found = [
        output.data["image/png"]
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.get("metadata", {}).get("image/png", {}).get("alt", "").startswith(options.words)
    ]
    if len(found) != 1:
        parser.error(f"{len(found)} pictures of {name} have an alt that begins with these words")
    picture = Image.open(io.BytesIO(base64.b64decode(found[0]))).convert("RGB")
    margin = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    picture = picture.crop(margin)
    picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
    path = ROOT / "solutions" / "pictures" / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    picture.quantize(SHADES, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
