"""What a verdict holds, that every reason for one is reached, and that no text decides."""

import ast
import dataclasses
import json
import math
import re
import subprocess
import sys
import textwrap
import typing
from pathlib import Path

import pytest

from grading.authoring import markers
from grading.sandbox import judge
from grading.sandbox.checking import run_check
from grading.sandbox.work import (
    BROKEN,
    FAILED,
    PASSED,
    STOPPED,
    Cell,
    Limits,
    Verdict,
    Work,
)
from tests.support.students import defined, student
from tests.vaelib.checks.test_findings import WRONG
from vaelib.checks.causes import STUB, stub_called
from vaelib.checks.finding import Finding, Reason

REPOSITORY = Path(__file__).resolve().parents[3]
CHECK = """
from vaelib.checks import call, check_close
check_close("double", call("double", double, 3), 6, mistakes={"x is squared": 9})
check_close("double", call("double", double, 4), 8, mistakes={"x is squared": 16}, case="four")
"""
RIGHT = "def double(x):\n    return x + x"


def heard(*cells, check=CHECK, **settings):
    """The verdict on `double` in a notebook of these cells, and the troubles."""
    notebook = [
        one if isinstance(one, Cell) else Cell(textwrap.dedent(one), place)
        for place, one in enumerate(cells, start=1)
    ]
    notebook.append(Cell(check, len(cells) + 1, check="double"))
    verdicts, troubles = judge.judge(Work(notebook, {"double": check}, **settings))
    return verdicts["double"], troubles


# what it is


def test_a_verdict_has_all_that_a_finding_has():
    found = {field.name for field in dataclasses.fields(Finding)}
    parts = found - {"table"}  # which is for a notebook's reader
    more = {"outcome", "message", "details"}
    assert {field.name for field in dataclasses.fields(Verdict)} == parts | more


def test_a_verdict_survives_json():
    for value in (lambda x: x**2, lambda x: x + x, lambda x: [x], lambda x: None):
        verdict = run_check(CHECK, "double", value)
        assert Verdict(**json.loads(json.dumps(dataclasses.asdict(verdict)))) == verdict


def test_a_verdict_names_exercise_reason_mistake_got_and_expected():
    assert run_check(CHECK, "double", lambda x: x**2) == Verdict(
        FAILED,
        "double: got 9, expected 6. This is what you get when x is squared.",
        exercise="double",
        reason="wrong value",
        mistake="x is squared",
        got="9",
        expected="6",
    )
    assert run_check(CHECK, "double", lambda x: x + x) == Verdict(PASSED, exercise="double")


def test_the_verdict_on_a_hidden_case_names_the_mistake_and_has_no_number():
    def answer(x):
        return x**2 if x == 4 else 2 * x

    verdict = run_check(CHECK, "double", answer)
    assert (verdict.case, verdict.mistake) == ("four", "x is squared")
    assert not re.search(r"\d", json.dumps(dataclasses.asdict(verdict)))


def test_a_check_s_own_assertion_is_told_in_its_own_words():
    said = run_check("assert double(3) == 6, 'double it'", "double", lambda x: x)
    assert (said.outcome, said.reason, said.message) == (FAILED, "check failed", "double it")
    silent = run_check("assert double(3) == 6", "double", lambda x: x)
    assert silent.message == "double: the check failed."


def test_what_escapes_a_check_is_told_with_its_type():
    verdict = run_check("assert double(3).shape == ()", "double", lambda x: [x])
    assert (verdict.outcome, verdict.reason, verdict.error) == (
        BROKEN,
        "check broken",
        "AttributeError",
    )
    assert verdict.message == (
        "double: broken: the check cannot deal with what your code gave: "
        "AttributeError: 'list' object has no attribute 'shape'"
    )


def test_no_text_of_a_student_s_in_a_verdict_rules_a_terminal_or_is_no_text():
    def answer(x):
        raise ValueError("\x1b[2J\ud800\n")

    for check in (CHECK, "double(3)"):
        verdict = run_check(check, "double", answer)
        told = "".join(v for v in dataclasses.asdict(verdict).values() if isinstance(v, str))
        assert told.isprintable()
        told.encode()


def test_an_untouched_stub_is_told_apart_by_what_the_release_writes():
    with pytest.raises(NotImplementedError) as caught:
        exec(f"def double(x):\n    {markers.STUB}\n\n\ndouble(3)", {})
    assert caught.value.args == STUB
    assert stub_called(caught.value) == "double"


@pytest.mark.process
def test_who_records_verdicts_needs_no_tensorflow():
    modules = "grading.sandbox.work, grading.sandbox.jail, grading.classroom.run, grading.cli"
    code = f"import sys, {modules}\nprint('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# across the wire


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with student(tmp_path_factory.mktemp("student")) as session:
        yield session


@pytest.mark.process
@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("def double(x):\n    return helper(x)", "helper"),
        ("def double(x):\n    raise ValueError('NameError: helper')", ""),
        ("def double(x):\n    raise NameError('helper')", ""),
        ("def double(x):\n    raise NameError('helper', name='not a name')", ""),
        ("import keras\nclass Lacking(keras.layers.Layer):\n    def call(self, x):\n"
         "        return helper(x)\ndouble = lambda x: Lacking()(keras.ops.ones(x))", "helper"),
    ],
)  # fmt: skip
def test_a_name_that_is_missing_in_the_student_s_process_is_told_as_one(session, source, missing):
    verdict = run_check(CHECK, "double", defined(session, source, "double"))
    assert (verdict.reason, verdict.missing) == ("raised", missing)


@pytest.mark.process
def test_a_library_s_own_not_implemented_error_is_no_stub_across_the_wire(session):
    source = "def double(x):\n    raise NotImplementedError('no such padding')"
    verdict = run_check(CHECK, "double", defined(session, source, "double"))
    assert verdict.message == "double: your code raised NotImplementedError: no such padding"


