"""Pictures in committed notebooks are light, and look as they did."""

import base64
import dataclasses
import io
import re
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image

from grading.authoring import assemble
from grading.authoring.build import checked
from grading.authoring.pictures import described, lightened, pages_taken
from tests.support.lessons import TOY, course
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


TOLD = TOY.replace('# %%\nprint("double', '# %% alt="A grey square."\nprint("double')


def executed(folder, text, name="01_toy"):
    """A lesson, and its notebook in which the cell with the print shows a picture."""
    lesson = checked(course(folder, text))
    nb = assemble.notebook(lesson, "https://github.com/a/b")
    (cell,) = [one for one in nb.cells if one.source == 'print("double(4) should be 8")']
    cell.outputs = notebook_with(np.zeros((3, 3, 3), "uint8")).cells[0].outputs
    return dataclasses.replace(lesson, name=name), nb, cell


def test_the_words_of_a_picture_are_written_where_readers_look_for_them(tmp_path):
    lesson, nb, cell = executed(tmp_path, TOLD)
    assert described(nb, lesson) == []
    assert cell.outputs[1].metadata == {"image/png": {"alt": "A grey square."}}
    assert cell.metadata == {"mystnb": {"image": {"alt": "A grey square."}}}
    html, _ = HTMLExporter(template_name="classic").from_notebook_node(nb)
    assert 'alt="A grey square."' in html


@pytest.mark.process
def test_the_site_shows_the_words_and_folds_checks_under_their_titles(tmp_path):
    lesson, nb, _ = executed(tmp_path / "course", TOLD)
    described(nb, lesson)
    pages = tmp_path / "pages"
    pages.mkdir()
    nbformat.write(nb, pages / "index.ipynb")
    (pages / "conf.py").write_text('extensions = ["myst_nb"]\nnb_execution_mode = "off"\n')
    command = [sys.executable, "-m", "sphinx", "--quiet", pages, tmp_path / "site"]
    subprocess.run(command, check=True, capture_output=True)
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert re.search(r'<img [^>]*alt="A grey square."', page)
    for title in ("Check · double · 2 points", "Where am I?"):
        assert f'<p class="collapsed admonition-title">{title}</p>' in page


def test_a_picture_without_words_is_refused_with_its_line(tmp_path):
    lesson, nb, _ = executed(tmp_path, TOY)
    (problem,) = described(nb, lesson)
    assert problem.line == TOY[: TOY.index('# %%\nprint("double')].count("\n") + 1
    assert 'say in its header what there is to see: # %% alt="One sentence."' in problem.message


def test_lessons_that_are_rewritten_later_may_lack_words(tmp_path):
    lesson, nb, _ = executed(tmp_path, TOY, name="07_pokemon_vae")
    assert described(nb, lesson) == []


def test_words_without_a_picture_are_refused(tmp_path):
    lesson, nb, cell = executed(tmp_path, TOLD)
    cell.outputs = []
    (problem,) = described(nb, lesson)
    assert "has an alt, but shows no picture" in problem.message
