"""The toy course, as its submissions are cleaned."""

import copy

import pytest

from tests.support.classes import TOY, answered, course


@pytest.fixture(scope="session")
def toy(tmp_path_factory):
    """Folder of a course, its release, and the release with all answers."""
    folder = tmp_path_factory.mktemp("toy")
    _, solution, released = course(folder, "01_toy", TOY)
    return folder, released, answered(solution, released)


@pytest.fixture
def released(toy):
    return toy[1]


@pytest.fixture
def full(toy):
    return copy.deepcopy(toy[2])