@pytest.mark.process
def test_exceptions_that_cannot_tell_about_themselves_are_told_all_the_same(session):
    source = """
        class Odd(Exception):
            def __getattribute__(self, name):
                raise SystemExit
            def __str__(self):
                raise SystemExit
        def double(x):
            raise Odd
    """
    verdict = run_check(CHECK, "double", defined(session, textwrap.dedent(source), "double"))
    assert verdict.message == "double: your code raised Odd."


# every reason


FORGES = """
    import os, stat
    sockets = [n for n in range(3, 50) if os.path.exists(f"/proc/self/fd/{n}")]
    sockets = [n for n in sockets if stat.S_ISSOCK(os.fstat(n).st_mode)]

    def double(x):
        for number in sockets:
            os.write(number, b"x" * 100)
"""
FORKS = """
    import os, time

    def double(x):
        for _ in range(8):
            if os.fork() == 0:
                time.sleep(60)
        time.sleep(60)
"""
DIES = "import os\n\n\ndef double(x):\n    os._exit(1)"
LOOPS = "def double(x):\n    while True:\n        pass"
CHANGES_ITS_MIND = """
    calls = []

    def double(x):
        calls.append(x)
        return 2 * x if len(calls) < 3 else 0
"""
SAID_TO_FAIL = ("undefined", "not steady")
GRADERS = {
    "undefined": ((), {}, "nothing of this name is defined"),
    "process ended": ((DIES,), {}, "your code ended its own process."),
    "not steady": ((CHANGES_ITS_MIND,), {}, "passed the check once and failed it"),
    "nonsense": ((FORGES,), {}, "your code gave back what cannot be read: a value of"),
    "step too long": ((LOOPS,), {"seconds_a_step": 1}, "your code did not end within 1 s."),
    "notebook too long": (
        (LOOPS,),
        {"seconds": 2},
        "your code took over 2 s for the whole notebook.",
    ),
    "no time left": (
        ("import time\ntime.sleep(60)", RIGHT),
        {"seconds": 2},
        "stopped: the whole notebook took over 2 s.",
    ),
    "too much memory": (
        (FORKS,),
        {"limits": Limits(memory=1 << 30)},
        "your code used more than 1 GiB of memory.",
    ),
    "too many starts": (
        (*3 * ["import os\nos._exit(1)"], RIGHT),
        {},
        "your code was started 2 times.",
    ),
}


@pytest.mark.parametrize("reason", GRADERS)
def test_every_reason_of_the_grader_s_is_reached_by_some_submission(reason, monkeypatch):
    monkeypatch.setattr(judge, "MOST_STARTS", 2)
    monkeypatch.setattr(judge, "QUICK", math.inf)
    cells, settings, says = GRADERS[reason]
    verdict, _ = heard(*cells, **settings)
    assert (verdict.exercise, verdict.reason) == ("double", reason)
    assert verdict.outcome == (FAILED if reason in SAID_TO_FAIL else STOPPED)
    assert says in verdict.message


def test_these_are_all_reasons():
    others = {"check failed", "check broken", "other result"}  # the last in a hidden case alone
    assert {*WRONG, *GRADERS} | others == set(typing.get_args(Reason))


# a second hearing


def left_out(source, place):
    return Cell(source, place, needed=False)


@pytest.mark.parametrize(
    "check",
    [CHECK, "assert double(3) == 6"],
    ids=["a check that calls", "a check that lets exceptions escape"],
)
def test_a_cell_that_was_left_out_is_run_where_a_name_is_missing(check):
    lacking = "def double(x):\n    return helper(x)"
    helper = left_out("def helper(x):\n    return 2 * x", 1)
    verdict, _ = heard(helper, lacking, check=check)
    assert verdict.outcome == PASSED


def test_a_cell_that_was_left_out_is_run_where_the_exercise_itself_is_missing():
    assert heard(left_out(RIGHT, 1), check=CHECK)[0].outcome == PASSED


def test_a_cell_that_was_left_out_is_not_run_because_a_text_speaks_of_a_missing_name():
    speaks = "def double(x):\n    raise ValueError('NameError: name x is not defined')"
    verdict, _ = heard(speaks, left_out(RIGHT, 2))
    assert (verdict.outcome, verdict.error) == (FAILED, "ValueError")


# nothing decides by searching words


SEARCHES = {"startswith", "endswith", "find", "index", "count", "partition"}


def searches(tree):
    """Where a program looks for a text in a message."""
    for node in ast.walk(tree):
        subjects = []
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            subjects = node.comparators
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            subjects = [node.func.value] if node.func.attr in SEARCHES else []
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                subjects = node.args
        for subject in subjects:
            named = getattr(subject, "attr", getattr(subject, "id", ""))
            if isinstance(subject, ast.Subscript) and isinstance(subject.slice, ast.Constant):
                named = subject.slice.value
            if named == "message":
                yield node.lineno


def test_a_search_in_a_message_is_found():
    for line in (
        "'NameError' in one.message",
        "message.startswith('x')",
        "re.search('x', verdict['message'])",
        "verdict['message'].partition('x')",
    ):
        assert list(searches(ast.parse(line))) == [1], line
    for line in ("one.reason == 'raised'", "name in made['messages']", "message in told"):
        assert list(searches(ast.parse(line))) == [], line


def test_no_module_of_the_grader_s_decides_by_the_words_of_a_message():
    for path in (REPOSITORY / "grading").rglob("*.py"):
        if path.name != "kill_matrix.py":  # whose question is what the messages say
            assert list(searches(ast.parse(path.read_text("utf-8")))) == [], path
