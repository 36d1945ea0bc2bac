"""Large classes in one run: time and memory stay bounded, and nobody changes others' marks."""

import subprocess
import sys
import time

import psutil
import pytest

from experiments.memory import memory_of
from grading.classroom import gradebook
from grading.classroom.assignment import load_assignment
from tests.support.classes import REPOSITORY, TOY, answered, course, grade, submit, with_source

pytestmark = pytest.mark.jail

N = 200
ATTACKERS = (
    *("crashes", "exits", "fork_bomb", "kills", "memory_bomb", "memory_bomb_of_many"),
    *("never_answers", "output_bomb", "thread_bomb", "trickle_and_memory"),
)


def memory(process):
    """Bytes that a process and all its descendants have; shared pages count once."""
    return memory_of([process, *process.children(recursive=True)])


def test_two_hundred_submissions_take_linear_time_and_bounded_memory(tmp_path):
    name, solved, released = course(tmp_path, "01_toy", TOY)
    kinds = [answered(solved, released, names) for names in (["double"], ["square"], [])]
    for i in range(N):
        submit(tmp_path, f"student{i:03}", name, kinds[i % 3])
    started = psutil.Popen(
        [sys.executable, "-m", "grading", "run", name, "--workers", "2"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    verdicts = tmp_path / "classroom" / "verdicts" / name
    seen = []  # (time, graded, bytes)
    while started.poll() is None:
        graded = len(list(verdicts.glob("*.json"))) if verdicts.is_dir() else 0
        seen.append((time.monotonic(), graded, memory(started)))
        time.sleep(0.5)
    assert started.returncode == 0
    marks = gradebook.marks(name, load_assignment(name, tmp_path).config)
    assert [list(marks[f"student{i:03}"].points.values()) for i in range(N)] == [
        [2.0 * (i % 3 == 0), 3.0 * (i % 3 == 1), 0.0] for i in range(N)
    ]
    begun, middle = (
        next(moment for moment, graded, _ in seen if graded >= count) for count in (N // 20, N // 2)
    )
    first, second = (middle - begun) / (N // 2 - N // 20), (seen[-1][0] - middle) / (N // 2)
    assert second < 2 * first, f"{first:.2f} s each at first, {second:.2f} s each later"
    early = max(size for moment, _, size in seen if moment <= middle)
    late = max(size for moment, _, size in seen if moment > middle)
    assert late < 1.2 * early, f"{early / 2**20:.0f} MiB at first, {late / 2**20:.0f} MiB later"
    print(f"{first:.2f} s and {second:.2f} s each, {early / 2**30:.2f} and {late / 2**30:.2f} GiB")


def test_an_honest_class_of_sixty_has_the_same_marks_beside_ten_attackers(tmp_path):
    name, solved, released = course(tmp_path, "01_toy", TOY)
    kinds = [answered(solved, released, names) for names in (["double"], ["square"], [])]
    for i in range(60):
        submit(tmp_path, f"student{i:02}", name, kinds[i % 3])
    quick = ("--workers", "2", "--timeout", "30", "--memory", "1")
    alone = grade(tmp_path, name, *quick)
    assert alone.status == 0
    for i, attacker in enumerate(ATTACKERS):
        text = (REPOSITORY / "tests" / "attacks" / f"{attacker}.py").read_text("utf-8")
        submit(
            tmp_path, f"student{6 * i:02}-{attacker}", name, with_source(released, "double", text)
        )
    beside = grade(tmp_path, name, *quick, "--again")
    assert len(beside.of) == 60 + len(ATTACKERS)
    for student, one in alone.of.items():
        mine = {key: beside.of[student][key] for key in ("scores", "total", "failure")}
        assert mine == {key: one[key] for key in ("scores", "total", "failure")}, student
    assert [one["total"] for one in alone.of.values()] == [2, 3, 0] * 20
