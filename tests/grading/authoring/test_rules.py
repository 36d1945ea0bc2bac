"""What the build refuses in a lesson's cells: headers, names, exercises, answers and markers."""

import pytest

from grading.authoring import checks
from grading.authoring.lesson import Lesson
from grading.authoring.rules import problems
from grading.authoring.source import RefusedError, parse
from tests.support.lessons import TOY, TOY_CHECKS, changed, refused

SOLUTION_OF_DOUBLE = "    twice_as_much = x + x\n    return twice_as_much\n"

HINTS = """\
# %% [markdown] hints="square"
# 1. A square is a product.
# 2. Of which two numbers?
"""

# The first text in place of the second; the message; and a text in the line that it must name.
REFUSALS = {
    "an exercise without a check": (
        '# %% check="square" points=3\n',
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
    "a check whose points are a word": (
        'check="square" points=3',
        'check="square" points=two',
        "'check=\"square\" points=two' is no header",
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
        '# %% check="square" points=3\n\n# %% compare',
        "a second check of 'square'",
        'check="square" points=3\n\n# %% compare',
    ),
    "a check before its exercise": (
        '# %% exercise="double"',
        '# %% check="square" points=3\n\n# %% exercise="double"',
        "the check of 'square' stands before its exercise",
        'check="square" points=3\n\n# %% exercise="double"',
    ),
    "code in the cell of a check": (
        'check="square" points=3\n',
        'check="square" points=3\nassert square(3) == 9\n',
        "the code of this check belongs into checks/01_toy.py, in a function check_square(square)",
        "assert square(3) == 9",
    ),
    "hidden tests in the cell of a check": (
        'check="square" points=3\n',
        'check="square" points=3\n# BEGIN HIDDEN TESTS\n# END HIDDEN TESTS\n',
        "the code of this check belongs into checks/01_toy.py, in a function check_square(square)",
        "# BEGIN HIDDEN TESTS",
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
    "hints for no exercise": (
        '# %% check="square"',
        f'{HINTS.replace("square", "cube")}\n# %% check="square"',
        "hints for 'cube', which is no exercise",
        'hints="cube"',
    ),
    "hints before their exercise": (
        "# %% compare",
        f"{HINTS.replace('square', 'later')}\n# %% compare",
        "hints for 'later', which is no exercise",
        'hints="later"',
    ),
    "hints behind the check": (
        "# %% compare",
        f"{HINTS}\n# %% compare",
        "the hints for 'square' do not stand between its exercise and its check",
        'hints="square"',
    ),
    "second hints": (
        '# %% check="square"',
        f'{HINTS}\n{HINTS.replace("# %%", "# %% ")}\n# %% check="square"',
        "second hints for 'square'",
        '# %%  [markdown] hints="square"',
    ),
    "a single hint": (
        '# %% check="square"',
        '# %% [markdown] hints="square"\n# 1. Multiply.\n\n# %% check="square"',
        "hints are a list numbered from 1, of 2 or 3 steps",
        'hints="square"',
    ),
    "four hints": (
        '# %% check="square"',
        f'{HINTS}# 3. Three.\n# 4. Four.\n\n# %% check="square"',
        "hints are a list numbered from 1, of 2 or 3 steps",
        'hints="square"',
    ),
    "hints with words before them": (
        '# %% check="square"',
        HINTS.replace("# 1.", "# First:\n# 1.") + '\n# %% check="square"',
        "hints are a list numbered from 1",
        'hints="square"',
    ),
    "hints that count wrongly": (
        '# %% check="square"',
        f'{HINTS.replace("# 2.", "# 3.")}\n# %% check="square"',
        "hints are a list numbered from 1",
        'hints="square"',
    ),
    "an alt that is no sentence": (
        "# %% compare",
        '# %% compare alt="a curve"',
        "alt='a curve' is no sentence",
        'alt="a curve"',
    ),
    "an alt on an exercise": (
        'exercise="square"',
        'exercise="square" alt="Squares that grow."',
        "unknown header key 'alt'",
        'alt="Squares',
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
    "a mark scheme": (
        "# ## Recap",
        "# ### BEGIN MARK SCHEME\n# ## Recap",
        "nbgrader does not take '### BEGIN MARK SCHEME' for a marker",
        "### BEGIN MARK SCHEME",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_build_refuses_and_names_the_line(case, tmp_path, capsys):
    old, new, message, at = REFUSALS[case]
    text, line = changed(TOY, old, new, at)
    said = refused(tmp_path / "course", capsys, text)
    where = f"solutions/01_toy.py:{line}: "
    assert [one for one in said if one.startswith(where) and message in one]


def of(text, check_text=TOY_CHECKS):
    """The lesson of a text."""
    file = "checks/01_toy.py"
    return Lesson("01_toy", parse(text), checks.parse(check_text, file), file)


def test_the_toy_itself_breaks_no_rule():
    assert problems(of(TOY)) == []


def test_all_problems_are_told_at_once_in_the_order_of_the_files():
    text = TOY.replace("# ## Recap", "# ## The end").replace("SEED = 1", "SIZE = 1")
    told = problems(of(text, TOY_CHECKS.replace("square(3)", "cube(3)")))
    assert [problem.file for problem in told] == ["", "", "checks/01_toy.py", "checks/01_toy.py"]
    lines = [problem.line for problem in told]
    assert lines[:2] == sorted(lines[:2])
    assert lines[2:] == sorted(lines[2:])


def test_a_source_that_jupytext_reads_otherwise_is_refused():
    text = TOY.replace('"""What this notebook imports."""', '"""Imports\n# %% [markdown]\n"""')
    with pytest.raises(RefusedError, match="jupytext reads"):
        parse(text)


def test_a_source_begins_with_a_header():
    with pytest.raises(RefusedError, match="begins with a cell header"):
        parse(f"import math\n{TOY}")
