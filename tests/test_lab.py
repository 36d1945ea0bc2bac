"""The course in JupyterLab as `make lab` starts it, in a real browser."""

import json
import os
import shutil
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from grading import notebook
from grading.authoring.build import convert
from grading.authoring.release import release
from tests.support.browsers import chromium, needs_chromium
from tests.support.classes import answered, behind, place, without_outputs
from tests.support.programs import free_port, program, reached, wait_for

pytestmark = pytest.mark.server

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "secret"
BADGE = "https://colab.research.google.com/**"  # the one thing that a notebook shows from elsewhere
WAIT = 120_000  # ms that running what stands above a cell may take
WRONG = """\
def pca_reconstruction(x, k):
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    return x @ vt[:k].T @ vt[:k]
"""
RIGHT = """\
def pca_reconstruction(x, k):
    mean = x.mean(axis=0)
    u, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean + (x - mean) @ vt[:k].T @ vt[:k]
"""
MISTAKE = "This is what you get when the mean is not taken away first."
# Trainings are as short as under nbgrader, for which there would be no sliders.
SOMEBODY = 'import os\n\ndel os.environ["NBGRADER_EXECUTION"]'

PIXELS = "async one => [...new Uint8Array(await (await fetch(one.src)).arrayBuffer())]"
DRAWN = "one => one.toDataURL()"


def committed(folder, name):
    return notebook.read(ROOT / folder / name / f"{name}.ipynb")


def cell_with(nb, text):
    """The id of the one code cell in which a text stands."""
    (found,) = [cell.id for cell in nb.cells if cell.cell_type == "code" and text in cell.source]
    return found


def nearly_done():
    """Notebook 01, as the build makes it, with everything answered but its first exercise."""
    name = "01_autoencoder"
    solution = convert(ROOT / "solutions" / f"{name}.py")
    released = release(solution, name, ROOT)
    names = [cell.id for cell in solution.cells if cell.id != "pca_reconstruction"]
    return answered(solution, released, names)


