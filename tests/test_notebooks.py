"""What a notebook teaches is what vaelib does, and its cells are short."""

import io
import json
import re
import statistics
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from grading.authoring.assemble import places
from grading.authoring.execute import execute
from grading.authoring.lesson import read as read_lesson
from grading.notebook import read
from vaelib import codes, data, losses, metrics, models, training
from vaelib.data import picture_files
from vaelib.data.synthetic.creatures import synthetic_creatures

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted((ROOT / "solutions").glob("*.py"))
LONGEST, MEDIAN = 25, 8  # lines of code in a cell that teaches


def cells_of(name):
    return read_lesson(ROOT / "solutions" / f"{name}.py").cells


def taught(name, exercise):
    """The function as the notebook's solution writes it in full."""
    cells = cells_of(name)
    code = [cell for cell in cells if cell.type == "code"]
    namespace = {}
    exec(code[0].source, namespace)
    for cell in cells:
        provided = cell.type == "code" and not cell.kind and cell.source.startswith("def ")
        if cell.kind == "exercise" or (provided and f"def {exercise}(" in cell.source):
            exec(cell.source, namespace)
    return namespace[exercise]


rng = np.random.default_rng(0)
A, B, C, D = rng.normal(size=(4, 6, 5)).astype("float32")
X = rng.random((6, 5)).astype("float32")
DRAWS = rng.normal(size=(6, 5, 4)).astype("float32")
TRILS = np.tril(A[:, None] ** 2 / 9 + np.eye(5, dtype="float32"))
LABELS = np.array([3, 8])
IMAGES, CODES = rng.random((2, 28, 28, 1)), rng.normal(size=(2, 3))


@pytest.mark.parametrize(
    ("name", "function", "arguments"),
    [
        ("01_autoencoder", losses.mse_per_image, (A, B)),
        ("02_elbo", losses.log_normal_pdf, (A, B, C)),
        ("02_elbo", losses.kl_divergence, (A, B, C, D)),
        ("02_elbo", losses.bernoulli_nll, (X, 10 * A)),
        ("02_elbo", losses.gaussian_nll, (X, A, B)),
        ("02_elbo", losses.optimal_sigma, (A, B)),
        ("02_elbo", losses.importance_weighted_bound, (100 * A,)),
        ("04_cnn_vae", losses.single_sample_elbo, (X, 10 * A, B, C, D)),
        ("04_cnn_vae", losses.log_likelihood, (10 * A, DRAWS, C[:5, :4], D[:5, :4])),
        ("04_cnn_vae", data.binarize, (X, "threshold", 0)),
        ("04_cnn_vae", codes.interpolate, (A[0], B[0], 7, "lerp")),
        ("04_cnn_vae", codes.interpolate, (A[0], B[0], 7, "slerp")),
        ("05_cvae", losses.kl_full_covariance, (A, TRILS, B, TRILS[::-1])),
        ("06_beta_vae", losses.kl_per_dimension, (A, B)),
        ("06_beta_vae", losses.free_bits, (X[0], 0.4)),
        ("06_beta_vae", losses.elbo_decomposition, (A, B, C)),
        ("06_beta_vae", metrics.active_units, (0.3 * A, 0.1)),
        ("06_beta_vae", codes.traversal, (A[0], 2, B[1])),
        ("06_beta_vae", training.kl_warmup, (30, 80)),
    ],
)
def test_vaelib_computes_what_the_notebook_teaches(name, function, arguments):
    in_the_notebook = taught(name, function.__name__)(*arguments)
    np.testing.assert_allclose(function(*arguments), in_the_notebook, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "build", "inputs"),
    [
        ("01_autoencoder", models.build_autoencoder, [IMAGES, CODES]),
        ("03_reparameterization", models.build_vae_mlp, [IMAGES, CODES]),
        ("04_cnn_vae", models.build_conv_encoder, [IMAGES]),
        ("04_cnn_vae", models.build_conv_decoder, [CODES]),
        ("05_cvae", models.build_cvae, [[IMAGES, LABELS], [CODES, LABELS]]),
    ],
)
def test_vaelib_builds_what_the_notebook_teaches(name, build, inputs):
    ours, theirs = build(3), taught(name, build.__name__)(3)
    if len(inputs) == 1:
        ours, theirs = [ours], [theirs]
    for our, their, x in zip(ours, theirs, inputs, strict=True):
        their.set_weights(our.get_weights())
        np.testing.assert_allclose(our(x), their(x), rtol=1e-6)


def test_vaelib_takes_the_gap_that_the_notebook_teaches():
    classes = rng.integers(0, 3, size=(500, 2))
    codes_of = np.c_[classes + 0.3 * rng.normal(size=(500, 2)), rng.normal(size=500)]
    shares = [np.bincount(column) / 500 for column in classes.T]
    entropy = [-np.sum(share * np.log(share)) for share in shares]
    gap = taught("06_beta_vae", "mutual_information_gap")
    in_the_notebook = gap(metrics.mutual_information(codes_of, classes), entropy)
    assert metrics.mutual_information_gap(codes_of, classes) == pytest.approx(in_the_notebook)


