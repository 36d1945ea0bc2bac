"""The checks are checked: the repository's own, and proof that a faulty check is found."""

import re
from pathlib import Path

import pytest

from grading.authoring import answers, kill_matrix
from grading.authoring.source import RefusedError

REPOSITORY = Path(__file__).resolve().parents[3]
WHERE = "tests/answers/01_toy.py"

SOURCE = """\
# %%
import math

# %%
SEED = 1

# %% exercise="double"
def double(x):
    # BEGIN SOLUTION
    return x + x
    # END SOLUTION


# %% check="double" points=2
"""

CHECKS = """\
import operator


def check_double(double):
    try:
        got = double(3)
    except NotImplementedError:
        raise AssertionError("double: not implemented yet") from None
    except Exception as error:
        raise AssertionError(f"double: raised {error}") from None
    print(f"double gives {got}")
    assert got != 9, "double: got 9, expected 6. This is the value you get when x is squared."
    assert got == 6, "double: another number"
    # BEGIN HIDDEN TESTS
    assert operator.eq(double(-1), -2), "double: wrong, case=a negative number"
    # END HIDDEN TESTS
"""

ANSWERS = """\
import warnings

from grading.authoring.answers import right, wrong


@right("double")
def times_two(x):
    return 2 * x


@right("double")
def with_a_warning(x):
    warnings.warn("slow")
    return x + x


@wrong("double", says="x is squared")
def squared(x):
    return x * x


@wrong("double", says="another number")
@wrong("double", says="double: another")
def the_same(x):
    return x


@wrong("double", says="a negative number")
def without_the_sign(x):
    return abs(2 * x)


@wrong("double", says="raised no")
def raises(x):
    raise ValueError("no")
"""


@pytest.fixture
def course(tmp_path):
    """Lays out a course with one lesson and its answers; returns a function that runs it."""

    def run(source=SOURCE, checks=CHECKS, given=ANSWERS):
        texts = {"solutions": source, "checks": checks, "tests/answers": given}
        for folder, text in texts.items():
            (tmp_path / folder).mkdir(parents=True)
            if text is not None:
                (tmp_path / folder / "01_toy.py").write_text(text, encoding="utf-8")
        return kill_matrix.run(tmp_path / "solutions" / "01_toy.py")

    return run


def test_a_good_check_has_no_faults(course):
    table = course()
    assert table.faults == []
    verdicts = [(label, kind, verdict) for _, label, kind, verdict, _ in table.rows]
    assert verdicts == [
        ("the solution", "right", "passed"),
        ("the stub", "wrong", "failed"),
        ("times_two", "right", "passed"),
        ("with_a_warning", "right", "passed"),
        ("squared", "wrong", "failed"),
        ("the_same", "wrong", "failed"),
        ("the_same", "wrong", "failed"),
        ("without_the_sign", "wrong", "failed"),
        ("raises", "wrong", "failed"),
    ]
    shown = kill_matrix.text(table).splitlines()
    assert shown[0] == "double"
    assert [" ".join(line.split()) for line in shown if "without_the_sign" in line] == [
        "wrong without_the_sign failed double: wrong, case=a negative number"
    ]


