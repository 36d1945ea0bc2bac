"""The build: what it makes of a source, what it refuses, and that the committed notebooks are it.

Notebooks are executed only where a test is about executing.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grading import notebook
from grading.authoring import build as building
from grading.authoring import markers
from grading.authoring.build import build, convert, main
from grading.authoring.release import release
from grading.authoring.rules import problems
from grading.authoring.source import RefusedError, parse
from tests.support.classes import without_outputs

REPOSITORY = Path(__file__).resolve().parents[3]

TOY = '''\
# %% [markdown]
# # Doubling and squaring
#
# **You will learn** to double and to square.
#
# **Before you start.** Nothing.
#
# **Time and points.** Five minutes, 6 points, 1 of them by hand.

# %%
"""What this notebook imports."""

import math

# %%
SEED = 1

# %% [markdown]
# ### Exercise 1 · `double` (2 points)

# %% exercise="double"
def double(x):
    """Doubles x."""
    # BEGIN SOLUTION
    twice_as_much = x + x
    return twice_as_much
    # END SOLUTION


# %%
print("double(4) should be 8")

# %% check="double" points=2
def check_double():
    import numpy as np

    pairs = {n: 2 * n for n in range(3)}
    assert all(double(n) == twice for n, twice in pairs.items()), "double: wrong"
    # BEGIN HIDDEN TESTS
    many = np.arange(10)
    assert (double(many) == 2 * many).all(), "double: wrong, case=arrays"
    # END HIDDEN TESTS


check_double()

# %% [markdown] predict="half"
# **Predict.** What is the square of ½? *Your guess.*

# %% [markdown]
# ### Exercise 2 · `square` (3 points)

# %% exercise="square"
def _helper(x):
    return x


def square(x):
    """Squares x."""
    # BEGIN SOLUTION
    return math.pow(_helper(x), 2)
    # END SOLUTION


# %% check="square" points=3
assert square(3) == 9, "square: wrong"

# %% [markdown] answer="why_square" points=1
# **Why** is a square never negative?
#
# <!-- BEGIN SOLUTION -->
# A product of equal signs is positive. Rubric: 1 point for the signs.
# <!-- END SOLUTION -->

# %% compare
1 + SEED

# %%
print("twins")

# %%
print("twins")

# %% [markdown]
# ## Recap
#
# You doubled and squared.

# %% [markdown]
# ## Further reading
#
# Euclid, because he came first.
'''

CHECK = 'assert square(3) == 9, "square: wrong"'
SOLUTION_OF_DOUBLE = "    twice_as_much = x + x\n    return twice_as_much\n"


def course(folder, text=TOY):
    """Lays out a course with one assignment, 01_toy, and returns the path of its source."""
    (folder / "solutions").mkdir(parents=True)
    for name in ("pyproject.toml", "nbgrader_config.py"):
        shutil.copy(REPOSITORY / name, folder)
    path = folder / "solutions" / "01_toy.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def toy(tmp_path):
    return course(tmp_path / "course")


@pytest.fixture
def ran(monkeypatch):
    """Puts a stand-in for executing; returns the list of folders in which it ran."""
    folders = []

    def run(nb, folder, lines, settings):
        assert settings == {"VAELIB_CREATURES": "drawn"}  # what is built is published
        folders.append(folder)
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.execution_count = 7
                output = notebook.nbformat.v4.new_output("stream", text=f"run {len(folders)}\n")
                cell.outputs = [output]
        return nb

    monkeypatch.setattr(building, "execute", run)
    return folders


def built(path):
    """The two notebooks of a course laid out by `course`."""
    name, root = path.stem, path.parent.parent
    return (
        path.parent / name / f"{name}.ipynb",
        root / "course" / name / f"{name}.ipynb",
    )


def by_id(nb):
    return {cell.id: cell for cell in nb.cells}


# The first text in place of the second; the message; and a text in the line that it must name.
REFUSALS = {
    "an exercise without a check": (
        f'# %% check="square" points=3\n{CHECK}\n',
        "",
        "the exercise 'square' has no check",
        'exercise="square"',
    ),
    "a check without points": (
        'check="square" points=3',
        'check="square"',
        "the check 'square' has no points",
        'check="square"',
    ),
    "a check with half points": (
        'check="square" points=3',
        'check="square" points=2.5',
        "points=2.5; write a positive whole number",
        'check="square"',
    ),
    "a check for 0 points": (
        'check="square" points=3',
        'check="square" points=0',
        "points=0; write a positive whole number",
        'check="square"',
    ),
    "a check whose points are a text": (
        'check="square" points=3',
        'check="square" points="3"',
        "points='3'; write a positive whole number",
        'check="square"',
    ),
    "a check of an unknown exercise": (
        'check="square"',
        'check="cube"',
        "a check of 'cube', which is no exercise",
        'check="cube"',
    ),
    "a second check of an exercise": (
        "# %% compare",
        f'# %% check="square" points=3\n{CHECK}  # again\n\n# %% compare',
        "a second check of 'square'",
        'check="square" points=3\n' + CHECK + "  # again",
    ),
    "a check before its exercise": (
        '# %% exercise="double"',
        f'# %% check="square" points=3\n{CHECK}  # early\n\n# %% exercise="double"',
        "the check of 'square' stands before its exercise",
        'check="square" points=3\n' + CHECK + "  # early",
    ),
    "an exercise that defines another name": (
        "def square(x):",
        "def squared(x):",
        "this cell does not define 'square'",
        'exercise="square"',
    ),
    "an exercise that defines a second public function": (
        "def _helper(x):",
        "def helper(x):",
        "also defines 'helper'",
        'exercise="square"',
    ),
    "an exercise that does not parse": (
        '    """Squares x."""',
        '    """Squares x.""" )',
        "syntax error",
        '"""Squares x.""" )',
    ),
    "a solution that swallows the function": (
        f'def double(x):\n    """Doubles x."""\n    # BEGIN SOLUTION\n{SOLUTION_OF_DOUBLE}    #',
        f'# BEGIN SOLUTION\ndef double(x):\n    """Doubles x."""\n{SOLUTION_OF_DOUBLE}#',
        "must be indented inside 'double'",
        "def double(x):",
    ),
    "an exercise without a solution": (
        f"    # BEGIN SOLUTION\n{SOLUTION_OF_DOUBLE}    # END SOLUTION",
        SOLUTION_OF_DOUBLE.rstrip(),
        "the exercise 'double' has no solution",
        'exercise="double"',
    ),
    "an answer without a model answer": (
        "# <!-- BEGIN SOLUTION -->\n# A product of equal signs is positive. "
        "Rubric: 1 point for the signs.\n# <!-- END SOLUTION -->",
        "# No model.",
        "the answer 'why_square' has no model answer",
        'answer="why_square"',
    ),
    "a check that uses a setting of the notebook": (
        CHECK,
        f"x = SEED\n{CHECK}",
        "the check of 'square' uses 'SEED'",
        "x = SEED",
    ),
    "a check that uses an import of the notebook": (
        CHECK,
        f"{CHECK}\nassert square(2) == math.pow(2, 2)",
        "uses 'math'",
        "math.pow(2, 2)",
    ),
    "a check that uses another exercise": (
        CHECK,
        f"{CHECK}\nassert square(2) == double(2)",
        "uses 'double'",
        "double(2)",
    ),
    "a foreign name in a lambda": (
        CHECK,
        f"other = lambda x, y=1: square(x) + y + outside\n{CHECK}",
        "uses 'outside'",
        "+ outside",
    ),
    "a foreign name in a nested function": (
        CHECK,
        f"def one():\n    def two(a):\n        return a + outside\n    return two\n{CHECK}",
        "uses 'outside'",
        "a + outside",
    ),
    "a foreign name in a comprehension": (
        CHECK,
        f"found = [n for n in range(3) if n > outside]\n{CHECK}",
        "uses 'outside'",
        "n > outside",
    ),
    "the variable of a comprehension used outside it": (
        CHECK,
        f"found = [inner for inner in range(3)]\nagain = inner\n{CHECK}",
        "uses 'inner'",
        "again = inner",
    ),
    "a foreign name in the hidden part": (
        "many = np.arange(10)",
        "many = np.arange(TEN)",
        "the check of 'double' uses 'TEN'",
        "np.arange(TEN)",
    ),
    "a star import in a check": (
        "def check_double():\n    import numpy as np\n",
        "from numpy import *\ndef check_double():\n",
        "imports * from numpy",
        "from numpy import *",
    ),
    "a check that does not parse": (
        CHECK,
        f"x = 1\n{CHECK[:-1]}",
        "syntax error",
        CHECK[:-1],
    ),
    "a check that never calls its exercise": (
        CHECK,
        "assert 3 * 3 == 9",
        "the check of 'square' never uses it",
        'check="square"',
    ),
    "two exercises of one name": (
        '# %% [markdown] answer="why_square"',
        '# %% exercise="double"\ndef double(x):\n    # BEGIN SOLUTION\n    return 2 * x\n'
        '    # END SOLUTION\n\n\n# %% [markdown] answer="why_square"',
        "the name 'double' is taken by the cell in line 21",
        'exercise="double"\ndef double(x):\n    # BEGIN SOLUTION\n    return 2',
    ),
    "an answer with the name of an exercise": (
        'answer="why_square"',
        'answer="square"',
        "the name 'square' is taken",
        'answer="square"',
    ),
    "a prompt with the name of an exercise": (
        'predict="half"',
        'predict="double"',
        "the name 'double' is taken",
        'predict="double"',
    ),
    "a name that is the id of another cell": (
        'answer="why_square"',
        'answer="check_square"',
        "the name 'check_square' is taken",
        'answer="check_square"',
    ),
    "an unknown header key": (
        'exercise="square"',
        'exercise="square" level="hard"',
        "unknown header key 'level'",
        'level="hard"',
    ),
    "a key that belongs to another kind": (
        'exercise="square"',
        'exercise="square" points=3',
        "unknown header key 'points'",
        'exercise="square" points=3',
    ),
    "two kinds in one header": (
        'exercise="square"',
        'exercise="square" check="square"',
        "unknown header key 'check'",
        'exercise="square" check="square"',
    ),
    "a word in a header": (
        "# %% compare",
        "# %% compared",
        "unknown header key 'title'",
        "# %% compared",
    ),
    "an answer on a code cell": (
        '[markdown] answer="why_square"',
        'answer="why_square"',
        "'answer' belongs on a markdown cell",
        'answer="why_square"',
    ),
    "an exercise on a markdown cell": (
        '# %% exercise="square"',
        '# %% [markdown] exercise="square"',
        "'exercise' belongs on a code cell",
        'exercise="square"',
    ),
    "a raw cell": ("# %% compare", "# %% [raw]", "a raw cell", "# %% [raw]"),
    "a name with a space": (
        'predict="half"',
        'predict="one half"',
        "predict='one half' is not a name",
        'predict="one half"',
    ),
    "a keyword for a name": (
        'predict="half"',
        'predict="lambda"',
        "is a keyword",
        'predict="lambda"',
    ),
    "a third answer": (
        "# %% compare",
        "".join(
            f'# %% [markdown] answer="{name}" points=1\n# <!-- BEGIN SOLUTION -->\n# So.\n'
            "# <!-- END SOLUTION -->\n\n"
            for name in ("second", "third")
        )
        + "# %% compare",
        "more than 2 written answers",
        'answer="third"',
    ),
    "an answer without points": (
        'answer="why_square" points=1',
        'answer="why_square"',
        "the answer 'why_square' has no points",
        'answer="why_square"',
    ),
    "a solution marker in an ordinary cell": (
        'print("double(4) should be 8")',
        "# BEGIN SOLUTION\n# END SOLUTION",
        "BEGIN SOLUTION outside an exercise or an answer",
        "# BEGIN SOLUTION\n# END",
    ),
    "a solution marker in a check": (
        CHECK,
        f"{CHECK}\n# END SOLUTION",
        "END SOLUTION outside an exercise or an answer",
        "# END SOLUTION\n\n# %% [markdown] answer",
    ),
    "a solution that does not end": (
        f"{SOLUTION_OF_DOUBLE}    # END SOLUTION",
        SOLUTION_OF_DOUBLE.rstrip(),
        "BEGIN SOLUTION without END SOLUTION",
        "# BEGIN SOLUTION\n    twice",
    ),
    "an end without a beginning": (
        f"    # BEGIN SOLUTION\n{SOLUTION_OF_DOUBLE}    # END SOLUTION",
        f"{SOLUTION_OF_DOUBLE}    # END SOLUTION  # alone",
        "END SOLUTION without BEGIN SOLUTION",
        "# alone",
    ),
    "a solution inside a solution": (
        "    return twice_as_much",
        "    # BEGIN SOLUTION  # twice\n    return twice_as_much",
        "BEGIN SOLUTION inside the region opened in line 24",
        "# twice",
    ),
    "a solution that begins and ends in one line": (
        "# <!-- BEGIN SOLUTION -->\n# A product of equal signs is positive. "
        "Rubric: 1 point for the signs.\n# <!-- END SOLUTION -->",
        "# <!-- BEGIN SOLUTION --> The signs. <!-- END SOLUTION -->",
        "BEGIN SOLUTION without END SOLUTION",
        "The signs.",
    ),
    "hidden tests outside a check": (
        'print("double(4) should be 8")',
        "# BEGIN HIDDEN TESTS\n# END HIDDEN TESTS",
        "BEGIN HIDDEN TESTS outside a check",
        "# BEGIN HIDDEN TESTS\n# END",
    ),
    "hidden tests that do not end": (
        "# END HIDDEN TESTS",
        "# that was all",
        "BEGIN HIDDEN TESTS without END HIDDEN TESTS",
        "# BEGIN HIDDEN TESTS",
    ),
    "a marker in small letters": (
        "# END HIDDEN TESTS",
        "# END HIDDEN TESTS\n# begin hidden tests",
        "nbgrader does not take '# begin hidden tests' for a marker",
        "# begin hidden tests",
    ),
    "a marker with a word missing": (
        "# BEGIN HIDDEN TESTS",
        "# BEGIN  HIDDEN TEST",
        "nbgrader does not take '# BEGIN  HIDDEN TEST' for a marker",
        "# BEGIN  HIDDEN TEST",
    ),
    "a mark scheme": (
        "# ## Recap",
        "# ### BEGIN MARK SCHEME\n# ## Recap",
        "nbgrader does not take '### BEGIN MARK SCHEME' for a marker",
        "### BEGIN MARK SCHEME",
    ),
    "no title": (
        "# # Doubling and squaring",
        "# Doubling and squaring",
        "its first line the notebook's one '# ' title",
        "# %% [markdown]\n# Doubling",
    ),
    "two titles": (
        "# **You will learn**",
        "# # Another title\n#\n# **You will learn**",
        "its first line the notebook's one '# ' title",
        "# %% [markdown]\n# # Doubling",
    ),
    "no You will learn": (
        "**You will learn** to",
        "You will learn to",
        "the first cell has no **You will learn**",
        "# %% [markdown]\n# # Doubling",
    ),
    "no Before you start": (
        "**Before you start.** Nothing",
        "Nothing",
        "the first cell has no **Before you start**",
        "# %% [markdown]\n# # Doubling",
    ),
    "no Time and points": (
        "**Time and points.** Five",
        "Five",
        "the first cell has no **Time and points**",
        "# %% [markdown]\n# # Doubling",
    ),
    "other points than its cells have": (
        "6 points, 1",
        "7 points, 1",
        "states 7 points, its cells add up to 6",
        "7 points",
    ),
    "no points stated": (
        "Five minutes, 6 points, 1 of them by hand.",
        "Five minutes.",
        "does not state the points; write '6 points'",
        "Five minutes.",
    ),
    "no recap": ("# ## Recap", "# ## The end", "no '## Recap'", "# %% [markdown]\n# ## Further"),
    "no further reading": (
        "# ## Further reading",
        "# ## Books",
        "no '## Further reading'",
        "# %% [markdown]\n# ## Books",
    ),
    "no prompt": (
        '[markdown] predict="half"',
        "[markdown]",
        "no Predict prompt",
        "# %% [markdown]\n# ## Further",
    ),
    "no SEED": (
        "SEED = 1",
        "SIZE = 1",
        "no cell of settings assigns SEED",
        '# %%\n"""What this notebook imports."""',
    ),
    "a first code cell that does more than import": (
        "import math\n",
        "import math\n\nmath.pi\n",
        "the first code cell holds imports and nothing else",
        '# %%\n"""What this notebook imports."""',
    ),
    "an exercise without a heading": (
        "# ### Exercise 2 · `square` (3 points)",
        "# Now square.",
        "write '### Exercise 2 · `square` (3 points)'",
        'exercise="square"',
    ),
    "a heading with other points": (
        "`square` (3 points)",
        "`square` (2 points)",
        "must be '### Exercise 2 · `square` (3 points)'",
        "`square` (2 points)",
    ),
    "a heading with another number": (
        "Exercise 2 ·",
        "Exercise 3 ·",
        "must be '### Exercise 2 · `square` (3 points)'",
        "Exercise 3 ·",
    ),
    "a heading with another name": (
        "2 · `square`",
        "2 · `cube`",
        "must be '### Exercise 2 · `square` (3 points)'",
        "2 · `cube`",
    ),
    "a check that leaves a name in the student's notebook": (
        CHECK,
        f"helper = 1\n{CHECK}",
        "the check of 'square' leaves 'helper' in the student's notebook; put it inside a function",
        'check="square" points=3',
    ),
    "a check that is never called": (
        "    # END HIDDEN TESTS\n\n\ncheck_double()\n",
        "    # END HIDDEN TESTS\n",
        "the check of 'double' defines check_double and never calls it",
        'check="double" points=2',
    ),
    "a check that leaves an import in the student's notebook": (
        CHECK,
        f"from math import sqrt as relu\n{CHECK}",
        "the check of 'square' leaves 'relu' in the student's notebook",
        'check="square" points=3',
    ),
    "a heading without an exercise": (
        "# ## Recap",
        "# ### Exercise 3 · `cube` (1 point)\n#\n# ## Recap",
        "a heading without its exercise",
        "Exercise 3 · `cube`",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_build_refuses_and_names_the_line(case, tmp_path, capsys):
    old, new, message, at = REFUSALS[case]
    assert old in TOY
    text = TOY.replace(old, new, 1)
    assert text.count(at) == 1 or at not in TOY
    line = text[: text.index(at)].count("\n") + 1
    path = course(tmp_path / "course", text)
    assert main(["--course-dir", str(tmp_path / "course")]) == 1
    where = f"solutions/01_toy.py:{line}: "
    said = capsys.readouterr().err.splitlines()
    assert [one for one in said if one.startswith(where) and message in one]
    assert not any(one.exists() for one in built(path))


def test_the_toy_itself_breaks_no_rule():
    assert problems(parse(TOY)) == []


def test_all_problems_are_told_at_once_in_the_order_of_the_file():
    text = TOY.replace("# ## Recap", "# ## The end").replace("SEED = 1", "SIZE = 1")
    lines = [line for line, _ in problems(parse(text))]
    assert len(lines) == 2
    assert lines == sorted(lines)


def test_a_source_that_jupytext_reads_otherwise_is_refused():
    text = TOY.replace('"""What this notebook imports."""', '"""Imports\n# %% [markdown]\n"""')
    with pytest.raises(RefusedError, match="jupytext reads"):
        parse(text)


