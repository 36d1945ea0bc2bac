"""A course to build, and a stand-in for executing its notebook."""

import pytest
from nbformat.v4 import new_output

from grading.authoring import build as building
from tests.support.lessons import course


@pytest.fixture
def toy(tmp_path):
    return course(tmp_path / "course")


@pytest.fixture
def ran(monkeypatch):
    """Puts a stand-in for executing; returns the list of folders in which it ran."""
    folders = []

    def run(nb, folder, places, settings):
        assert settings == {"VAELIB_CREATURES": "synthetic"}  # what is built is published
        folders.append(folder)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.execution_count = 7
                output = new_output("stream", text=f"run {len(folders)}\n")
                cell.outputs = [output]
        return nb

    monkeypatch.setattr(building, "execute", run)
    return folders
