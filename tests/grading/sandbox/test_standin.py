"""A check says the same across the wire as in the student's own process, whatever the answer."""

import re
from pathlib import Path

import pytest

from grading.authoring import answers, kill_matrix
from grading.authoring.lesson import read
from grading.authoring.source import sources
from grading.sandbox.checking import run_check
from tests.support.students import defined, student

pytestmark = pytest.mark.lesson

REPOSITORY = Path(__file__).resolve().parents[3]
LOAD = """\
from pathlib import Path
from grading.authoring import answers
found = {one.label: one.value for one in answers.load(Path(PATH))}
def answer(label):
    return found[label]
"""
# What a message may show that no two processes have in common.
MET_BY_CHANCE = (
    # Keras numbers the layers of a process, and names an input after its tensor or its layer.
    (r"(['\"])(?:keras_tensor|input_layer)(?:_\d+)?\1", "'input'"),
    (r"(['\"])([a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*)(?:_\d+)?\1", r"'\2'"),
    (r"0x[0-9a-f]+", "0x…"),  # where an object lies in memory
    (r"(.{250}).*…$", r"\1 …"),  # where a long text is cut off
)


def comparable(message):
    for pattern, instead in MET_BY_CHANCE:
        message = re.sub(pattern, instead, message, flags=re.DOTALL)
    return message


@pytest.fixture(scope="module", params=sources(REPOSITORY), ids=lambda path: path.stem)
def tried(request):
    """A source, and the table of its checks, which ran on all answers in this process."""
    return request.param, kill_matrix.run(request.param)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with student(tmp_path_factory.mktemp("student")) as session:
        yield session


def test_every_check_accepts_right_answers_and_names_the_mistake_in_wrong_ones(tried):
    _, table = tried
    assert table.faults == []
    assert table.rows


@pytest.mark.process
def test_a_check_says_the_same_across_the_wire(tried, session):
    path, table = tried
    checks = read(path).checks
    file = REPOSITORY / "tests" / "answers" / path.name
    answer = defined(session, LOAD.replace("PATH", repr(str(file))), "answer")
    here = {(exercise, label): rest for exercise, label, _, *rest in table.rows}
    written = {one.label for one in answers.load(file)}
    different, count = [], 0
    for exercise, label in here:
        if label not in written:  # others have their tests in this process
            continue
        count += 1
        verdict = run_check(checks[exercise].cell, exercise, answer(label))
        outcome, message = verdict.outcome, verdict.message
        assert not session.gone, f"{exercise} × {label}: your code {session.gone}"
        said = here[exercise, label]
        if (outcome, comparable(message)) != (said[0], comparable(said[1])):
            different.append(
                f"{exercise} × {label}\n  here:   {said}\n  across: {outcome, message}"
            )
    assert different == []
    assert count == len(written)