FAULTS = {
    # each with the place of the check, the first line of its function, and of the answer
    "a wrong answer that passes": (
        "double(-1), -2",
        "double(1), 2",
        ["double × without_the_sign (PLACE): a wrong answer passes"],
    ),
    "a right answer that fails": (
        'print(f"double gives {got}")',
        'assert double.__name__ != "times_two", "double: not like this"',
        ["double × times_two (PLACE): a right answer fails: double: not like this"],
    ),
    "a wrong diagnosis": (
        "when x is squared",
        "when x is halved",
        [
            "double × squared (PLACE): should say 'x is squared', says: double: got 9, expected 6. "
            "This is the value you get when x is halved."
        ],
    ),
    "a message that does not name its exercise": (
        '"double: wrong, case=a negative number"',
        '"wrong for a negative number"',
        [
            "double × without_the_sign (PLACE): the message does not start with 'double': "
            "wrong for a negative number"
        ],
    ),
    "a check that passes the stub": (
        '        raise AssertionError("double: not implemented yet") from None',
        "        double = int(2).__mul__; got = 6",
        ["double × the stub: a wrong answer passes"],
    ),
    "a check that does not say that the stub is untouched": (
        "not implemented yet",
        "not there",
        ["double × the stub: should say 'not implemented yet', says: double: not there"],
    ),
    "a check that lets another error escape": (
        "except Exception as error",
        "except KeyError as error",
        ["double × raises (PLACE): the check lets another error escape: ValueError: no"],
    ),
    "a check that fails the solution": (
        "assert got == 6",
        "assert got == 7",
        [
            "double × the solution: a right answer fails: double: another number",
            "double × times_two (PLACE): a right answer fails: double: another number",
            "double × with_a_warning (PLACE): a right answer fails: double: another number",
            "double × without_the_sign (PLACE): should say 'a negative number', "
            "says: double: another number",
        ],
    ),
}


PLACE = re.compile(r"\(tests/answers/01_toy.py:(\d+)\)")


def line_of(text, beginning):
    return next(n for n, line in enumerate(text.split("\n"), start=1) if line.startswith(beginning))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_check_is_found(course, fault):
    old, new, failures = FAULTS[fault]
    assert old in CHECKS
    faults = course(checks=CHECKS.replace(old, new)).faults
    assert [PLACE.sub("(PLACE)", one.message) for one in faults] == failures
    for one in faults:
        assert (one.file, one.line) == ("checks/01_toy.py", line_of(CHECKS, "def check_double"))
        if place := PLACE.search(one.message):
            label = one.message.split()[2]
            assert int(place[1]) == line_of(ANSWERS, f"def {label}(")


def test_too_few_answers_are_a_fault(course):
    given = ANSWERS[: ANSWERS.index('@wrong("double", says="raised no")')]
    given = given.replace('@right("double")\ndef times_two', "def times_two")
    assert course(given=given).faults == [
        (1, "4 wrong answers to double, not 5", WHERE),
        (1, "1 right answers to double, not 2", WHERE),
    ]


def test_a_promise_that_nothing_tries_is_a_fault(course, tmp_path, capsys):
    text = "Doubles.\n\n    Args:\n        x: (n, …).\n\n    Returns:\n        (n, …).\n    "
    docstring = f'    """{text}"""\n'
    source = SOURCE.replace("def double(x):\n", f"def double(x):\n{docstring}")
    table = course(source)
    broken = [row[1] for row in table.rows if row[2] == "break"]
    assert "fails where x has 3 axes" in broken
    passed = [one.message for one in table.faults]
    assert "double × fails where x has 3 axes: a wrong answer passes" in passed
    assert kill_matrix.main(["--course-dir", str(tmp_path)]) == 1
    *_, told, last = capsys.readouterr().out.splitlines()
    assert told.startswith(f"{len(broken)} answers that break a promise, of which")
    assert last.startswith("1 exercises, 9 answers: 3 passed, 6 refused, ")


def test_a_missing_file_of_answers_is_a_fault(course):
    assert course(given=None).faults == [
        (1, "there is no such file; the checks were tried on nothing", WHERE)
    ]


def test_an_exercise_without_a_check_is_a_fault(course):
    alone = SOURCE[: SOURCE.index("# %% check=")]
    line = line_of(alone, '# %% exercise="double"')
    assert (line, "the exercise 'double' has no check", "") in course(alone).faults


def test_answers_to_an_unknown_exercise_are_a_fault(course):
    given = f'{ANSWERS}\n\n@right("triple")\ndef three(x):\n    return 3 * x\n'
    assert course(given=given).faults == [
        (
            line_of(given, "def three"),
            "answers 'triple', which is no exercise of 01_toy.py",
            WHERE,
        )
    ]