def test_a_source_begins_with_a_header():
    with pytest.raises(RefusedError, match="begins with a cell header"):
        parse(f"import math\n{TOY}")


@pytest.mark.parametrize(
    "text",
    [
        "total = 0\nfor n in range(3):\n    total += n\nassert square(total)",
        "from os import path as p\nassert square(len(p.join('a', 'b')))",
        "class Case:\n    one = 1\n    two = one + 1\n    def get(self):\n        return Case.two\n"
        "assert square(Case().get())",
        "try:\n    square(1)\nexcept ValueError as error:\n    print(error)",
        "with open('x') as file, open('y') as (a, b):\n    square(file, a, b)",
        "def f(x, *args, y=1, **kwargs):\n    global late\n    late = x + y\n"
        "    return args, kwargs\nf(square(1)); print(late)",
        "if (n := square(2)) > 3:\n    print({n: [m for m in range(n)] for n in range(n)})",
        "x: int = square(1)\nassert __name__ and isinstance(x, int)",
        "def outer():\n    inner = 1\n    def f():\n        nonlocal inner\n        inner += 1\n"
        "        return inner\n    return f\nsquare(outer()())",
        "match square(2):\n    case [first, *rest]:\n        print(first, rest)\n    case other:\n"
        "        print(other)",
    ],
)
def test_a_check_may_use_its_exercise_its_own_names_and_builtins(text):
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    inside = f"def check_square():\n{lines}\n\ncheck_square()"
    assert problems(parse(TOY.replace(CHECK, inside))) == []


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
        }
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
    assert nb.metadata == notebook.METADATA
    assert (nb.nbformat, nb.nbformat_minor) == (4, 5)
    for cell in nb.cells:
        assert cell.source == cell.source.strip("\n")
        assert set(cell.metadata) <= {"nbgrader", "tags"}


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
            assert metadata == notebook.METADATA | asked


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
    cells = parse(TOY)
    released = release(convert(toy), "01_toy", toy.parent.parent)
    assert markers.leaks(cells, released) == []
    by_id(released)["double"].source = "def double(x):\n    twice_as_much = x + x"
    released.cells[-1].source += "\nmany = np.arange(10)\n# begin hidden tests"
    found = markers.leaks(cells, released)
    numbered = {text: number for number, text in enumerate(TOY.split("\n"), start=1)}
    hidden = numbered["    many = np.arange(10)"]
    last = numbered["# ## Further reading"] - 1
    assert (
        last,
        f"this cell would show students the secret line {hidden}: many = np.arange(10)",
    ) in found
    messages = "\n".join(message for _, message in found)
    assert "'# begin hidden tests' would reach course/" in messages
    assert "the released cell of 'double' has no stub" in messages