def test_vaelib_draws_what_the_notebook_teaches():
    layers = [taught("03_reparameterization", "Sampling")(seed=5), models.Sampling(seed=5)]
    first, second = (np.asarray(layer([A, B])) for layer in layers)
    np.testing.assert_allclose(first, second, rtol=1e-6)


def test_vaelib_does_with_networks_what_the_notebook_teaches():
    name = "03_reparameterization"
    encoder, decoder = models.build_vae_mlp(2)
    for function, arguments in (
        (models.sample_images, (decoder, 3, 2, 7)),
        (models.reconstruct, (encoder, decoder, IMAGES)),
    ):
        in_the_notebook = taught(name, function.__name__)(*arguments)
        np.testing.assert_allclose(function(*arguments), in_the_notebook, rtol=1e-6)
    kept = encoder.get_weights(), decoder.get_weights()
    after = []
    for step in (models.train_step, taught(name, "train_step")):
        encoder.set_weights(kept[0])
        decoder.set_weights(kept[1])
        sgd = keras.optimizers.SGD(0.01)
        loss = step(encoder, decoder, sgd, IMAGES.astype("float32"), A[:2, :2])
        after.append([loss, *encoder.get_weights(), *decoder.get_weights()])
    for ours, theirs in zip(*after, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert not np.allclose(after[0][1], kept[0][0])


@pytest.mark.parametrize("size", [(30, 12), (12, 30), (20, 20), (3, 40)])
def test_vaelib_reads_pictures_as_the_notebook_teaches(size):
    file = io.BytesIO()
    Image.fromarray(rng.integers(0, 256, (*size, 4), np.uint8)).save(file, "PNG")
    theirs = taught("07_pokemon_vae", "load_image")(file.getvalue(), 24)
    np.testing.assert_array_equal(picture_files.load_image(file.getvalue(), 24), theirs)


@pytest.mark.lesson
def test_notebook_07_runs_with_pictures_that_all_stand_in_one_folder(tmp_path):
    (tmp_path / "pokemon").mkdir()
    for i, image in enumerate(synthetic_creatures(40, 64, seed=2).images):
        picture = Image.fromarray(np.round(255 * image).astype(np.uint8))
        picture.save(tmp_path / "pokemon" / f"{i}.png")
    name = "07_pokemon_vae"
    nb = read(ROOT / "solutions" / name / f"{name}.ipynb")
    settings = {"VAELIB_DATA": str(tmp_path), "VAELIB_CREATURES": "", "NBGRADER_EXECUTION": "short"}
    lesson = read_lesson(ROOT / "solutions" / f"{name}.py")
    execute(nb, tmp_path, places(nb, lesson), settings)
    outputs = [output for cell in nb.cells for output in cell.get("outputs", ())]
    printed = "".join(output.get("text", "") for output in outputs)
    assert "36 training and 4 test pictures of 0 types, from pokemon in VAELIB_DATA" in printed
    assert "Of the types we take warm, cold." in printed


def test_stored_outputs_show_creatures_that_were_drawn():
    """The pictures that VAELIB_DATA may have belong to somebody."""
    stored = ROOT / "solutions" / "07_pokemon_vae" / "07_pokemon_vae.ipynb"
    cells = json.loads(stored.read_text(encoding="utf-8"))["cells"]
    printed = ["".join(o.get("text", "")) for cell in cells for o in cell.get("outputs", ())]
    found = [line for line in "".join(printed).splitlines() if line.startswith("Creatures:")]
    assert len(found) == 1
    assert found[0].endswith("synthetic.")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_readme_states_the_points_of_each_notebook(path):
    points = sum(cell.points for cell in cells_of(path.stem))
    rows = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    found = [row for row in rows if row.startswith(f"| {path.stem[:2]} |")]
    assert len(found) == 1, f"README has {len(found)} rows that begin with '| {path.stem[:2]} |'"
    (row,) = found
    assert row.split(" | ")[3] == str(points)


def test_every_explorer_of_a_solution_has_its_page_in_docs():
    shown = [path.stem for path in SOURCES if "latent_explorer(" in path.read_text("utf-8")]
    pages = sorted((ROOT / "docs" / "explorers").glob("*.html"))
    assert [page.stem for page in pages] == shown
    assert len(shown) == 5
    template = (ROOT / "vaelib" / "explorer" / "page.html").read_text("utf-8")
    for page in pages:
        assert page.stat().st_size <= 1_500_000
        text = page.read_text("utf-8")
        assert "://" not in text
        data = re.search(r'id="data">(.*?)</script>', text)[1]
        assert text == template.replace("@DATA@", data), "build the notebook anew"


def code_lines(cell):
    return [line for line in cell.source.splitlines() if line.strip() and line.strip()[0] != "#"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_cells_that_teach_are_short(path):
    """Checks are no teaching, and the stub of an exercise is mostly its docstring."""
    lengths = {
        cell.line: len(code_lines(cell))
        for cell in cells_of(path.stem)
        if cell.type == "code" and cell.kind not in ("check", "exercise")
    }
    assert max(lengths.values()) <= LONGEST, lengths
    assert statistics.median(lengths.values()) <= MEDIAN


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_no_text_is_left_to_be_written(path):
    for text in (file.read_text("utf-8") for file in (path, ROOT / "checks" / path.name)):
        assert "READ-" not in text
        assert "TODO" not in text
