"""The fast lane leaves out what starts something slow, and no test can forget to say so."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = [path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "colab" not in path.parts]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
MARKERS = {line.split(":")[0] for line in SETTINGS["ini_options"]["markers"]}

# Whatever a test uses of these, itself or through a fixture or a function of its file, it needs.
NEEDS = {
    ".fit": "training",
    "grading.authoring.execute.execute": "lesson",
    "grading.authoring.source.sources": "lesson",
    "sys.executable": "process",
    "tests.support.students.student": "process",
    "tests.support.browsers.chromium": "browser",
    "playwright.sync_api.sync_playwright": "browser",
    "tests.support.programs.program": "server",
    "http.server.ThreadingHTTPServer": "server",
    "tests.support.classes.grade": "jail",
    "grading.sandbox.jail": "jail",
    "grading.sandbox.container": "jail",
    "'dask'": "cluster",
}
IMPLIED = {
    "browser": {"server", "process"},
    "cluster": {"server", "process"},
    "jail": {"lesson", "process"},
    "server": {"process"},
}
DECORATORS = {"needs_chromium": "browser"}


def unmarked(text):
    """The tests in the text of a file that lack a marker, each with those that it lacks."""
    body = ast.parse(text).body
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    whole = [
        node.value
        for node in body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    uses = {name: set(used(node, imported)) for name, node in functions.items()}
    found = {}
    for name, node in functions.items():
        reached, new = set(), {name}
        while new:
            reached |= new
            new = {use for one in new for use in uses.get(one, ())} - reached
        marked = markers([*whole, *node.decorator_list])
        lacking = {NEEDS[one] for one in reached & set(NEEDS)} - marked
        if name.startswith("test_") and lacking:
            found[name] = lacking
    return found


def used(function, imported):
    """The names that a function uses, in full those that are imported, and its texts in quotes."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield imported.get(node.id, node.id)
        elif isinstance(node, ast.Attribute):
            yield from (f".{node.attr}", ast.unparse(node))
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Constant):
            yield repr(node.value)


def markers(nodes):
    """The markers among decorators or in what `pytestmark` is, with those that they imply."""
    found = set()
    for node in (node for one in nodes for node in ast.walk(one)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark":
            found.add(node.attr)
        elif isinstance(node, ast.Name) and node.id in DECORATORS:
            found.add(DECORATORS[node.id])
    return found.union(*(IMPLIED.get(marker, ()) for marker in found))


def test_there_are_tests():
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_starts_something_slow_has_the_marker_that_says_so(path):
    assert unmarked(path.read_text(encoding="utf-8")) == {}


@pytest.mark.parametrize(
    ("body", "lacking"),
    [
        ("model.fit(x)", "training"),
        ("execute(nb, tmp_path)", "lesson"),
        ("[kill_matrix.run(path) for path in sources(ROOT)]", "lesson"),
        ("subprocess.run([sys.executable, '-c', ''])", "process"),
        ("with student(tmp_path): pass", "process"),
        ("with chromium() as browser: pass", "browser"),
        ("with program('jupyter'): pass", "server"),
        ("serve(ThreadingHTTPServer)", "server"),
        ("graded(tmp_path, '01_toy')", "jail"),
        ("jail.start(work)", "jail"),
        ("command('dask', 'worker')", "cluster"),
        ("there(tmp_path)", "server"),
        ("assert there", "server"),
    ],
)
def test_a_forgotten_marker_is_found(body, lacking):
    text = (
        "import sys\n"
        "from http.server import ThreadingHTTPServer\n"
        "from grading.authoring.execute import execute\n"
        "from grading.authoring.source import parse, sources\n"
        "from grading.sandbox import jail\n"
        "from tests.support.browsers import chromium, needs_chromium\n"
        "from tests.support.classes import grade as graded\n"
        "from tests.support.programs import program\n"
        "from tests.support.students import student\n"
        "def there(path):\n    yield program(path)\n"
        "def test_one():\n    assert sys.path\n"
        "{}def test_other(tmp_path, there_is):\n    {}\n"
    )
    marks = {"": {"test_other": {lacking}}, f"@pytest.mark.{lacking}\n": {}}
    for mark, expected in marks.items():
        assert unmarked(text.format(mark, body)) == expected
    assert unmarked(f"pytestmark = pytest.mark.{lacking}\n{text.format('', body)}") == {}


def test_the_fast_lane_leaves_out_every_marker_and_nothing_else():
    assert set(NEEDS.values()) == MARKERS
    (line,) = re.findall(r"^SLOW = (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(line.split(" or ")) == MARKERS
