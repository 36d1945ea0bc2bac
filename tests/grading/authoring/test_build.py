"""What is executed, what is written, and what a build leaves alone.

Notebooks are executed only where a test is about executing.
"""

import re
import subprocess
import sys

import pytest
from nbformat.v4 import new_output

from grading import notebook
from grading.authoring import build as building
from grading.authoring.assemble import METADATA
from grading.authoring.build import build, convert, main
from tests.support.classes import without_outputs
from tests.support.lessons import TOY, TOY_CHECKS, built, by_id, course


def test_only_what_changed_is_executed(toy, ran):
    solution, released = built(toy)
    assert "executed" in build(toy, matrix=False)
    assert [str(folder) for folder in ran] == [str(solution.parent)]
    first = solution.read_bytes(), released.read_bytes()
    assert "unchanged" in build(toy, matrix=False)
    assert (solution.read_bytes(), released.read_bytes()) == first
    assert len(ran) == 1
    assert "executed" in build(toy, matrix=False, run_all=True)
    assert solution.read_bytes() != first[0]
    toy.write_text(TOY.replace("SEED = 1", "SEED = 2"))
    build(toy, matrix=False)
    assert len(ran) == 3


def test_a_change_of_text_is_written_and_nothing_is_executed(toy, ran):
    solution, released = built(toy)
    build(toy, matrix=False)
    before = [cell.get("outputs") for cell in notebook.read(solution).cells]
    toy.write_text(TOY.replace("## Recap", "## Recap\n#\n# A new sentence."))
    assert "outputs kept" in build(toy, matrix=False)
    assert len(ran) == 1
    for path in (solution, released):
        assert "A new sentence." in path.read_text()
    assert [cell.get("outputs") for cell in notebook.read(solution).cells] == before


def test_a_changed_check_is_written_and_nothing_is_executed(toy, ran):
    build(toy, matrix=False)
    changed = TOY_CHECKS.replace('"double: wrong"', '"double: not right"')
    assert changed != TOY_CHECKS
    (toy.parent.parent / "checks" / "01_toy.py").write_text(changed)
    assert "outputs kept" in build(toy, matrix=False)
    assert len(ran) == 1
    for path in built(toy):
        assert "double: not right" in path.read_text()


def test_a_solution_notebook_without_outputs_is_executed(toy, ran):
    notebook.write(convert(toy), built(toy)[0])
    assert "executed" in build(toy, matrix=False)


def test_the_page_of_an_explorer_goes_to_docs(toy, ran, monkeypatch):
    monkeypatch.setattr(building, "pages_taken", lambda nb: ["<p>ä</p>"])
    building.build(toy, matrix=False)
    page = toy.parent.parent / "docs" / "explorers" / f"{toy.stem}.html"
    assert page.read_text("utf-8") == "<p>ä</p>"