class Lab:
    """JupyterLab with one notebook open."""

    def __init__(self, page):
        """Waits until the notebook's kernel is ready."""
        self.page = page
        page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.context?.isReady")
        kernel = "jupyterapp.shell.currentWidget.sessionContext.session?.kernel"
        page.wait_for_function(f"() => {kernel}?.status === 'idle'", timeout=WAIT)

    def cell(self, cell_id):
        """Makes a cell the active one, and returns it."""
        self.page.evaluate(
            """id => {
                const notebook = jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = [...notebook.model.cells].findIndex(c => c.id === id);
                return notebook.scrollToItem(notebook.activeCellIndex);
            }""",
            cell_id,
        )
        return self.page.locator(".jp-Cell.jp-mod-active")

    def write(self, cell_id, text):
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def run_above(self, cell_id):
        self.cell(cell_id)
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-above')")

    def run(self, cell_id):
        """Runs a cell as a student does, waits until it is done, and returns it."""
        cell = self.cell(cell_id)
        if cell.locator(".cm-content").is_visible():
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Control+Enter")
        else:  # a click would open it
            self.page.evaluate("() => void jupyterapp.commands.execute('notebook:run-cell')")
        self.page.wait_for_function(
            """id => {
                const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
                return cells.find(c => c.id === id).executionState === "idle";
            }""",
            arg=cell_id,
            timeout=WAIT,
        )
        return self.cell(cell_id)

    def validate(self):
        """What the Validate button says."""
        self.page.get_by_role("button", name="Validate").click()
        dialog = self.page.locator(".jp-Dialog-content")
        dialog.wait_for(timeout=WAIT)
        words = dialog.inner_text()
        dialog.get_by_role("button", name="Ok").click()
        return words


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`make lab`, in a copy of what it needs; gives its address and its folder."""
    folder, port = tmp_path_factory.mktemp("lab"), free_port()
    for name in ("Makefile", "nbgrader_config.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "course").mkdir()
    settings = {
        "ServerApp": {"port": port, "open_browser": False, "allow_root": True},
        "IdentityProvider": {"token": TOKEN},
        "LabApp": {"expose_app_in_browser": True},
    }
    (folder / "jupyter_server_config.json").write_text(json.dumps(settings))
    # What is installed is installed: make need not do it again.
    make = ("make", "-o", ".venv/lab-installed", "lab", f"BIN={Path(sys.executable).parent}")
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder), "NBGRADER_EXECUTION": "validate"}
    with program(*make, cwd=folder, env=env):
        wait_for(lambda: reached(port))
        yield f"http://127.0.0.1:{port}/lab", folder


@contextmanager
def opened(server, nb):
    """JupyterLab with a notebook open; at the end the console must not have shown an error."""
    address, folder = server
    notebook.write(nb, folder / "course" / "open.ipynb")
    noise = []
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("console", lambda line: line.type == "error" and noise.append(line.text))
        page.route(BADGE, lambda asked: asked.fulfill(content_type="image/svg+xml", body="<svg/>"))
        page.goto(f"{address}/tree/course/open.ipynb?reset&token={TOKEN}")
        yield Lab(page)
    assert noise == []


@needs_chromium
def test_make_lab_opens_on_the_course(server):
    address, folder = server
    shutil.copytree(ROOT / "course" / "01_autoencoder", folder / "course" / "01_autoencoder")
    with chromium() as browser:
        page = browser.new_page()
        page.goto(f"{address.removesuffix('/lab')}/?token={TOKEN}")
        for name in ("01_autoencoder", "01_autoencoder.ipynb"):
            page.locator(".jp-DirListing-item", has_text=name).dblclick()
        page.get_by_role("heading", name="01 · Autoencoders").wait_for()


@needs_chromium
def test_a_wrong_answer_is_told_a_right_one_passes_and_validate_agrees(server):
    with opened(server, nearly_done()) as lab:
        lab.write("pca_reconstruction", WRONG)
        lab.run_above("check_pca_reconstruction")
        said = lab.run("check_pca_reconstruction").locator(".jp-OutputArea-output").inner_text()
        assert said.splitlines()[0] == f"✗ pca_reconstruction failed. {MISTAKE}"
        assert "Traceback" not in said
        said = lab.validate()
        assert "The following cell failed" in said
        assert MISTAKE in said

        lab.write("pca_reconstruction", RIGHT)
        lab.run("pca_reconstruction")
        said = lab.run("check_pca_reconstruction").locator(".jp-OutputArea-output").inner_text()
        assert said.startswith("✓ pca_reconstruction passed · tried: ")
        said = lab.run("where_am_i").locator(".jp-OutputArea-output").inner_text().splitlines()
        assert [line.split()[2] for line in said if line.startswith("pca_")] == ["passed"]
        assert "Success! Your notebook passes all the tests." in lab.validate()


@needs_chromium
def test_a_check_is_closed_under_one_line_and_can_be_opened_and_run(server):
    with opened(server, nearly_done()) as lab:
        cell = lab.cell("check_pca_reconstruction")
        line = cell.locator(".jp-Placeholder-content")
        assert line.inner_text().strip().startswith("# @title Check · pca_reconstruction · ")
        assert not cell.locator(".cm-content").is_visible()
        assert cell.bounding_box()["height"] < 60
        lab.run_above("check_pca_reconstruction")
        said = lab.run("check_pca_reconstruction").locator(".jp-OutputArea-output").inner_text()
        assert said.startswith("✗ pca_reconstruction failed: not implemented yet.")
        assert not cell.locator(".cm-content").is_visible()
        line.click()
        cell.locator(".cm-content").wait_for()
        assert "def check_pca_reconstruction(" in cell.locator(".cm-content").inner_text()


@needs_chromium
def test_hints_open_one_after_the_other_and_show_their_code_and_formulas(server):
    name = "03_reparameterization"
    solution = convert(ROOT / "solutions" / f"{name}.py")
    with opened(server, release(solution, name, ROOT)) as lab:
        hints = lab.cell("hints_build_vae_mlp")
        for number in (1, 2, 3):
            summary = hints.get_by_text(f"Hint {number} of 3", exact=True)
            inside = hints.locator("details").nth(number - 1).locator("> p").first
            assert not inside.is_visible()
            summary.click()
            inside.wait_for()
        assert "log_var_head" in hints.locator("pre").inner_text()
        assert hints.locator("mjx-container").is_visible()


@needs_chromium
@pytest.mark.parametrize(
    ("name", "sliders"), [("05_cvae", ["digit", "z1", "z2"]), ("06_beta_vae", ["number", "value"])]
)
def test_sliders_and_the_explorer_move_the_picture(server, name, sliders):
    nb = committed("solutions", name)
    knobs, explorer = cell_with(nb, "widgets.sliders("), cell_with(nb, "latent_explorer(")
    nb = without_outputs(behind(nb, nb.cells[place(nb, knobs) - 1].id, SOMEBODY))
    with opened(server, nb) as lab:
        lab.run_above(knobs)
        cell = lab.run(knobs)
        picture = cell.locator("img.widget-image")

        def looks(before, same):
            return (picture.evaluate(PIXELS) == before) == same

        for slider in sliders:
            line = cell.locator(".widget-hslider", has_text=slider)
            value, before = line.inner_text(), picture.evaluate(PIXELS)
            for key, same in (("ArrowRight", False), ("ArrowLeft", True)):
                line.get_by_role("slider").press(key)
                wait_for(partial(looks, before, same), 20)
                assert (line.inner_text() == value) == same

        page = lab.run(explorer).frame_locator("iframe")
        picture, before = page.locator("#picture"), page.locator("#picture").evaluate(DRAWN)
        page.get_by_role("slider", name="latent dimension 2").fill("1.5")
        wait_for(lambda: picture.evaluate(DRAWN) != before, 20)
