"""Hostile downloads: whatever one student's files are called and are, the others' are collected.

An attack is a file of tests/attacks/downloads, with what a student called 666 adds to a download of
two honest ones: FILES in a zip, a function `pack` that writes into the zip, `damage` that changes
its bytes, or `lay` that puts things into an unpacked folder. COMES_OUT are the files that 666 has
then.
"""

import os
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import pytest

from grading import cli
from grading.classroom.assignment import load_assignment
from tests.support.classes import TOY, course

FOLDER = Path(__file__).resolve().parents[2] / "attacks" / "downloads"
ATTACKS = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
HONEST = {
    "canvas": ["zoez_101_5001_01_toy.ipynb", "aarona_102_5002_01_toy.ipynb"],
    "moodle": [f"{name}_assignsubmission_file_/01_toy.ipynb" for name in ("Zoe Z_201", "Aa_202")],
    "flat": [f"{name}_assignsubmission_file_01_toy.ipynb" for name in ("Zoe Z_201", "Aa_202")],
}
IDS = {"canvas": ("101", "102"), "moodle": ("201", "202"), "flat": ("201", "202")}


@pytest.fixture
def task(tmp_path):
    course(tmp_path / "course", "01_toy", TOY)
    return load_assignment("01_toy", tmp_path / "course")


def made(attack, tmp_path, secret):
    """A download with two honest hand-ins and an attack between them; and the kind of platform."""
    said = {}
    exec(compile(ATTACKS[attack].read_text("utf-8"), attack, "exec"), said)
    kind = "flat" if said.get("FLAT") else said.get("PLATFORM", "moodle")
    files = said.get("FILES", {})
    honest = [(name, f"honest {n}") for n, name in enumerate(HONEST[kind])]
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        archive.writestr(*honest[0])
        for name, content in files.items() if isinstance(files, dict) else files:
            archive.writestr(name, content)
        said.get("pack", lambda archive, secret: None)(archive, secret)
        archive.writestr(*honest[1])
    if "damage" in said:
        path.write_bytes(said["damage"](path.read_bytes()))
    if "lay" in said:
        shutil.unpack_archive(path, tmp_path / "all")
        path = tmp_path / "all"
        said["lay"](path, secret)
    return path, kind, said["COMES_OUT"]


def laid_out(task):
    """Dict from student to a dict from the path of each file to its text."""
    found = {}
    for path in task.submitted.rglob("*"):
        assert not path.is_symlink()
        assert len(os.fsencode(path.name)) <= 255
        assert path.name.isprintable()
        if path.is_file():
            student, name, *inside = path.relative_to(task.submitted).parts
            assert name == "01_toy"
            found.setdefault(student, {})["/".join(inside)] = path.read_text("utf-8")
    return found


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret" / "01_toy.ipynb"
    path.parent.mkdir()
    path.write_text("secret")
    yield path
    # pytest's own way to remove them stops at folders that are nested deeply
    subprocess.run(["rm", "-rf", tmp_path / "all"], check=True)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_hand_in_costs_nobody_else_anything(attack, task, tmp_path, secret, capsys):
    download, kind, comes_out = made(attack, tmp_path, secret)
    status = cli.main(["collect", "01_toy", str(download), "--course-dir", str(task.root)])
    honest = {name: {"01_toy.ipynb": f"honest {n}"} for n, name in enumerate(IDS[kind])}
    assert laid_out(task) == honest | ({"666": comes_out} if comes_out else {})
    said = capsys.readouterr()
    assert f"{2 + bool(comes_out)} submissions of 01_toy are in classroom/" in said.out
    assert not said.err
    assert all(line.isprintable() for line in said.out.splitlines())
    assert status == int("left out" in said.out)
    assert not list(Path("/tmp").glob("climbed*"))
    assert secret.read_text() == "secret"
