"""What a cell's Python says, without running it."""

import nbformat
import pytest

from grading.submission.syntax import bound, only_defines
from tests.support.classes import REPOSITORY


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nfrom a import b",
        "SEED = 1\nshapes: dict = {'a': (2, 3)}\nhalf = SEED / 2",
        "EPOCHS = budget(cpu=10, gpu=50)\nN_TRAIN, N_TEST = sizes()\nPATH: str = home() + '/a'",
        "def f(x):\n    return g(x)\n\n\nclass A:\n    b = f(3)",
    ],
)
def test_imports_definitions_plain_values_and_constants_only_define(source):
    assert only_defines(source)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# a comment",
        "x = (",
        "%matplotlib inline",
        "x_train = data.digits('train')",
        "X, model = load()",
        "model.fit(x)",
        "SEED = 1\nset_seed(SEED)",
        "A[0] = f()",
        "a.B = f()",
        "x += 1",
        "for i in range(3):\n    A = i",
    ],
)
def test_what_computes_or_is_no_python_does_more(source):
    assert not only_defines(source)


@pytest.mark.parametrize("path", sorted(REPOSITORY.glob("course/*/*.ipynb")), ids=lambda p: p.stem)
def test_the_settings_of_every_notebook_only_define(path):
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    settings = [cell.source for cell in cells if "SEED" in bound(cell.source)]
    assert settings
    assert all(map(only_defines, settings))
