"""What came of grading a class: a progress bar, a table, and files for machines."""

import csv
import io
import json
import os
import textwrap
import time
import unicodedata
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version

from grading.classroom.record import changed_answers, scores
from grading.sandbox.work import FAILED, PASSED, STOPPED, Verdict

BY_HAND = "by hand"
LONGEST_MISTAKE = 150  # characters
LONGEST_NAMES = 60
PACKAGES = ("nbgrader", "numpy", "keras", "tensorflow")


class Bar:
    """One line that is rewritten: done, failed, repaired, stopped, and the time that is left."""

    def __init__(self, stream):
        self.stream = stream
        self.started = time.perf_counter()
        self.shown = 0

    def show(self, results, total):
        """Shows how far it is; where nobody looks, only every tenth of the way."""
        done = len(results)
        passed = time.perf_counter() - self.started
        left = f"{passed / done * (total - done):.0f} s left" if done else "starting"
        width = 20 * done // total if total else 20
        line = (
            f"[{'█' * width}{'·' * (20 - width)}] {done}/{total} done, "
            f"{sum(bool(one.failure) for one in results)} failed, "
            f"{sum(bool(one.repairs) for one in results)} repaired, "
            f"{sum(_stopped(one) for one in results)} stopped, {left}"
        )
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{line}")
        elif done in (0, total) or 10 * done // total > self.shown:
            self.shown = 10 * done // total if total else 0
            self.stream.write(f"{line}\n")
        self.stream.flush()

    def end(self):
        """Leaves the line."""
        if self.stream.isatty():
            self.stream.write("\n")


def make(task, results, seconds):
    """All that a report holds, as plain values.

    Args:
        task: an `Assignment`.
        results: a list of `Result`.
        seconds: that the run took.
    """
    given = scores(task.name, task.config)
    changed = changed_answers(task.name, task.config)
    stale = set(given) - {one.student for one in results if not one.failure}
    return {
        "assignment": task.name,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "version": task.version,
        "packages": {name: version(name) for name in PACKAGES},
        "points": task.points,
        "mistakes": _mistakes(results),
        "stale": sorted(stale),
        "submissions": [
            _submission(one, given.get(one.student, {}), changed.get(one.student, []), task)
            for one in results
        ],
    }


def write(made, folder):
    """Writes ASSIGNMENT.json and ASSIGNMENT.csv, and returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{made['assignment']}.{kind}" for kind in ("json", "csv")]
    texts = json.dumps(made, indent=1, ensure_ascii=False), _csv(made)
    for path, text in zip(paths, texts, strict=True):
        part = path.with_suffix(path.suffix + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    return paths


def table(made):
    """The marks for people, and then what was repaired, stopped or impossible, a line each."""
    names = [name.removeprefix("check_") for name in made["points"]]
    head = [f"{n} ({w:g})" for n, w in zip(names, made["points"].values(), strict=True)]
    rows = [["student", *head, "total"]]
    notes, repairs = [], {}
    for one in made["submissions"]:
        student = one["student"]
        if one["failure"]:
            notes.append(f"NO GRADE for {student}: {one['failure']}")
        else:
            total = f"{one['total']:g}/{sum(made['points'].values()):g}"
            cells = [BY_HAND if s is None else f"{s:g}" for s in one["scores"].values()]
            rows.append([student, *cells, total + " so far" * (BY_HAND in cells)])
        for text in one["repairs"]:
            repairs.setdefault(text, []).append(student)
        notes += [f"{student}: look again, {n} changed after it was graded" for n in one["changed"]]
        notes += [
            f"{student}: {verdict['message']}"
            for verdict in one["verdicts"].values()
            if verdict["outcome"] not in (PASSED, FAILED)
        ]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            text + " " * (w - _width(text)) for text, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    notes += [f"{_people(students)}: repaired: {text}" for text, students in repairs.items()]
    notes += [
        f"{student}: the gradebook holds marks of an earlier submission; they are not exported"
        for student in made["stale"]
    ]
    common = [f"{count:4} × {text}" for text, count in list(made["mistakes"].items())[:10]]
    if common:
        notes += ["", "what went wrong most often:", *common]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def _people(students):
    """One student's name, or how many there are, and who."""
    if len(students) == 1:
        return students[0]
    names = textwrap.shorten(" ".join(students), LONGEST_NAMES, placeholder=" …")
    return f"{len(students)} students ({names})"


def _width(text):
    """Columns that a terminal needs for a text."""
    return sum(
        2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in text
    )


def _submission(one, given, changed, task):
    points = {} if one.failure else {name: given.get(name) for name in task.points}
    total = sum(score for score in points.values() if score is not None)
    return {
        "student": one.student,
        "sha256": one.submission,
        "scores": points,
        "total": None if one.failure else total,
        "open": sum(score is None for score in points.values()),
        "changed": changed,
        "seconds": one.seconds,
        "failure": one.failure,
        "verdicts": {name: asdict(verdict) for name, verdict in one.verdicts.items()},
        "repairs": one.repairs,
        "troubles": one.troubles,
    }


def _mistakes(results):
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
    named = " or ".join(verdict.mistakes) or ": ".join(filter(None, _wrong(verdict)))
    return f"{verdict.exercise}{case}: {textwrap.shorten(named, LONGEST_MISTAKE, placeholder=' …')}"


def _wrong(verdict: Verdict) -> list[str]:
    """What was wrong with an answer that makes none of the known mistakes."""
    if verdict.reason in ("demand", "check failed"):  # which say it in words of the check's own
        return [verdict.what, verdict.text or verdict.reason]
    return [verdict.what, verdict.reason, verdict.stub or verdict.error]


def _stopped(one):
    return any(verdict.outcome == STOPPED for verdict in one.verdicts.values())


def _csv(made):
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
        rows.writerow([_cell(v) for v in (one["student"], *marks, *rest, one["sha256"])])
    return file.getvalue()


def _cell(value):
    """A value that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else value
