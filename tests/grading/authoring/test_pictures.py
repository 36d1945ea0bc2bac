"""Pictures in committed notebooks are light, and look as they did."""

import base64
import io

import nbformat
import numpy as np
from PIL import Image

from grading.authoring.pictures import lightened, pages_taken
from vaelib.explorer import Explorer


def notebook_with(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    png = base64.b64encode(file.getvalue()).decode("ascii")
    output = nbformat.v4.new_output("display_data", {"image/png": png, "text/plain": "<Figure>"})
    text = nbformat.v4.new_output("stream", text="a line")
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[text, output])])


def picture_of(nb):
    png = base64.b64decode(nb.cells[0].outputs[1].data["image/png"])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def test_a_grey_picture_keeps_nearly_every_shade_at_half_the_size():
    grey = np.random.default_rng(0).integers(256, size=(60, 80), dtype="uint8")
    pixels = np.repeat(grey[..., None], 4, axis=-1)
    pixels[..., 3] = 255
    nb = notebook_with(pixels)
    before = len(nb.cells[0].outputs[1].data["image/png"])
    after = lightened(nb)
    assert np.abs(picture_of(after) - pixels[..., :3]).max() <= 2
    assert len(after.cells[0].outputs[1].data["image/png"]) < before / 2


def test_other_outputs_stay_as_they_are():
    nb = lightened(notebook_with(np.zeros((3, 3, 3), "uint8")))
    assert nb.cells[0].outputs[0].text == "a line"
    assert nb.cells[0].outputs[1].data["text/plain"] == "<Figure>"


def test_a_picture_that_would_grow_is_kept():
    nb = notebook_with(np.zeros((1, 1, 3), "uint8"))
    before = nb.cells[0].outputs[1].data["image/png"]
    after = lightened(nb).cells[0].outputs[1].data["image/png"]
    assert len(after) <= len(before)


def test_the_page_of_an_explorer_is_taken_out_and_its_picture_stays():
    shown, said = Explorer('<p title="a & b">ä</p>', (0, 0), b"a PNG")._repr_mimebundle_()
    table = nbformat.v4.new_output("execute_result", {"text/html": "<table></table>"})
    both = [nbformat.v4.new_output("execute_result", shown, metadata=said), table]
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=both)])
    assert pages_taken(nb) == ['<p title="a & b">ä</p>']
    left = [output.data for output in nb.cells[0].outputs]
    assert [output.metadata for output in nb.cells[0].outputs] == [{}, {}]
    assert left == [{key: shown[key] for key in ("text/plain", "image/png")}, table.data]
