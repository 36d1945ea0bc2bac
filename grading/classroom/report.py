"""What came of grading a class: a table for people, and files for machines."""

import csv
import io
import json
import os
import textwrap
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rich.table import Table
from rich.text import Text

from grading.classroom import gradebook, provenance
from grading.classroom.assignment import Assignment
from grading.classroom.gradebook import Marks
from grading.classroom.results import Result
from grading.classroom.screen import console
from grading.classroom.spreadsheet import harmless_cell
from grading.sandbox.wire import plain
from grading.sandbox.work import FAILED, PASSED, Verdict

BY_HAND = "by hand"
LONGEST_MISTAKE = 150  # characters
LONGEST_NAMES = 60


def make(task: Assignment, results: list[Result], seconds: float) -> dict[str, Any]:
    """All that a report holds, as plain values.

    Args:
        task: what the class was graded against.
        results: one for each student.
        seconds: that the run took.
    """
    marks = gradebook.marks(task.name, task.config)
    stale = set(marks) - {one.student for one in results if not one.failure}
    return {
        "assignment": task.name,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "decided_by": task.decided_by,
        "points": task.points,
        "mistakes": _mistakes(results),
        "stale": sorted(stale),
        "submissions": [_submission(one, marks.get(one.student, Marks()), task) for one in results],
    }


def write(made: dict[str, Any], folder: Path) -> list[Path]:
    """Writes ASSIGNMENT.json and ASSIGNMENT.csv, and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{made['assignment']}.{kind}" for kind in ("json", "csv")]
    texts = json.dumps(made, indent=1, ensure_ascii=False), _csv(made)
    for path, text in zip(paths, texts, strict=True):
        part = path.with_suffix(path.suffix + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    return paths


def table(made: dict[str, Any]) -> str:
    """What `show` shows, as plain text."""
    file = io.StringIO()
    show(made, file)
    return file.getvalue()


def show(made: dict[str, Any], stream: TextIO) -> None:
    """Shows the marks, and then what was repaired, stopped or impossible, a line each."""
    screen = console(stream)
    marks = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    names = [name.removeprefix("check_") for name in made["points"]]
    head = [f"{n} ({w:g})" for n, w in zip(names, made["points"].values(), strict=True)]
    for title in ("student", *head, "total"):
        marks.add_column(Text(title), no_wrap=True)
    for one in made["submissions"]:
        if not one["failure"]:
            marks.add_row(*(Text(plain(text)) for text in _row(one, made)))
    with screen.capture() as rendered:
        screen.print(marks)
    stream.writelines(f"{line.rstrip()}\n" for line in rendered.get().splitlines())
    notes = _notes(made)
    for note in ["", *notes] if notes else []:
        screen.print(Text(plain(note)), soft_wrap=True)


def _row(one: dict[str, Any], made: dict[str, Any]) -> list[str]:
    """A student's line of the table."""
    cells = [BY_HAND if s is None else f"{s:g}" for s in one["scores"].values()]
    total = f"{one['total']:g}/{sum(made['points'].values()):g}"
    return [one["student"], *cells, total + " so far" * (BY_HAND in cells)]


def _notes(made: dict[str, Any]) -> list[str]:
    """What the marks alone do not say, a line each."""
    notes: list[str] = []
    repairs: dict[str, list[str]] = {}
    for one in made["submissions"]:
        student = one["student"]
        if one["failure"]:
            notes.append(f"NO GRADE for {student}: {one['failure']}")
        for text in one["repairs"]:
            repairs.setdefault(text, []).append(student)
        notes += [f"{student}: look again, {n} changed after it was graded" for n in one["changed"]]
        notes += [
            f"{student}: {verdict['message']}"
            for verdict in one["verdicts"].values()
            if verdict["outcome"] not in (PASSED, FAILED)
        ]
    notes += [f"{_people(students)}: repaired: {text}" for text, students in repairs.items()]
    notes += [
        f"{student}: the gradebook holds marks of an earlier submission; they are not exported"
        for student in made["stale"]
    ]
    given = {one["student"]: one["decided_by"] for one in made["submissions"] if not one["failure"]}
    notes += decided_otherwise(made["assignment"], made["decided_by"], given)
    common = [f"{count:4} × {text}" for text, count in list(made["mistakes"].items())[:10]]
    return [*notes, *(["", "what went wrong most often:", *common] if common else [])]


