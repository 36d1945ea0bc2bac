"""What the build refuses in a file of checks, and what a check may do."""

import pytest

from grading.authoring import lesson
from grading.authoring.build import main
from grading.authoring.rules import problems
from tests.support.lessons import TOY, TOY_CHECKS, changed, refused

CHECK = '    assert square(3) == 9, "square: wrong"\n'
FILE = "checks/01_toy.py"


def below(*lines):
    """CHECK with more lines above it, in the same function."""
    return "".join(f"    {line}\n" for line in lines) + CHECK


# The first text in place of the second; the message; and a text in the line that it must name.
REFUSALS = {
    "a check that uses a setting of the notebook": (
        CHECK,
        below("x = SEED"),
        "the check of 'square' uses 'SEED'",
        "x = SEED",
    ),
    "a check that uses an import of the notebook": (
        CHECK,
        below("assert square(2) == math.pow(2, 2)"),
        "uses 'math'",
        "math.pow(2, 2)",
    ),
    "a check that uses another exercise": (
        CHECK,
        below("assert square(2) == double(2)"),
        "uses 'double'",
        "double(2)",
    ),
    "a check that calls another check": (
        CHECK,
        below("check_double(square)"),
        "uses 'check_double'",
        "check_double(square)",
    ),
    "a foreign name in a lambda": (
        CHECK,
        below("other = lambda x, y=1: square(x) + y + outside"),
        "uses 'outside'",
        "+ outside",
    ),
    "a foreign name in a nested function": (
        CHECK,
        below("def one():", "    def two(a):", "        return a + outside", "    return two"),
        "uses 'outside'",
        "a + outside",
    ),
    "a foreign name that another function has": (
        CHECK,
        below("def one():", "    outside = 1", "    return outside", "two = lambda: outside + 2"),
        "uses 'outside'",
        "lambda: outside + 2",
    ),
    "a foreign name in a comprehension": (
        CHECK,
        below("found = [n for n in range(3) if n > outside]"),
        "uses 'outside'",
        "n > outside",
    ),
    "a foreign name in a class": (
        CHECK,
        below("class Case:", "    one = 1", "    two = one + outside"),
        "uses 'outside'",
        "one + outside",
    ),
    "the variable of a comprehension used outside it": (
        CHECK,
        below("found = [inner for inner in range(3)]", "again = inner"),
        "uses 'inner'",
        "again = inner",
    ),
    "a foreign name in the hidden part": (
        "many = np.arange(10)",
        "many = np.arange(TEN)",
        "the check of 'double' uses 'TEN'",
        "np.arange(TEN)",
    ),
    "a star import": (
        "import numpy as np\n",
        "from numpy import *\n",
        "an import of *",
        "from numpy import *",
    ),
    "a star import in a check": (
        CHECK,
        below("from numpy import *"),
        "syntax error: import * only allowed at module level",
        "from numpy import *",
    ),
    "a file that does not parse": (CHECK, CHECK[:-2] + "\n", "syntax error", CHECK[:-2]),
    "a check that never calls its exercise": (
        CHECK,
        "    assert 3 * 3 == 9\n",
        "the check of 'square' never uses it",
        "def check_square",
    ),
    "a check that makes a name global": (
        CHECK,
        below("global late", "late = square(1)"),
        "the check of 'square' leaves 'late' in the student's notebook",
        "global late",
    ),
    "a check of no exercise": (
        "def check_square(square):\n",
        "def check_cube(cube):\n    cube(3)\n\n\ndef check_square(square):\n",
        "the lesson has no check='cube'",
        "def check_cube",
    ),
    "a second check of an exercise": (
        "def check_double(double):\n",
        "def check_square(square):  \n    square(2)\n\n\ndef check_double(double):\n",
        "a second check of 'square'; the first is in line 9",
        "def check_square(square):\n",
    ),
    "a constant of the file": (
        "def check_square",
        "LIMIT = 1\n\n\ndef check_square",
        "only imports and functions check_NAME(NAME) may stand here",
        "LIMIT = 1",
    ),
    "a helper of several checks": (
        "def check_square",
        "def helper(x):\n    return x\n\n\ndef check_square",
        "only imports and functions check_NAME(NAME) may stand here",
        "def helper",
    ),
    "a class": (
        "def check_square(square):\n",
        "class check_square:\n    square = 1\n\n\ndef check_square(square):\n",
        "only imports and functions check_NAME(NAME) may stand here",
        "class check_square",
    ),
    "a call": (
        CHECK,
        f"{CHECK}\n\ncheck_square(abs)\n",
        "only imports and functions check_NAME(NAME) may stand here",
        "check_square(abs)",
    ),
    "an import that only happens sometimes": (
        "import numpy as np\n",
        "if True:\n    import numpy as np\n",
        "only imports and functions check_NAME(NAME) may stand here",
        "if True",
    ),
    "a check that takes nothing": (
        "def check_square(square):",
        "def check_square():",
        "write 'def check_square(square):'",
        "def check_square()",
    ),
    "a check whose argument has another name": (
        "def check_square(square):",
        "def check_square(answer):",
        "write 'def check_square(square):'",
        "def check_square(answer)",
    ),
    "a check that takes more": (
        "def check_square(square):",
        "def check_square(square, n=1):",
        "write 'def check_square(square):'",
        "def check_square(square, n",
    ),
    "a check whose signature needs an import": (
        "def check_square(square):",
        "def check_square(square: np.ndarray):",
        "write 'def check_square(square):'",
        "def check_square(square: np",
    ),
    "a decorated check": (
        "def check_square(square):",
        "@np.vectorize\ndef check_square(square):",
        "write 'def check_square(square):'",
        "def check_square",
    ),
    "a check without a docstring": (
        '    """the number 3"""\n',
        "",
        "the check of 'square' does not say what its visible part tries",
        "def check_square",
    ),
    "a check with an empty docstring": (
        "the number 3",
        " ",
        "the check of 'square' does not say what its visible part tries",
        "def check_square",
    ),
    "a check with a docstring of two lines": (
        "the number 3",
        "the number 3,\n    and no other",
        "a docstring of one line, at most 90 characters",
        "def check_square",
    ),
    "a check with a long docstring": (
        "the number 3",
        30 * "abc " + ".",
        "a docstring of one line, at most 90 characters",
        "def check_square",
    ),
    "a check in one line": (
        f'def check_square(square):\n    """the number 3"""\n{CHECK}',
        "def check_square(square): assert square(3)\n",
        "write 'def check_square(square):'",
        "def check_square(square): assert",
    ),
    "a solution marker in a check": (
        CHECK,
        f"{CHECK}    # END SOLUTION\n",
        "END SOLUTION outside an exercise or an answer",
        "# END SOLUTION",
    ),
    "hidden tests that do not end": (
        "# END HIDDEN TESTS",
        "# that was all",
        "BEGIN HIDDEN TESTS without END HIDDEN TESTS",
        "# BEGIN HIDDEN TESTS",
    ),
    "hidden tests that end outside the check": (
        "    # END HIDDEN TESTS",
        "# END HIDDEN TESTS",
        "END HIDDEN TESTS outside a check",
        "# END HIDDEN TESTS",
    ),
    "a marker in small letters": (
        "# END HIDDEN TESTS",
        "# END HIDDEN TESTS\n    # begin hidden tests",
        "nbgrader does not take '# begin hidden tests' for a marker",
        "# begin hidden tests",
    ),
    "a marker with a word missing": (
        "# BEGIN HIDDEN TESTS",
        "# BEGIN  HIDDEN TEST",
        "nbgrader does not take '# BEGIN  HIDDEN TEST' for a marker",
        "# BEGIN  HIDDEN TEST",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_build_refuses_a_check_and_names_file_and_line(case, tmp_path, capsys):
    old, new, message, at = REFUSALS[case]
    text, line = changed(TOY_CHECKS, old, new, at)
    said = refused(tmp_path / "course", capsys, checks=text)
    assert [one for one in said if one.startswith(f"{FILE}:{line}: ") and message in one]


def test_a_check_that_the_file_lacks_is_refused(tmp_path, capsys):
    text = TOY_CHECKS[: TOY_CHECKS.index("def check_square")]
    (said,) = refused(tmp_path / "course", capsys, checks=text)
    line = TOY[: TOY.index('check="square"')].count("\n") + 1
    assert said == f"solutions/01_toy.py:{line}: {FILE} has no function check_square(square)"


def test_a_lesson_without_a_file_of_checks_is_refused(toy, capsys):
    (toy.parent.parent / FILE).unlink()
    assert main(["--course-dir", str(toy.parent.parent)]) == 1
    assert f"{FILE}:1: there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "total = 0\nfor n in range(3):\n    total += n\nassert square(total)",
        "from os import path as p\nassert square(len(p.join('a', 'b')))",
        "class Case:\n    one = 1\n    two = one + 1\n    def get(self):\n        return Case.two\n"
        "assert square(Case().get())",
        "try:\n    square(1)\nexcept ValueError as error:\n    print(error)",
        "with open('x') as file, open('y') as (a, b):\n    square(file, a, b)",
        "def f(x, *args, y=1, **kwargs):\n    late = x + y\n    return late, args, kwargs\n"
        "f(square(1))",
        "if (n := square(2)) > 3:\n    print({n: [m for m in range(n)] for n in range(n)})",
        "x: int = square(1)\nassert __name__ and isinstance(x, int)",
        "def outer():\n    inner = 1\n    def f():\n        nonlocal inner\n        inner += 1\n"
        "        return inner\n    return f\nsquare(outer()())",
        "match square(2):\n    case [first, *rest]:\n        print(first, rest)\n    case other:\n"
        "        print(other)",
        "print([square(n) for n in range(3)])",
        "if square(0):\n    check_square(lambda n: square(n - 1))",
        "def np():\n    return square(1)\nnp()",
    ],
)
def test_a_check_may_use_its_exercise_its_own_names_and_builtins(text, toy):
    lines = "".join(f"    {line}\n" for line in text.splitlines())
    (toy.parent.parent / FILE).write_text(TOY_CHECKS.replace(CHECK, lines))
    assert problems(lesson.read(toy)) == []