def test_a_check_sees_its_exercise_and_nothing_else(course):
    table = course(checks=CHECKS.replace("assert got == 6", "assert math and got == 6"))
    assert (
        "double × the solution: the check lets another error escape: "
        "NameError: name 'math' is not defined"
    ) in [one.message for one in table.faults]


def test_a_solution_that_leans_on_another_cell_is_refused_with_its_line(course):
    source = SOURCE.replace("def double(x):", "def double(x=WHERE):")
    with pytest.raises(RefusedError, match=r"line 7: this cell does not run .* 'WHERE'"):
        course(source)


def test_a_subclass_of_an_answer_is_no_answer_by_itself(tmp_path):
    path = tmp_path / "01_toy.py"
    path.write_text(
        "from grading.authoring.answers import right\n\n\n"
        '@right("Layer")\nclass Good:\n    pass\n\n\nclass Other(Good):\n    pass\n'
    )
    assert [(answer.exercise, answer.label) for answer in answers.load(path)] == [("Layer", "Good")]


def test_two_answers_of_one_name_are_refused_since_one_would_be_lost(tmp_path):
    path = tmp_path / "01_toy.py"
    path.write_text("def same():\n    pass\n\n\ndef same():\n    pass\n")
    twice = r"01_toy.py:5: the name 'same' is there twice; the first, in line 1, would be lost"
    with pytest.raises(RefusedError, match=twice):
        answers.load(path)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("x = 1\ndef half(:\n", 2, "syntax error"),
        ("def same(): pass\n\n\ndef same(): pass\n", 4, "'same' is there twice"),
        ("x = 1\n\n\ny = nothing\n", 4, "NameError: name 'nothing' is not defined"),
        (
            "from grading.authoring.answers import wrong\n\nwrong('double', says='')\n",
            3,
            "a wrong answer to double needs says=",
        ),
    ],
)
def test_answers_that_cannot_be_read_are_a_fault_with_their_line(course, text, line, said):
    (fault,) = course(given=text).faults
    assert (fault.file, fault.line) == (WHERE, line)
    assert said in fault.message


def test_a_wrong_answer_must_say_something():
    with pytest.raises(ValueError, match="double needs says="):
        answers.wrong("double", says=" ")


def test_the_command_prints_the_table_and_its_counts(course, tmp_path, capsys):
    course()
    assert kill_matrix.main(["--course-dir", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "1 exercises, 9 answers: 3 passed, 6 refused, 0 faults"
    assert said.err.strip() == ""


def test_the_command_fails_on_a_fault(course, tmp_path, capsys):
    course(given=None)
    assert kill_matrix.main(["01_toy", "--course-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"{WHERE}:1: there is no such file")


def test_the_command_names_the_line_of_a_file_of_checks_that_cannot_be_read(
    course, tmp_path, capsys
):
    course()
    (tmp_path / "checks" / "01_toy.py").write_text("import math\nLIMIT = 1\n")
    assert kill_matrix.main(["--course-dir", str(tmp_path)]) == 1
    assert "checks/01_toy.py:2: only imports" in capsys.readouterr().err


def test_an_unknown_name_is_refused(course, tmp_path):
    course()
    with pytest.raises(RefusedError, match="there is 01_toy"):
        kill_matrix.chosen(tmp_path, ["02_nothing"])


def test_the_readme_counts_all_answers():
    """To what stands in tests/answers the kill matrix adds the solution and the untouched stub."""
    given = [a for path in REPOSITORY.glob("tests/answers/*.py") for a in answers.load(path)]
    exercises = len({answer.exercise for answer in given})
    passed = sum(answer.right for answer in given) + exercises
    refused = sum(not answer.right for answer in given) + exercises
    text = (REPOSITORY / "README.md").read_text("utf-8")
    assert f"{passed + refused:,} answers to {exercises} exercises" in text
    assert f"{passed} right ones" in text
    assert f"{refused:,} wrong ones" in text
