"""The committed notebooks are what the build makes of the committed lessons and checks."""

import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from grading import notebook
from grading.authoring.build import convert
from grading.authoring.embedding import SHOWN
from grading.authoring.release import release
from tests.support.classes import REPOSITORY, without_outputs


def git(*arguments):
    """What git prints when run in the repository, or None where there is no checkout of it."""
    try:
        done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.decode()


def kept_files():
    """The paths git keeps in its index; without a checkout, those that lie in the folders."""
    top = git("rev-parse", "--show-toplevel")
    if top is not None and Path(top.strip()).resolve() == REPOSITORY:
        return True, git("ls-files", "-z").rstrip("\0").split("\0")
    files = (
        path
        for folder in ("solutions", "checks", "course")
        for path in Path(REPOSITORY, folder).rglob("*")
    )
    return False, [path.relative_to(REPOSITORY).as_posix() for path in files if path.is_file()]


IN_GIT, KEPT = kept_files()
SOURCES = sorted(path for path in KEPT if re.fullmatch(r"solutions/\d\d_\w+\.py", path))


def kept(path):
    """What git has of a file in its index, so that a file someone typed in does not matter."""
    return git("show", f":{path}") if IN_GIT else Path(REPOSITORY, path).read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_the_committed_notebooks_are_what_the_build_makes(source, tmp_path):
    name = Path(source).stem
    for path in (source, f"checks/{name}.py", "pyproject.toml", "nbgrader_config.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(kept(path), encoding="utf-8")
    for _, picture in SHOWN.findall(kept(source)):
        path = tmp_path / "solutions" / picture
        path.parent.mkdir(exist_ok=True)
        shutil.copy(Path(REPOSITORY, "solutions", picture), path)
    made = convert(tmp_path / source)
    there = nbformat.reads(kept(f"solutions/{name}/{name}.ipynb"), as_version=4)
    hint = f"run: make build, and commit solutions/{name} and course/{name}"
    assert notebook.dumps(without_outputs(there)) == notebook.dumps(made), hint
    released = notebook.dumps(release(made, name, tmp_path))
    assert kept(f"course/{name}/{name}.ipynb") == released, hint


def test_all_notebooks_ask_colab_for_a_gpu():
    """Each of them trains more than one model."""
    made = {Path(source).stem: convert(REPOSITORY / source).metadata for source in SOURCES}
    asking = [name for name in made if made[name].get("accelerator") == "GPU"]
    assert asking == list(made)


def test_every_built_notebook_has_its_lesson_and_checks_and_nothing_lies_beside_it():
    names = {Path(source).stem for source in SOURCES}
    wanted = {
        f"{folder}/{name}/{name}.ipynb" for folder in ("solutions", "course") for name in names
    }
    wanted |= {f"{folder}/{name}.py" for folder in ("solutions", "checks") for name in names}
    texts = [Path(REPOSITORY, source).read_text(encoding="utf-8") for source in SOURCES]
    wanted |= {f"solutions/{name}" for text in texts for _, name in SHOWN.findall(text)}
    folders = ("solutions/", "checks/", "course/")
    assert {path for path in KEPT if path.startswith(folders)} == wanted
