"""What hostile answers try against the verdict itself: each is judged alone, in a jail.

An attack is a file of tests/attacks/judging: a sentence, what must come out of it, and cells. A
cell takes the place of an exercise's, or stands behind a check; the rest of the notebook is right.
"""

import ast
import dataclasses
import json
import math
import random
import re
import tempfile
import textwrap
from pathlib import Path

import pytest

from grading.sandbox import checking, judge
from grading.sandbox.work import FAILED, PASSED, Cell, Work
from vaelib.checks.known import ERRORS, TYPES

pytestmark = pytest.mark.jail

FOLDER = Path(__file__).resolve().parents[2] / "attacks" / "judging"
ATTACKS = {path.stem: path for path in sorted(FOLDER.glob("*.py"))}
CANARY = "canary-of-the-judge.txt"
SECRET = random.Random().randrange(10**8, 10**9)

LESSON = {
    "scale": (
        "def scale(x):\n    return 2 * x",
        """
        call, close = checks.call, checks.check_close
        close("scale", call("scale", scale, 3), 6)
        # BEGIN HIDDEN TESTS
        close("scale", call("scale", scale, @SECRET@, case="large"), 2 * @SECRET@, case="large")
        # END HIDDEN TESTS
        """,
    ),
    "linear": (
        "import keras\n\n\ndef linear():\n"
        "    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])",
        """
        model = checks.call("linear", linear)
        weights, x = [np.full((2, 3), 2.0), np.arange(3.0)], np.ones((4, 2))
        model.set_weights(weights)
        got = checks.call("linear", model, x)
        checks.check_close("linear", got, x @ weights[0] + weights[1])
        """,
    ),
    "total": (
        "def total(arrays):\n    return sum(arrays)",
        """
        arrays = [np.ones(2), np.full(2, 3.0)]
        got = checks.call("total", total, arrays)
        checks.check_close("total", got, np.sum(arrays, axis=0) if arrays else 0)
        """,
    ),
    "shape": (
        "def shape(x):\n    return x",
        """
        assert shape(3) == 3
        # BEGIN HIDDEN TESTS
        assert getattr(shape(@SECRET@), "size", 1) == 1
        # END HIDDEN TESTS
        """,
    ),
    "count": (
        "def count(x):\n    return x",
        """
        name = "count"
        checks.check_true(name, count(3) == 3, "it is wrong")
        # BEGIN HIDDEN TESTS
        got = count(@SECRET@)
        checks.check_true(name, got == @SECRET@, f"there are {got} values", case="many")
        # END HIDDEN TESTS
        """,
    ),
    "said": (
        "def said(x):\n    return x",
        """
        assert said(3) == 3
        # BEGIN HIDDEN TESTS
        got = said(@SECRET@)
        assert got == @SECRET@, f"the wrong value is {got}"
        # END HIDDEN TESTS
        """,
    ),
    "echo": (
        "def echo(path=None):\n    return path or 'text'",
        """
        path = echo()
        checks.check_true("echo", echo(path) != "BREACH", "BREACH")
        """,
    ),
    "kl_divergence": (
        "import numpy as np\n\n\ndef kl_divergence(q_mean, q_log_var, p_mean, p_log_var):\n"
        "    ratio, way = q_log_var - p_log_var, q_mean - p_mean\n"
        "    squares = way**2 * np.exp(-p_log_var)\n"
        "    return 0.5 * np.sum(np.exp(ratio) - 1 - ratio + squares, axis=-1)",
        """
        args = [np.full((2, 3), 2.0), *3 * [np.zeros((2, 3))]]
        checks.check_close("kl", checks.call("kl", kl_divergence, *args), [6, 6], rtol=1e-3)
        """,
    ),
    "elbo_decomposition": (
        "def elbo_decomposition(z, z_mean, z_log_var):\n    return 0.0, 0.0, 2.0",
        """
        z = np.full((1, 1), 2.0)
        got = checks.call("elbo", elbo_decomposition, z, 0 * z, 0 * z)
        checks.check_close("elbo", got[1:], np.ravel(got)[1:])
        """,
    ),
}


def text(check):
    head = "import numpy as np\nfrom vaelib import checks\n"
    return head + textwrap.dedent(check).replace("@SECRET@", str(SECRET))


