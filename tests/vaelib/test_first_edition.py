import importlib
import os
import subprocess
import sys
from pkgutil import resolve_name

import pytest

import vaelib
from tests.support.students import defined, student
from vaelib import first_edition

# What the notebooks of the first edition imported, as they stood in its releases.
IMPORTS = """
from vaelib import data, plots
from vaelib.training import budget, set_seed
from vaelib.models import build_dense_decoder, build_dense_encoder
from vaelib import codes, data, plots, reference
from vaelib.snapshots import KeepPictures
from vaelib.diagrams import model_diagram
from vaelib.explorer import latent_explorer
from vaelib.models import VAE
from vaelib.oracles import dense_forward, identity, random_weights, relu, sigmoid
from vaelib import animation, codes, data, plots, reference
from vaelib.losses import bernoulli_nll, importance_weighted_bound, kl_divergence, log_normal_pdf
from vaelib.models import VAE, build_patch_vae, build_tutorial_vae, build_vae_mlp
from vaelib.training import KLWarmup, budget, kl_warmup, set_seed
from vaelib.oracles import conv2d, identity, random_weights, relu, sigmoid
from vaelib.oracles import conv2d_transpose, identity, random_weights, relu, sigmoid
from vaelib import codes, data, plots, widgets
from vaelib.losses import kl_divergence
from vaelib.models import CVAE, ClassPriorVAE, build_conv_decoder, build_full_covariance_vae
from vaelib.training import KLWarmup, budget, set_seed
from vaelib.oracles import conv2d, conv2d_transpose, identity, random_weights, relu, sigmoid
from vaelib import data, metrics, plots, reference, widgets
from vaelib.losses import kl_full_covariance
from vaelib.models import CVAE, VAE, build_cvae_mlp, build_sprite_vae
from vaelib import animation, codes, data, plots
from vaelib.creature_models import build_creature_cvae, build_creature_vae, build_homework_vae
from vaelib.losses import kl_per_dimension
from vaelib.models import CVAE, VAE
from vaelib.checks import call, check_close, check_pair, check_shape, check_true, check_weights
""".strip().splitlines()
MODULES = {
    "vaelib.animation": "vaelib.plots.animation",
    "vaelib.checks": "vaelib.checks",
    "vaelib.codes": "vaelib.codes",
    "vaelib.conditional": "vaelib.models.conditional",
    "vaelib.creature_models": "vaelib.models.creatures",
    "vaelib.creatures": "vaelib.data.creatures",
    "vaelib.curves": "vaelib.plots.curves",
    "vaelib.data": "vaelib.data",
    "vaelib.decomposition": "vaelib.losses",
    "vaelib.diagrams": "vaelib.plots.diagrams",
    "vaelib.disentanglement": "vaelib.metrics.disentanglement",
    "vaelib.drawn": "vaelib.data.synthetic.labels",
    "vaelib.drawn_bodies": "vaelib.data.synthetic.bodies",
    "vaelib.drawn_clothes": "vaelib.data.synthetic.clothes",
    "vaelib.drawn_creatures": "vaelib.data.synthetic.creatures",
    "vaelib.drawn_digits": "vaelib.data.synthetic.digits",
    "vaelib.drawn_faces": "vaelib.data.synthetic.faces",
    "vaelib.drawn_limbs": "vaelib.data.synthetic.limbs",
    "vaelib.drawn_paper": "vaelib.data.synthetic.colour_canvas",
    "vaelib.drawn_shapes": "vaelib.data.synthetic.shapes",
    "vaelib.drawn_shoes": "vaelib.data.synthetic.shoes",
    "vaelib.drawn_strokes": "vaelib.data.synthetic.strokes",
    "vaelib.drawn_tops": "vaelib.data.synthetic.tops",
    "vaelib.explorer": "vaelib.explorer",
    "vaelib.explorer_grids": "vaelib.explorer.grids",
    "vaelib.losses": "vaelib.losses",
    "vaelib.messages": "vaelib.checks.messages",
    "vaelib.metrics": "vaelib.metrics",
    "vaelib.models": "vaelib.models",
    "vaelib.oracles": "vaelib.checks.oracles",
    "vaelib.picture_files": "vaelib.data.picture_files",
    "vaelib.plots": "vaelib.plots",
    "vaelib.reference": "vaelib.reference",
    "vaelib.sampling": "vaelib.models.sampling",
    "vaelib.sheets": "vaelib.plots.grids",
    "vaelib.snapshots": "vaelib.plots.snapshots",
    "vaelib.sprites": "vaelib.data.sprites",
    "vaelib.training": "vaelib.training",
    "vaelib.vae": "vaelib.models.vae",
    "vaelib.widgets": "vaelib.plots.widgets",
}
FUNCTIONS = {
    "vaelib.animation:sheet": "vaelib.plots.animation:tile",
    "vaelib.drawn_clothes:draw_clothes": "vaelib.data.synthetic:synthetic_clothes",
    "vaelib.drawn_creatures:draw_creatures": "vaelib.data.synthetic:synthetic_creatures",
    "vaelib.drawn_digits:draw_digits": "vaelib.data.synthetic:synthetic_digits",
    "vaelib.models:build_patch_vae": "vaelib.models:build_efficient_vae",
    "vaelib.plots:code_sheet": "vaelib.plots:latent_grid",
    "vaelib.plots:image_sheet": "vaelib.plots:image_grid",
    "vaelib.sheets:sheet": "vaelib.plots.animation:tile",
    "vaelib.widgets:knobs": "vaelib.plots.widgets:sliders",
}
ALL_MODULES = """
import importlib, pkgutil, sys
import vaelib
assert [name for name in sys.modules if name.startswith("vaelib.")] == ["vaelib.first_edition"]
for module in pkgutil.walk_packages(vaelib.__path__, "vaelib."):
    importlib.import_module(module.name)
from vaelib import first_edition
assert not set(first_edition.MODULES) & set(sys.modules)
"""


