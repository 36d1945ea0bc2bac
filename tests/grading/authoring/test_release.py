"""What students get shows no solution and no hidden test, and says where one would be shown."""

from grading import notebook
from grading.authoring.build import convert, main
from grading.authoring.leaks import leaks
from grading.authoring.lesson import read
from grading.authoring.release import release
from tests.support.lessons import TOY, TOY_CHECKS, built, by_id


def test_the_release_has_stubs_and_neither_solutions_nor_hidden_tests(toy):
    released = release(convert(toy), "01_toy", toy.parent.parent)
    cells = by_id(released)
    assert cells["double"].source.splitlines() == [
        "def double(x):",
        '    """Doubles x."""',
        '    raise NotImplementedError("your answer goes here")',
    ]
    assert cells["why_square"].source.splitlines()[-1] == "*Your answer goes here.*"
    text = notebook.dumps(released)
    for secret in ("twice_as_much", "case=arrays", "Rubric", "BEGIN", "END "):
        assert secret not in text
    assert all(not cell.get("outputs") for cell in released.cells)
    assert not notebook.edited(released)
    assert set(released.metadata) == {"grading", "kernelspec", "language_info"}


def test_the_scan_of_a_release_finds_markers_secrets_and_a_lost_stub(toy):
    lesson = read(toy)
    released = release(convert(toy), "01_toy", toy.parent.parent)
    assert leaks(lesson, released) == []
    by_id(released)["double"].source = "def double(x):\n    twice_as_much = x + x"
    released.cells[-1].source += "\nmany = np.arange(10)\n# begin hidden tests"
    by_id(released)["check_square"].source += "\ntwice_as_much = x + x"
    found = leaks(lesson, released)
    hidden = TOY_CHECKS[: TOY_CHECKS.index("    many = np.arange(10)")].count("\n") + 1
    solved = TOY[: TOY.index("    twice_as_much = x + x")].count("\n") + 1
    last = TOY[: TOY.index("# ## Further reading")].count("\n")
    check = TOY_CHECKS[: TOY_CHECKS.index("def check_square")].count("\n") + 1
    secret = "this cell would show students the secret line"
    assert (last, f"{secret} {hidden} of checks/01_toy.py: many = np.arange(10)", "") in found
    assert (check, f"{secret} {solved}: twice_as_much = x + x", "checks/01_toy.py") in found
    messages = "\n".join(problem.message for problem in found)
    assert "'# begin hidden tests' would reach course/" in messages
    assert "the released cell of 'double' has no stub" in messages


def test_an_import_or_a_hidden_line_that_the_visible_part_shows_is_no_secret(toy):
    imports = "import numpy as np\n    from os import path\n    many = np"
    text = TOY_CHECKS.replace("many = np", imports)
    shown = "pairs = {n: 2 * n for n in range(3)}"
    text = text.replace("many = np", f"{shown}\n    many = np")
    (toy.parent.parent / "checks" / "01_toy.py").write_text(text)
    toy.write_text(TOY.replace("import math\n", "import math\nfrom os import path\n"))
    released = release(convert(toy), "01_toy", toy.parent.parent)
    assert leaks(read(toy), released) == []


def test_a_solution_shown_in_another_cell_does_not_reach_course(toy, ran, capsys):
    shown = 'x = 4\ntwice_as_much = x + x\nprint("double(4) should be 8")'
    toy.write_text(TOY.replace('print("double(4) should be 8")', shown))
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert (
        "solutions/01_toy.py:30: this cell would show students the secret line 25: "
        "twice_as_much = x + x" in capsys.readouterr().err
    )
    assert not built(toy)[1].exists()


def test_a_hidden_test_shown_in_a_cell_or_in_another_check_does_not_reach_course(toy, ran, capsys):
    root = toy.parent.parent
    shown = "import numpy as np\n\nmany = np.arange(10)"
    toy.write_text(TOY.replace('print("double(4) should be 8")', shown))
    again = TOY_CHECKS.replace("    assert square", "    many = np.arange(10)\n    assert square")
    (root / "checks" / "01_toy.py").write_text(again)
    assert main(["--course-dir", str(root), "--no-matrix"]) == 1
    said = capsys.readouterr().err
    secret = "this cell would show students the secret line 14 of checks/01_toy.py: many = np"
    assert f"solutions/01_toy.py:30: {secret}" in said
    assert f"checks/01_toy.py:19: {secret}" in said
    assert not built(toy)[1].exists()
