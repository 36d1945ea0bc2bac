"""Which mistakes a report counts, and that it counts them by what verdicts say as data."""

import json
from dataclasses import asdict
from types import SimpleNamespace

from grading.classroom import report
from grading.classroom.results import Result, kept
from grading.sandbox.checking import run_check
from grading.sandbox.work import FAILED, PASSED, STOPPED, Verdict

CHECK = """
from vaelib.checks import call, check_close, check_true
known = {"x is squared": 9}
check_close("double", call("double", double, 3), 6, mistakes=known)
check_close("double", call("double", double, 5), 10, mistakes={"x is squared": 25}, case="five")
check_true("double", call("double", double, 0.5) == 1, "halves are not doubled.")
"""
ANSWERS = {
    "ann": lambda x: x**2,
    "bob": lambda x: x**2 + 0,
    "cleo": lambda x: x**2 if x == 5 else 2 * x,
    "dan": lambda x: x + 1,
    "eve": lambda x: x + 2,
    "fay": lambda x: x + x,
    "gil": lambda x: 1 / 0,
    "hal": lambda x: int(x) * 2,
}


def results():
    """What came of a class, one answer each."""
    return [
        Result(student, "key", verdicts={"double": run_check(CHECK, "double", answer)})
        for student, answer in ANSWERS.items()
    ]


def test_mistakes_are_counted_by_exercise_mistake_and_case_without_a_student_s_numbers():
    assert report._mistakes(results()) == {
        "double: x is squared": 2,
        "double: wrong value": 2,
        "double (hidden case: five): x is squared": 1,
        "double: raised: ZeroDivisionError": 1,
        "double: halves are not doubled.": 1,
    }


def test_words_of_a_message_count_for_nothing():
    said = "double: This is what you get when nothing is right."
    verdicts = [
        Verdict(FAILED, said, exercise="double", reason="wrong value"),
        Verdict(PASSED, said, exercise="double"),
        Verdict(STOPPED, said, exercise="double", reason="process ended"),
        Verdict(FAILED, "double: no", exercise="double", reason="calls a stub", stub="half"),
        Verdict(FAILED, "", exercise="double", reason="check failed"),
    ]
    counted = report._mistakes([Result("a", "k", verdicts={"double": v}) for v in verdicts])
    assert list(counted) == [
        "double: wrong value",
        "double: process ended",
        "double: calls a stub: half",
        "double: check failed",
    ]


def test_a_result_on_disk_comes_back_with_its_verdicts(tmp_path):
    task = SimpleNamespace(kept=tmp_path)
    for one in results():
        (tmp_path / f"{one.student}.json").write_text(json.dumps(asdict(one)), "utf-8")
        assert kept(one.student, task) == one


def test_a_result_of_the_first_edition_counts_as_not_graded(tmp_path):
    task = SimpleNamespace(kept=tmp_path)
    old = {"student": "ann", "key": "k", "verdicts": {"double": ["fail", "double: got 9."]}}
    (tmp_path / "ann.json").write_text(json.dumps(old), "utf-8")
    assert kept("ann", task) is None