@pytest.fixture(autouse=True)
def nothing_imported_yet(monkeypatch):
    """Under an old name; and nothing said."""
    first_edition._tell.cache_clear()
    for old in first_edition.MODULES:
        monkeypatch.delitem(sys.modules, old, raising=False)
        monkeypatch.delattr(vaelib, old.removeprefix("vaelib."), raising=False)


@pytest.mark.parametrize("line", IMPORTS)
def test_an_import_of_the_first_edition_gives_the_objects_of_this_one(line):
    names = {}
    exec(line, names)
    names.pop("__builtins__")
    source = line.split()[1]
    assert set(names) == {name.strip(",") for name in line.split()[3:]}
    for name, found in names.items():
        module = f"{source}.{name}"
        there = MODULES[module] if module in MODULES else f"{MODULES[source]}:{name}"
        assert found is resolve_name(there)


@pytest.mark.parametrize("old", MODULES)
def test_a_module_of_the_first_edition_is_the_same_module(old):
    new = importlib.import_module(MODULES[old])
    assert importlib.import_module(old) is new
    assert new.__name__ == new.__spec__.name == MODULES[old]


@pytest.mark.parametrize("old", FUNCTIONS)
def test_a_function_of_the_first_edition_is_the_same_function(old):
    assert resolve_name(old) is resolve_name(FUNCTIONS[old])


def test_an_old_name_is_told_once_in_one_line_with_the_new_one(capsys):
    for _ in range(2):
        exec("from vaelib import widgets\nfrom vaelib.widgets import knobs", {})
    first, second = capsys.readouterr().out.splitlines()
    assert "vaelib.widgets is vaelib.plots.widgets now" in first
    assert "vaelib.plots.widgets.knobs is vaelib.plots.widgets.sliders now" in second


def test_names_that_have_not_changed_are_not_told(capsys):
    exec("from vaelib import data, plots\nfrom vaelib.plots import image_grid", {})
    assert capsys.readouterr() == ("", "")


def test_what_never_was_there_is_missing_as_ever():
    with pytest.raises(ImportError, match="cannot import name 'image_sheets'"):
        exec("from vaelib.plots import image_sheets", {})
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'vaelib\.animations'"):
        exec("import vaelib.animations", {})


@pytest.mark.process
def test_importing_the_library_imports_nothing_else_and_walking_it_meets_no_old_name():
    walk = [sys.executable, "-c", ALL_MODULES]
    assert subprocess.run(walk, check=True, capture_output=True, text=True).stdout == ""


@pytest.mark.process
def test_the_old_value_of_the_environment_variable_still_asks_for_synthetic_creatures():
    ask = "import os, vaelib; print(os.environ['VAELIB_CREATURES'])"
    environment = {**os.environ, "VAELIB_CREATURES": "drawn"}
    ran = subprocess.run(
        [sys.executable, "-c", ask], check=True, capture_output=True, text=True, env=environment
    )
    told, value = ran.stdout.splitlines()
    assert "VAELIB_CREATURES=drawn is VAELIB_CREATURES=synthetic now" in told
    assert value == "synthetic"


@pytest.mark.process
def test_what_is_guarded_under_its_new_name_is_guarded_under_the_old_one(tmp_path):
    source = """\
from vaelib.plots import image_sheet
from vaelib.decomposition import elbo_decomposition

def sheet():
    return image_sheet([], 1)

def decomposition():
    return elbo_decomposition([], [], [])
"""
    with student(tmp_path, ["image_grid", "elbo_decomposition"]) as session:
        for name in ("sheet", "decomposition"):
            with pytest.raises(Exception, match="is what this assignment asks you to write"):
                defined(session, source, name)()
