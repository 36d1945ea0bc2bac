"""The order of the house: who imports whom, how long a file is, and what a wheel holds."""

import ast
import fnmatch
import sys
import tomllib
from pathlib import Path

import pytest
from setuptools import find_namespace_packages

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
PACKAGES = ("vaelib", "grading")
MOST_LINES = 300
REASON = f"Over {MOST_LINES} lines, since "  # in the docstring of a file that has more

# A room imports itself and what lies on lower floors. Rooms of one floor do not know each other.
FLOORS = (
    ("vaelib.types", "vaelib.first_edition"),
    ("vaelib.codes", "vaelib.losses", "vaelib.training", "vaelib.checks", "vaelib.reference"),
    ("vaelib.data", "vaelib.models", "vaelib.plots"),
    ("vaelib.metrics", "vaelib.explorer"),
    ("vaelib",),
    ("grading",),
    ("grading.course", "grading.notebook"),
    ("grading.sandbox", "grading.submission"),
    ("grading.authoring", "grading.classroom"),
    ("grading.doctor",),
    ("grading.cli",),
    ("grading.__main__",),
    ("experiments",),
    ("tests",),
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
TREES = (*PACKAGES, "experiments", "tests")
FILES = [path for tree in TREES for path in sorted((ROOT / tree).rglob("*.py"))]


def module(path):
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path) for path in FILES}


def imports(path):
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by a relative name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def room(name):
    """The room that a module is in, or None for one of another house."""
    package, *rest = name.split(".")
    if package not in PACKAGES:
        return package if package in FLOOR_OF else None
    return f"{package}.{rest[0]}" if rest else package


def test_every_room_has_a_floor():
    assert {room(name) for name in MODULES} | {"tests"} == set(FLOOR_OF)


@pytest.mark.parametrize("here", FLOOR_OF)
def test_a_room_imports_itself_and_lower_floors_alone(here):
    above = {
        f"{module(path)} imports {name}"
        for path in FILES
        if room(module(path)) == here
        for name in imports(path)
        if room(name) not in (None, here) and FLOOR_OF[room(name)] >= FLOOR_OF[here]
    }
    assert not above


@pytest.mark.parametrize("here", ["vaelib.checks", "vaelib.reference"])
def test_checks_and_reference_runs_need_numpy_alone(here):
    allowed = sys.stdlib_module_names | {"numpy"}
    for path in FILES:
        if room(module(path)) == here:
            foreign = {name for name in imports(path) if room(name) != here}
            assert {name.split(".")[0] for name in foreign} <= allowed, path.name


@pytest.mark.parametrize("package", PACKAGES)
def test_a_long_file_says_why(package):
    silent = {}
    for path in (ROOT / package).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        n_lines = len(text.splitlines())
        if n_lines > MOST_LINES and REASON not in (ast.get_docstring(ast.parse(text)) or ""):
            silent[path.relative_to(ROOT).as_posix()] = n_lines
    assert not silent


def test_a_wheel_holds_every_folder_of_python_files():
    include = SETTINGS["packages"]["find"]["include"]
    found = set(find_namespace_packages(ROOT, include=include))
    folders = {path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert {".".join(folder.relative_to(ROOT).parts) for folder in folders} <= found
    assert {name.split(".")[0] for name in found} == set(PACKAGES)


def test_a_folder_of_python_files_is_a_package():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            assert (path.parent / "__init__.py").is_file(), path.parent


def test_a_wheel_holds_every_file_of_data():
    globs = SETTINGS["package-data"]["*"]
    files = {
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.*")
        if path.suffix not in (".py", ".pyc") and path.is_file()
    }
    assert len(files) >= 4
    for path in files:
        assert any(fnmatch.fnmatch(path.name, glob) for glob in globs), path