CHECKS = {name: text(check) for name, (_, check) in LESSON.items()}


def judged(sections=None):
    """The verdicts and the troubles of a notebook whose other cells are right."""
    sections = list(sections or ())
    cells = []

    def add(source, check=""):
        cells.append(Cell(source, len(cells) + 1, check=check))

    for name, (right, _) in LESSON.items():
        mine = [source for place, source in sections if place == name]
        for source in mine or [right]:
            add(source)
        add("", check=name)
        for place, source in sections:
            if place == f"after {name}":
                add(source)
    return judge.judge(Work(cells, CHECKS, seconds=120, seconds_a_step=30))


def read(path):
    """The sections of an attack, and the outcomes that must come of it."""
    content = path.read_text("utf-8").replace("@CANARY@", CANARY)
    head, *rest = re.split(r"^# %% (.*)$", content, flags=re.MULTILINE)
    (value,) = (n.value for n in ast.parse(head).body if isinstance(n, ast.Assign))
    return list(zip(rest[::2], rest[1::2], strict=True)), ast.literal_eval(value)


@pytest.fixture(autouse=True)
def twice(monkeypatch):
    """Every pass is asked for again, as it may be with any answer."""
    monkeypatch.setattr(judge, "QUICK", math.inf)


@pytest.fixture
def canaries():
    """Files of the grader's, where a student's process could write others of their names."""
    paths = [Path(folder, CANARY) for folder in ("/dev/shm", tempfile.gettempdir())]
    for path in paths:
        path.write_text("untouched")
    yield
    for path in paths:
        path.unlink()


def test_the_rest_of_the_notebook_is_right():
    verdicts, troubles = judged()
    assert {name: (one.outcome, one.message) for name, one in verdicts.items()} == {
        name: (PASSED, "") for name in LESSON
    }
    assert troubles == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_on_the_verdict_gains_and_tells_nothing(attack, canaries, monkeypatch):
    asked = []

    def counted(source, exercise, *rest):
        verdict = checking.run_check(source, exercise, *rest)
        asked.append((exercise, source, verdict.reason))
        return verdict

    monkeypatch.setattr(judge, "run_check", counted)
    sections, comes_out = read(ATTACKS[attack])
    verdicts, _ = judged(sections)
    outcomes = {name: one.outcome for name, one in verdicts.items()}
    assert outcomes == dict.fromkeys(LESSON, PASSED) | comes_out, verdicts
    told = [one.message for one in verdicts.values()]
    told += [json.dumps(dataclasses.asdict(dataclasses.replace(one, details="", missing="")))
             for one in verdicts.values()]  # fmt: skip
    for parts in (str(SECRET), str(2 * SECRET), f"{SECRET:.6g}", str(SECRET % 4096), "BREACH"):
        assert not [one for one in told if parts in one]
    answered = [name for name, source, reason in asked
                if source == CHECKS[name] and reason not in judge.OPEN]  # fmt: skip
    limit = 3 if attack.startswith("abstains") else 2
    assert all(answered.count(name) <= limit for name in LESSON)


def test_what_an_attack_said_is_kept_for_staff():
    sections, _ = read(ATTACKS["tells_in_an_error_s_type"])
    verdict = judged(sections)[0]["scale"]
    assert verdict.message == "scale (hidden case: large): your code raised ValueError."
    assert str(SECRET) in verdict.details


def test_numbers_of_an_open_case_are_told_though_a_hidden_part_was_asked_before():
    verdicts, _ = judged([("total", "def total(arrays):\n    return sum(arrays) + 1")])
    assert verdicts["total"].outcome == FAILED
    assert "got [5., 5.], expected [4., 4.]" in verdicts["total"].message


def test_draws_are_the_same_for_one_submission_and_other_for_another(monkeypatch):
    monkeypatch.setattr(judge, "QUICK", 1)
    works = [Work([Cell(f"x = {i}", 1)], CHECKS) for i in (1, 1, 2, 3, 4)]
    drawn = [tuple(judge._Hearing(work).patience.values()) for work in works]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == 4


def test_names_that_may_be_told_are_names_alone():
    assert all(re.fullmatch(r"[A-Za-z_]\w{2,40}", name) for name in ERRORS | TYPES)
