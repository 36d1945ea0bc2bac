"""The library is no answer sheet: a copy of it that lacks what an assignment asks for.

The copy is all that a student's process has: what was taken out stands neither in its memory nor in
a file that it can read. What the library itself does with it is refused, too, since it fails there.
"""

import ast
import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "vaelib"

# What holds the formula of an exercise and does not call it. What calls it needs no word here.
NEIGHBOURS = {
    "Sampling": ["train_step"],
    "build_autoencoder": ["_dense", "_dense_decoder", "build_dense_decoder", "build_dense_encoder"],
    "build_conv_encoder": ["_conv_trunk"],
    "build_cvae": ["_conditioned"],
    "build_label_plane": ["build_cvae"],
    "build_vae_mlp": ["_dense_decoder"],
    "condition_code": ["_conditioned"],
    "elbo_decomposition": ["_terms"],
    "importance_weighted_bound": ["_bound"],
    "interpolate": ["_lerp", "_slerp"],
    "kl_divergence": ["kl_full_covariance"],
    "load_image": ["_on_white", "_squared"],
    "log_likelihood": ["_bound"],
    "log_normal_pdf": ["_log_normal", "_terms", "gaussian_nll"],
    "reparameterize": ["Sampling", "train_step"],
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef


def original() -> Path:
    """The folder of the library itself.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    return package_folder(PACKAGE)


def package_folder(package: str) -> Path:
    """Where a package of ours lies; it is not imported.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0])


def build(asked: Iterable[str], folder: Path) -> Path:
    """Builds the copy, and returns its folder.

    Args:
        asked: names of exercises.
        folder: where to put it; it is then what `sys.path` has to name.
    """
    source, target = original(), folder / PACKAGE
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    refusals = _refusals(asked)
    for path in target.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        module = ".".join([PACKAGE, *path.relative_to(target).with_suffix("").parts])
        found = [node for node in tree.body if getattr(node, "name", None) in refusals]
        for node in found:
            name: str = node.name  # type: ignore[attr-defined]
            _empty(node, f"{module}.{name} {refusals[name]}")
            # TensorFlow leaves what is marked like this as it is, and so what it raises.
            marked = ast.parse(f"{name}.autograph_info__ = {{}}").body
            at = tree.body.index(node) + 1
            tree.body[at:at] = marked
        if found:
            path.write_text(ast.unparse(tree), "utf-8")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)  # whoever it belongs to inside
    return target


def _refusals(asked: Iterable[str]) -> dict[str, str]:
    """For each name that is taken out the sentence that says so, without its subject."""
    rest = "While it is graded the library does not have it. Write it yourself"
    names = list(asked)
    holding = {
        neighbour: f"holds `{name}`, which this assignment asks you to write. {rest}"
        for name in names
        for neighbour in NEIGHBOURS.get(name, [])
    }
    return holding | {name: f"is what this assignment asks you to write. {rest}" for name in names}


def _empty(node: ast.AST, words: str) -> None:
    """Replaces what a function does, or what all methods of a class do, by an exception."""
    if isinstance(node, ast.ClassDef):
        node.body = [
            one
            for one in node.body
            if isinstance(one, Definition) or (one is node.body[0] and ast.get_docstring(node))
        ] or [ast.Pass()]
        for one in node.body:
            _empty(one, words)
    elif isinstance(node, Definition):
        documented = node.body[:1] if ast.get_docstring(node) is not None else []
        node.body = [*documented, *ast.parse(f"raise RuntimeError({words!r})").body]
