"""Checks in a file of their own: the cells that are made of them, and the folder they are in."""

import symtable

import pytest

from grading.authoring import checks
from grading.authoring.build import build, convert, main
from grading.authoring.kill_matrix import main as kill_matrix
from grading.authoring.source import RefusedError, parse
from tests.support.lessons import TOY_CHECKS, built, by_id

FILE = "checks/01_toy.py"


def test_a_cell_is_the_function_with_the_imports_that_it_uses_and_its_call(toy):
    cells = by_id(convert(toy))
    assert cells["check_double"].source.split("\n") == [
        "# @title Check · double · 2 points",
        "def check_double(double):",
        '    """the numbers from 0 to 2"""',
        "    from vaelib.checks import check_begins, check_passed",
        "",
        '    check_begins("double")',
        "    pairs = {n: 2 * n for n in range(3)}",
        '    assert all(double(n) == twice for n, twice in pairs.items()), "double: wrong"',
        "    # BEGIN HIDDEN TESTS",
        "    import numpy as np",  # which only the hidden part uses
        "    many = np.arange(10)",
        '    assert (double(many) == 2 * many).all(), "double: wrong, case=arrays"',
        "    # END HIDDEN TESTS",
        '    check_passed("double", check_double.__doc__, hidden_cases=True)',
        "",
        "",
        "check_double(double)",
    ]
    assert cells["check_square"].source.split("\n") == [
        "# @title Check · square · 3 points",
        "def check_square(square):",
        '    """the number 3"""',
        "    from vaelib.checks import check_begins, check_passed",
        "",
        '    check_begins("square")',
        '    assert square(3) == 9, "square: wrong"',
        '    check_passed("square", check_square.__doc__)',
        "",
        "",
        "check_square(square)",
    ]


def cell(text):
    """The cell that is made of the one check in a text."""
    (check,) = checks.parse(text, FILE).values()
    return check.cell


CHECK_OF_F = """\
import os.path
import os
import numpy as np
from numpy import (
    linalg,
    testing as t,
)
import math


def check_f(f):
    'One line.'

    x = 1
    t.assert_allclose(f(x), [np.e for np in (math,)])
    os.remove(f(1))
"""
CELL_OF_F = """\
def check_f(f):
    'One line.'
    import os.path
    import os
    from numpy import testing as t
    import math
    from vaelib.checks import check_begins, check_passed

    check_begins("f")
    x = 1
    t.assert_allclose(f(x), [np.e for np in (math,)])
    os.remove(f(1))
    check_passed("f", check_f.__doc__)


check_f(f)"""


@pytest.mark.parametrize("text", ["'One line.'", '"""Two\n\n    lines.\n    """'])
def test_imports_stand_after_the_docstring_and_in_the_order_of_the_file(text):
    check, made = (one.replace("'One line.'", text) for one in (CHECK_OF_F, CELL_OF_F))
    assert cell(check) == made


def test_comments_that_are_indented_behind_the_last_statement_belong_to_a_check():
    text = "def check_f(f):\n    f(1)\n    # the end\n\n# of the file\n"
    assert "    f(1)\n    # the end\n    check_passed(" in cell(text)


def test_a_cell_binds_nothing_but_the_name_of_its_check(toy):
    for made in convert(toy).cells:
        if made.id.startswith("check_"):
            table = symtable.symtable(made.source, made.id, "exec")
            bound = [
                s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()
            ]
            assert bound == [made.id]


def test_the_check_in_a_lesson_is_its_header_alone_even_at_the_end_of_the_file():
    for end in ("", "\n", "\n\n\n", "\n# %% [markdown]\n# More.\n", "\n\n# %%\nx = 1\n"):
        found = [one for one in parse(f'# %%\nx = 1\n\n# %% check="a" points=2{end}') if one.kind]
        assert [(one.kind, one.name, one.points, one.source, one.line) for one in found] == [
            ("check", "a", 2, "", 4)
        ]


@pytest.fixture
def private(toy, tmp_path, monkeypatch):
    """A folder beside the course, with checks that try other numbers."""
    folder = tmp_path / "private"
    folder.mkdir()
    text = TOY_CHECKS.replace("np.arange(10)", "np.arange(77)")
    (folder / "01_toy.py").write_text(text)
    (toy.parent.parent / "elsewhere").mkdir()
    monkeypatch.chdir(toy.parent.parent / "elsewhere")
    monkeypatch.setenv("VAE_CHECKS", "../../private")
    return folder