def test_an_import_or_a_hidden_line_that_the_visible_part_shows_is_no_secret(toy):
    imports = "import numpy as np\n    from os import path\n    many = np"
    text = TOY.replace("many = np", imports)
    text = text.replace("import math\n", "import math\nfrom os import path\n")
    shown = "pairs = {n: 2 * n for n in range(3)}"
    text = text.replace("many = np", f"{shown}\n    many = np")
    toy.write_text(text)
    released = release(convert(toy), "01_toy", toy.parent.parent)
    assert markers.leaks(parse(text), released) == []


def test_a_solution_shown_in_another_cell_does_not_reach_course(toy, ran, capsys):
    shown = 'x = 4\ntwice_as_much = x + x\nprint("double(4) should be 8")'
    toy.write_text(TOY.replace('print("double(4) should be 8")', shown))
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert (
        "solutions/01_toy.py:30: this cell would show students the secret line 25: "
        "twice_as_much = x + x" in capsys.readouterr().err
    )
    assert not built(toy)[1].exists()


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
    changed = TOY.replace('"double: wrong"', '"double: not right"')
    assert changed != TOY
    toy.write_text(changed)
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
    assert nb.metadata == notebook.METADATA
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
            cell.outputs = [notebook.nbformat.v4.new_output("stream", text="mine\n")]
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
    assert re.search(r"its largest cells: line \d+ 0\.00 MB, line \d+ ", said)
    assert not any(path.exists() for path in built(toy))