def test_the_executed_notebook_keeps_the_metadata_of_every_notebook(toy, ran):
    build(toy, matrix=False)
    nb = notebook.read(built(toy)[0])
    assert nb.metadata == METADATA
    counts = [cell.execution_count for cell in nb.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert without_outputs(nb) == convert(toy)


def test_a_release_edited_by_hand_is_not_overwritten(toy, ran, capsys):
    solution, released = built(toy)
    build(toy, matrix=False)
    before = solution.read_bytes()
    nb = notebook.read(released)
    by_id(nb)["double"].source = "def double(x):\n    return 2 * x"
    notebook.write(nb, released)
    mine = released.read_bytes()
    toy.write_text(TOY.replace("SEED = 1", "SEED = 2"))
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    said = capsys.readouterr().err
    assert "course/01_toy/01_toy.ipynb was edited by hand" in said
    assert "git checkout course/01_toy/01_toy.ipynb" in said
    assert released.read_bytes() == mine
    assert solution.read_bytes() == before


def test_a_release_that_cannot_be_read_is_not_overwritten(toy, ran, capsys):
    _, released = built(toy)
    build(toy, matrix=False)
    released.write_text("<<<<<<< mine")
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert "course/01_toy/01_toy.ipynb was edited by hand" in capsys.readouterr().err
    assert released.read_text() == "<<<<<<< mine"


def test_outputs_are_no_edit(toy, ran):
    _, released = built(toy)
    build(toy, matrix=False)
    clean = released.read_bytes()
    nb = notebook.read(released)
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = [new_output("stream", text="mine\n")]
            cell.execution_count = 3
    nb.metadata["language_info"]["version"] = "3.12.1"
    notebook.write(nb, released)
    build(toy, matrix=False)
    assert released.read_bytes() == clean


def test_a_notebook_that_is_too_large_is_refused(toy, ran, monkeypatch, capsys):
    monkeypatch.setattr(building, "LARGEST", 2000)
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    said = capsys.readouterr().err
    assert re.search(r"solutions/01_toy/01_toy\.ipynb would be 0\.\d\d MB, over", said)
    assert re.search(r"its largest cells: line \d+( of \S+)? 0\.00 MB, line \d+ ", said)
    assert not any(path.exists() for path in built(toy))


def test_a_source_inside_the_folder_that_nbgrader_copies_is_refused(toy, ran, capsys):
    built(toy)[0].parent.mkdir()
    (built(toy)[0].parent / "solution.py").write_text("")
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert "nbgrader would copy solution.py into the release" in capsys.readouterr().err


def test_the_build_fails_where_the_checks_fail(toy, ran, capsys):
    assert main(["--course-dir", str(toy.parent.parent)]) == 1
    assert "tests/answers/01_toy.py:1: there is no such file" in capsys.readouterr().err
    assert ran == []


def test_an_unknown_name_is_refused(toy, capsys):
    with pytest.raises(SystemExit):
        main(["02_nothing", "--course-dir", str(toy.parent.parent)])
    assert "there is 01_toy" in capsys.readouterr().err


@pytest.mark.process
def test_two_clean_builds_in_two_processes_are_byte_identical(tmp_path):
    paths = [course(tmp_path / name) for name in ("one", "two")]
    assert main(["--course-dir", str(tmp_path / "one"), "--no-matrix"]) == 0
    done = subprocess.run(
        [sys.executable, "-m", "grading.authoring.build", "--no-matrix"],
        cwd=tmp_path / "two",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    one, two = ([file.read_bytes() for file in built(path)] for path in paths)
    assert one == two


def test_the_notebook_is_executed_in_its_own_folder(tmp_path):
    where = "import os\n\nprint(os.getcwd())"
    path = course(tmp_path / "course", TOY.replace('print("twins")', where, 1))
    build(path, matrix=False)
    nb = notebook.read(built(path)[0])
    shown = [cell.outputs[0].text for cell in nb.cells if cell.source == where]
    assert shown == [f"{path.parent / path.stem}\n"]
    assert without_outputs(nb) == convert(path)
    assert (
        sorted(file.name for file in path.parent.parent.rglob("*.ipynb*")) == ["01_toy.ipynb"] * 2
    )


def test_a_cell_that_fails_is_named_and_nothing_is_written(toy, ran, monkeypatch, capsys):
    build(toy, matrix=False)
    before = [path.read_bytes() for path in built(toy)]
    monkeypatch.undo()
    toy.write_text(TOY.replace('print("twins")', "x = 1\nx / 0", 1))
    line = TOY[: TOY.index('print("twins")')].count("\n")
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    said = capsys.readouterr().err
    assert f"solutions/01_toy.py:{line}: this cell failed: ZeroDivisionError" in said
    assert "x / 0" in said
    assert [path.read_bytes() for path in built(toy)] == before


def test_a_check_that_fails_is_named_in_its_own_file(toy, capsys):
    file = toy.parent.parent / "checks" / "01_toy.py"
    file.write_text(TOY_CHECKS.replace("square(3) == 9", "square(3) == 10"))
    line = TOY_CHECKS[: TOY_CHECKS.index("def check_square")].count("\n") + 1
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert f"checks/01_toy.py:{line}: this cell failed: AssertionError" in capsys.readouterr().err
    assert not any(path.exists() for path in built(toy))