def test_vae_checks_names_another_folder_of_checks(toy, private, ran):
    assert "np.arange(77)" in by_id(convert(toy))["check_double"].source
    done = build(toy, matrix=False)
    assert done.endswith("released with the checks of ../../private/")
    solution, released = (path.read_text("utf-8") for path in built(toy))
    assert "np.arange(77)" in solution
    assert "np.arange" not in released


def test_vae_checks_may_be_absolute_or_empty(toy, private, ran, monkeypatch):
    monkeypatch.setenv("VAE_CHECKS", str(private))
    assert build(toy, matrix=False).endswith(f"released with the checks of {private}/")
    monkeypatch.setenv("VAE_CHECKS", "")
    assert build(toy, matrix=False).endswith("released")
    assert "np.arange(10)" in by_id(convert(toy))["check_double"].source


def test_a_private_check_that_shows_students_something_else_is_named(toy, private, ran):
    file = private / "01_toy.py"
    file.write_text(file.read_text().replace("square(3)", "square(3.0)"))
    assert build(toy, matrix=False).endswith(
        "../../private/, which students see changed in square: release this notebook"
    )


def test_a_lesson_that_the_private_folder_lacks_takes_its_checks_from_the_course(
    toy, private, ran, capsys
):
    root = toy.parent.parent
    for kind in ("solutions", "checks"):
        (root / kind / "02_toy.py").write_text((root / kind / "01_toy.py").read_text())
    assert main(["--course-dir", str(root), "--no-matrix"]) == 0
    one, two = capsys.readouterr().out.splitlines()
    assert one.endswith("released with the checks of ../../private/")
    assert two.endswith("with the checks of the course, since ../../private has no 02_toy.py")
    assert (
        "np.arange(10)" in by_id(convert(root / "solutions" / "02_toy.py"))["check_double"].source
    )


def test_a_problem_in_a_private_check_names_its_file(toy, private, capsys):
    file = private / "01_toy.py"
    file.write_text(file.read_text().replace("square(3)", "square(SEED)"))
    assert main(["--course-dir", str(toy.parent.parent)]) == 1
    assert (
        "../../private/01_toy.py:21: the check of 'square' uses 'SEED'" in capsys.readouterr().err
    )


def test_the_kill_matrix_tries_the_checks_of_the_private_folder(toy, private, capsys):
    file = private / "01_toy.py"
    file.write_text(file.read_text().replace("square(3) == 9", "square(4) == 17"))
    answers = toy.parent.parent / "tests" / "answers" / "01_toy.py"
    answers.parent.mkdir(parents=True)
    answers.write_text("")
    assert kill_matrix(["--course-dir", str(toy.parent.parent)]) == 1
    assert "square × the solution: a right answer fails: square: wrong" in capsys.readouterr().err


def test_a_file_of_the_private_folder_that_belongs_to_no_lesson_is_named(toy, private):
    (private / "01_tyo.py").write_text("")
    with pytest.raises(RefusedError, match=r"where 01_tyo\.py belongs to no lesson"):
        convert(toy)


@pytest.mark.parametrize("command", [main, kill_matrix])
@pytest.mark.parametrize("lacking", ["no folder", "a file", "no checks"])
def test_a_folder_that_is_not_there_or_has_no_checks_is_refused(
    lacking, command, toy, private, capsys
):
    (private / "01_toy.py").rename(private / "01_other.py")
    if lacking != "no checks":
        private.rename(private.with_name("moved"))
    if lacking == "a file":
        private.write_text("")
    with pytest.raises(SystemExit):
        command(["--course-dir", str(toy.parent.parent)])
    said = capsys.readouterr().err
    if lacking == "a file":
        assert "VAE_CHECKS names ../../private, which is a file; name its folder" in said
    elif lacking == "no folder":
        assert "VAE_CHECKS names ../../private, which is not there" in said
    else:
        assert "VAE_CHECKS names ../../private, which has no checks of any lesson" in said
        assert "01_toy.py" in said
    with pytest.raises(RefusedError, match="VAE_CHECKS"):
        convert(toy)