def decided_otherwise(
    name: str, here: dict[str, str], given: dict[str, dict[str, str]]
) -> list[str]:
    """Whose marks were decided by something else than what is here now, a line for each of these.

    Args:
        name: the assignment.
        here: what decides now; see `grading.classroom.provenance`.
        given: dict from each student with marks to what decided them.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for student, then in given.items():
        if names := provenance.differing(here, then):
            words = provenance.named(then, names), provenance.named(here, names)
            groups.setdefault(words, []).append(student)
    return [
        f"{_marks_of(students)} decided by {then}; here is {now}: "
        f"grade again with vae-grade run {name}"
        for (then, now), students in groups.items()
    ]


def _marks_of(students: list[str]) -> str:
    if len(students) == 1:
        return f"{students[0]}: the marks were"
    return f"{len(students)} students' marks ({_shortened(students)}) were"


def _people(students: list[str]) -> str:
    """One student's name, or how many there are, and who."""
    if len(students) == 1:
        return students[0]
    return f"{len(students)} students ({_shortened(students)})"


def _shortened(names: list[str]) -> str:
    return textwrap.shorten(" ".join(names), LONGEST_NAMES, placeholder=" …")


def _submission(one: Result, mine: Marks, task: Assignment) -> dict[str, Any]:
    points = {} if one.failure else {name: mine.points.get(name) for name in task.points}
    total = sum(score for score in points.values() if score is not None)
    verdicts = {name: asdict(verdict) for name, verdict in one.verdicts.items()}
    return {
        "student": one.student,
        "sha256": one.submission,
        "decided_by": one.decided_by,
        "jail": one.jail,
        "scores": points,
        "total": None if one.failure else total,
        "open": sum(score is None for score in points.values()),
        "changed": mine.changed,
        "seconds": one.seconds,
        "failure": one.failure,
        "verdicts": verdicts,
        "repairs": one.repairs,
        "troubles": one.troubles,
    }


def _mistakes(results: list[Result]) -> dict[str, int]:
    """How often each mistake occurred, the most frequent first, without a student's numbers."""
    counted = Counter(
        _mistake(verdict)
        for one in results
        for verdict in one.verdicts.values()
        if verdict.outcome != PASSED
    )
    return dict(counted.most_common())


def _mistake(verdict: Verdict) -> str:
    """The exercise and the case of a verdict, and the known mistake, or else what was wrong."""
    case = f" (hidden case: {verdict.case})" if verdict.case else ""
    named = verdict.mistake or ": ".join(filter(None, _wrong(verdict)))
    return f"{verdict.exercise}{case}: {textwrap.shorten(named, LONGEST_MISTAKE, placeholder=' …')}"


def _wrong(verdict: Verdict) -> list[str]:
    """What was wrong with an answer that makes none of the known mistakes."""
    if verdict.reason in ("demand", "check failed"):  # which say it in words of the check's own
        return [verdict.what, verdict.text or verdict.reason]
    return [verdict.what, verdict.reason, verdict.stub or verdict.error]


def _csv(made: dict[str, Any]) -> str:
    file = io.StringIO()
    rows = csv.writer(file)
    names = list(made["points"])
    titles = [name.removeprefix("check_") for name in names]
    further = ["total", "open", "seconds", "repairs", "failure", "sha256"]
    rows.writerow(["student", *titles, *further])
    for one in made["submissions"]:
        marks = ["" if one["scores"].get(name) is None else one["scores"][name] for name in names]
        total = "" if one["total"] is None else one["total"]
        rest = [total, one["open"], one["seconds"], " | ".join(one["repairs"]), one["failure"]]
        rows.writerow([harmless_cell(v) for v in (one["student"], *marks, *rest, one["sha256"])])
    return file.getvalue()
