"""What the build makes of a lesson: ids, metadata, the badge and the cells that every one has."""

import re

import pytest

from grading import notebook
from grading.authoring.assemble import METADATA
from grading.authoring.build import build, convert
from grading.authoring.release import release
from grading.authoring.source import RefusedError
from tests.support.lessons import TOY, built, by_id


def test_the_same_source_gives_the_same_bytes(toy):
    assert notebook.dumps(convert(toy)) == notebook.dumps(convert(toy))
    one, two = (release(convert(toy), "01_toy", toy.parent.parent) for _ in range(2))
    assert notebook.dumps(one) == notebook.dumps(two)


def test_ids_come_from_names_or_from_the_text_and_twins_differ(toy):
    ids = [cell.id for cell in convert(toy).cells]
    for name in ("double", "check_double", "predict_half", "square", "why_square"):
        assert name in ids
    twins = [cell.id for cell in convert(toy).cells if cell.source == 'print("twins")']
    assert re.fullmatch(r"[0-9a-f]{12}", twins[0])
    assert twins[1] == f"{twins[0]}-2"
    toy.write_text(TOY.replace("# ### Exercise 1", "# A new line.\n#\n# ### Exercise 1"))
    changed = [cell.id for cell in convert(toy).cells]
    assert len(set(ids) ^ set(changed)) == 2


def test_nbgrader_gets_the_metadata_of_version_3(toy):
    cells = by_id(convert(toy))
    common = {"schema_version": 3, "task": False}
    assert cells["double"].metadata == {
        "nbgrader": {
            **common,
            "grade_id": "double",
            "grade": False,
            "solution": True,
            "locked": False,
        }
    }
    assert cells["check_double"].metadata == {
        "nbgrader": {
            **common,
            "grade_id": "check_double",
            "grade": True,
            "solution": False,
            "locked": True,
            "points": 2,
        },
        "jupyter": {"source_hidden": True},
        "cellView": "form",
        "tags": ["hide-input"],
        "mystnb": {
            "code_prompt_show": "Check · double · 2 points",
            "code_prompt_hide": "Check · double · 2 points",
        },
    }
    assert cells["why_square"].metadata == {
        "nbgrader": {
            **common,
            "grade_id": "why_square",
            "grade": True,
            "solution": True,
            "locked": False,
            "points": 1,
        }
    }
    assert cells["predict_half"].metadata == {}
    compared = [cell.metadata for cell in cells.values() if cell.source == "1 + SEED"]
    assert compared == [{"tags": ["nbval-check-output"]}]


def test_nothing_of_jupytext_is_left(toy):
    nb = convert(toy)
    assert nb.metadata == METADATA
    assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
    for cell in nb.cells:
        assert cell.source == cell.source.strip("\n")
        assert set(cell.metadata) <= {"nbgrader", "tags", "jupyter", "cellView", "mystnb"}


def test_badge_and_install_cell_come_from_the_address_in_pyproject(toy):
    project = toy.parent.parent / "pyproject.toml"
    project.write_text('[project.urls]\nRepository = "https://github.com/some-one/a.course"\n')
    nb = convert(toy)
    title, blank, badge, *_ = nb.cells[0].source.split("\n")
    assert title == "# Doubling and squaring"
    assert blank == ""
    assert badge.endswith(
        "(https://colab.research.google.com/github/some-one/a.course"
        "/blob/main/course/01_toy/01_toy.ipynb)"
    )
    install = nb.cells[1]
    assert install.cell_type == "code"
    assert '%pip install -q "git+https://github.com/some-one/a.course"' in install.source


def test_an_address_that_is_not_on_github_is_refused(toy):
    (toy.parent.parent / "pyproject.toml").write_text(
        '[project.urls]\nRepository = "https://a.b"\n'
    )
    with pytest.raises(RefusedError, match=r"pyproject\.toml:1: the Repository 'https://a\.b'"):
        convert(toy)


def test_the_install_cell_does_nothing_outside_colab(toy):
    source = convert(toy).cells[1].source
    assert len(source.splitlines()) <= 8
    exec(source.replace("    %pip", "    raise AssertionError  # "), {})


@pytest.mark.parametrize(
    ("trained", "asked"), [(1, {}), (2, {"accelerator": "GPU", "colab": {"gpuType": "T4"}})]
)
def test_a_notebook_that_trains_several_models_asks_colab_for_a_gpu(trained, asked, toy, ran):
    toy.write_text(TOY.replace('print("twins")', "model.fit(x)", trained))
    for done in ("executed", "outputs kept"):
        assert done in build(toy, matrix=False)
        for path in built(toy):
            metadata = notebook.read(path).metadata
            metadata.pop("grading", None)
            assert metadata == METADATA | asked
