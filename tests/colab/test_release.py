"""A release notebook as a student first runs it: all is well up to the first unsolved check.

It needs vaelib and what tests/colab/requirements.txt lists, and nothing else of the course.
"""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

RELEASES = sorted(Path(__file__).parents[2].glob("course/*/*.ipynb"))
UNSOLVED = "your answer goes here"
TIMEOUT = 600  # seconds a cell; the slowest, which imports TensorFlow, takes ten


def test_there_are_notebooks():
    assert len(RELEASES) == 7


@pytest.mark.parametrize("path", RELEASES, ids=lambda path: path.stem)
def test_only_the_unsolved_exercise_fails_and_its_check_says_so(path, tmp_path, monkeypatch):
    """Cells between an exercise and its check try it, so they meet its stub."""
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it ipykernel hides what libraries print
    nb = nbformat.read(path, as_version=4)
    ids = [cell.id for cell in nb.cells]
    exercise = next(n for n, cell in enumerate(nb.cells) if UNSOLVED in cell.source)
    name = ids[exercise]
    nb.cells = nb.cells[: ids.index(f"check_{name}") + 1]
    between = [cell for cell in nb.cells[exercise + 1 : -1] if cell.cell_type == "code"]
    trials = [cell.id for cell in between if f"{name}(" in cell.source]

    kernel = {"kernel_name": "python3", "resources": {"metadata": {"path": tmp_path}}}
    NotebookClient(nb, timeout=TIMEOUT, allow_errors=True, **kernel).execute()

    outputs = [(cell.id, one) for cell in nb.cells for one in cell.get("outputs", ())]
    assert [(where, one.text) for where, one in outputs if one.get("name") == "stderr"] == []
    errors = [(where, one.ename, one.evalue) for where, one in outputs if "ename" in one]
    unsolved = "not implemented yet. Replace the line `raise NotImplementedError` by your code."
    assert errors == [
        *((trial, "NotImplementedError", UNSOLVED) for trial in trials),
        (f"check_{name}", "CheckFailed", f"{name}: {unsolved}"),
    ]