def test_a_source_inside_the_folder_that_nbgrader_copies_is_refused(toy, ran, capsys):
    built(toy)[0].parent.mkdir()
    (built(toy)[0].parent / "solution.py").write_text("")
    assert main(["--course-dir", str(toy.parent.parent), "--no-matrix"]) == 1
    assert "nbgrader would copy solution.py into the release" in capsys.readouterr().err


def test_the_build_fails_where_the_checks_fail(toy, ran, capsys):
    assert main(["--course-dir", str(toy.parent.parent)]) == 1
    assert "tests/answers/01_toy.py is not there" in capsys.readouterr().err
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
        path for folder in ("solutions", "course") for path in Path(REPOSITORY, folder).rglob("*")
    )
    return False, [path.relative_to(REPOSITORY).as_posix() for path in files if path.is_file()]


IN_GIT, KEPT = kept_files()
SOURCES = sorted(path for path in KEPT if re.fullmatch(r"solutions/\d\d_\w+\.py", path))


def kept(path):
    """What git has of a file in its index, so that a file someone typed in does not matter."""
    return git("show", f":{path}") if IN_GIT else Path(REPOSITORY, path).read_text("utf-8")


@pytest.mark.parametrize("source", SOURCES)
def test_the_committed_notebooks_are_what_the_build_makes(source, tmp_path):
    (tmp_path / "solutions").mkdir()
    for path in (source, "pyproject.toml", "nbgrader_config.py"):
        (tmp_path / path).write_text(kept(path), encoding="utf-8")
    name = Path(source).stem
    made = convert(tmp_path / source)
    there = notebook.nbformat.reads(kept(f"solutions/{name}/{name}.ipynb"), as_version=4)
    hint = f"run: make build, and commit solutions/{name} and course/{name}"
    assert notebook.dumps(without_outputs(there)) == notebook.dumps(made), hint
    released = notebook.dumps(release(made, name, tmp_path))
    assert kept(f"course/{name}/{name}.ipynb") == released, hint


def test_all_notebooks_but_one_ask_colab_for_a_gpu():
    """The ELBO is computed on small examples; its one model trains in half a minute."""
    made = {Path(source).stem: convert(REPOSITORY / source).metadata for source in SOURCES}
    asking = [name for name in made if made[name].get("accelerator") == "GPU"]
    assert [name for name in made if name not in asking] == ["02_elbo"]


def test_every_built_notebook_has_its_source_and_nothing_lies_beside_it():
    names = {Path(source).stem for source in SOURCES}
    wanted = {
        f"{folder}/{name}/{name}.ipynb" for folder in ("solutions", "course") for name in names
    }
    assert {path for path in KEPT if path.startswith(("solutions/", "course/"))} == {
        *SOURCES,
        *wanted,
    }
