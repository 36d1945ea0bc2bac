"""The files around the code agree with each other."""

import re
import subprocess
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement

from grading.sandbox.requests import KINDS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

COLAB = ROOT / "tests" / "colab" / "requirements.txt"


def files():
    """Text files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    paths = [ROOT / name for name in listed if name and not name.endswith((".png", ".gif"))]
    return [path for path in paths if path.is_file()]


def test_the_conda_environment_is_pyprojects():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = environment["dependencies"]
    assert python == f"python {PROJECT['requires-python']}"
    assert pip == "pip"
    assert packages == {"pip": ["--editable .[lab]"]}


def test_the_library_installs_on_colab():
    lines = COLAB.read_text(encoding="utf-8").splitlines()
    pinned = {r.name: r for r in map(Requirement, (line for line in lines if line[0] != "#"))}
    for required in map(Requirement, PROJECT["dependencies"]):
        (colab,) = pinned[required.name].specifier
        assert colab.operator == "=="
        assert required.specifier.contains(colab.version), required.name


def test_the_library_needs_no_tool_of_the_course():
    imported = set()
    for path in (ROOT / "vaelib").rglob("*.py"):
        imported |= set(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
    assert not imported & {"nbgrader", "nbformat", "nbclient", "jupyterlab", "jupytext", "grading"}


def test_the_address_of_the_repository_stands_once():
    """Built notebooks have it from there."""
    address = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")
    holders = [
        path.relative_to(ROOT).as_posix()
        for path in files()
        if path.suffix != ".ipynb" and address in path.read_text(encoding="utf-8")
    ]
    assert holders == ["pyproject.toml"]


def test_every_make_target_is_in_the_readme_or_the_guide():
    targets = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    known = {"lab", "test", "test-fast", "test-colab", "test-containers", "build", "site"}
    assert known | {"grade", "kill-matrix", "bench", "lint"} == set(targets)
    for target in targets:
        assert f"make {target}" in text


def test_what_a_class_handed_in_is_not_for_git():
    command = ["git", "check-ignore", "--quiet"]
    handed_in, ours = "classroom/submitted/ada/01_toy/01_toy.ipynb", "grading/classroom/new.py"
    assert subprocess.run([*command, handed_in], cwd=ROOT, check=False).returncode == 0
    assert subprocess.run([*command, ours], cwd=ROOT, check=False).returncode == 1


def test_no_file_names_a_place_on_somebodys_machine():
    place = re.compile(r"(?<![\w.])/(?:home|root|tmp|work|Users)/\w")
    for path in files():
        found = place.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.name}: {found}"


def test_the_architecture_lists_the_requests_of_the_wire():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([A-Z]\w+)` \|", text, re.MULTILINE) == list(KINDS)
