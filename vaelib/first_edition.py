"""Imports of the first edition, which go on working in this version.

Each prints a line that says what to write instead. It is printed, because nbgrader gives no points
for a test cell that writes a warning to stderr.
"""

import functools
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

# Each module of the first edition that has moved, and where it is now.
MODULES = {
    "vaelib.animation": "vaelib.plots.animation",
    "vaelib.conditional": "vaelib.models.conditional",
    "vaelib.creature_models": "vaelib.models.creatures",
    "vaelib.creatures": "vaelib.data.creatures",
    "vaelib.curves": "vaelib.plots.curves",
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
    "vaelib.explorer_grids": "vaelib.explorer.grids",
    "vaelib.messages": "vaelib.checks.messages",
    "vaelib.oracles": "vaelib.checks.oracles",
    "vaelib.picture_files": "vaelib.data.picture_files",
    "vaelib.sampling": "vaelib.models.sampling",
    "vaelib.sheets": "vaelib.plots.grids",
    "vaelib.snapshots": "vaelib.plots.snapshots",
    "vaelib.sprites": "vaelib.data.sprites",
    "vaelib.vae": "vaelib.models.vae",
    "vaelib.widgets": "vaelib.plots.widgets",
}
# For each module of this edition the functions that had another name, and the name they have now.
FUNCTIONS = {
    "vaelib.data.synthetic.clothes": {"draw_clothes": "synthetic_clothes"},
    "vaelib.data.synthetic.creatures": {"draw_creatures": "synthetic_creatures"},
    "vaelib.data.synthetic.digits": {"draw_digits": "synthetic_digits"},
    "vaelib.models": {"build_patch_vae": "build_efficient_vae"},
    "vaelib.plots": {"code_sheet": "latent_grid", "image_sheet": "image_grid"},
    "vaelib.plots.animation": {"sheet": "tile"},
    "vaelib.plots.grids": {"sheet": "tile"},
    "vaelib.plots.widgets": {"knobs": "sliders"},
}


class _Finder(MetaPathFinder):
    """Finds modules under their old names, and those whose functions had other names."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in MODULES:
            return ModuleSpec(fullname, _OldModule())
        spec = PathFinder.find_spec(fullname, path) if fullname in FUNCTIONS else None
        if spec and spec.origin:
            spec.loader = _WithOldFunctions(fullname, spec.origin)
        return spec


class _OldModule(Loader):
    """Puts the module itself, no copy of it, where its old name is looked for."""

    def exec_module(self, module: ModuleType) -> None:
        old = module.__name__
        _tell(old, MODULES[old])
        sys.modules[old] = importlib.import_module(MODULES[old])


class _WithOldFunctions(SourceFileLoader):
    """Loads a module that gives its functions under their old names, too."""

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__getattr__"] = functools.partial(_function, module)
        super().exec_module(module)


def _function(module: ModuleType, old: str) -> object:
    """What a module has under its new name, looked up at each call, so that a guard holds."""
    new = FUNCTIONS[module.__name__].get(old)
    if new is None:
        raise AttributeError(f"module {module.__name__!r} has no attribute {old!r}")
    _tell(f"{module.__name__}.{old}", f"{module.__name__}.{new}")
    return getattr(module, new)


@functools.cache
def _tell(old: str, new: str) -> None:
    """Say, once for each name, what to write instead."""
    print(f"{old} is {new} now, and the next version will not know the old name.")


sys.meta_path.insert(0, _Finder())
if os.environ.get("VAELIB_CREATURES") == "drawn":
    _tell("VAELIB_CREATURES=drawn", "VAELIB_CREATURES=synthetic")
    os.environ["VAELIB_CREATURES"] = "synthetic"
