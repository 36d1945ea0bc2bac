"""Grades a class: every submission is cleaned, judged in a jail, and recorded by nbgrader."""

import hashlib
import json
import multiprocessing
import os
import signal
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grading import notebook, sanitize
from grading.record import RecordError, record, register
from grading.release import course_config
from grading.work import Cell, Work

MOST_STRIKES = 2  # workers that may die over one submission
TASKS_PER_WORKER = 100  # then a fresh one takes its place, so that memory stays bounded
DECIDING = ("judge", "standin", "student", "sanitize", "wire", "zygote", "jail", "work")  # modules


class GradingError(Exception):
    """Why nothing at all could be graded."""


@dataclass
class Result:
    """What came of one submission; it is kept as JSON until the submission or a check changes.

    Attributes:
        student: the id.
        key: hash of the submission, the checks and the grader.
        submission: SHA-256 of the notebook that was handed in, or ''.
        verdicts: dict from exercise to [outcome, message].
        repairs: what was put right in the notebook, each a sentence.
        troubles: what went wrong in its cells, each a sentence.
        seconds: that judging it took.
        failure: why there is no grade, or ''.
        recorded: whether it is in the gradebook.
    """

    student: str
    key: str
    submission: str = ""
    verdicts: dict = field(default_factory=dict)
    repairs: list = field(default_factory=list)
    troubles: list = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""
    recorded: bool = False


@dataclass(frozen=True)
class Assignment:
    """What the class is graded against.

    Attributes:
        name: such as '01_autoencoder'.
        root: folder of the course.
        config: nbgrader's configuration.
        released: the notebook that students got.
        checks: dict from exercise to the text of its check, hidden part included.
        points: dict from grade id to points, in the order of the notebook.
        files: dict from name to bytes of what comes with the notebook.
        version: hash of the checks and of the grader.
    """

    name: str
    root: Path
    config: object
    released: object
    checks: dict
    points: dict
    files: dict
    version: str

    @property
    def submitted(self):
        """Where submissions are: a folder for each student."""
        return self.root / self.config.CourseDirectory.submitted_directory

    @property
    def kept(self):
        """Where results are kept as JSON, one file for each student."""
        return self.root / "classroom" / "verdicts" / self.name


def assignment(name, root, db_url=None):
    """Reads what an assignment is.

    Raises:
        GradingError: there is none of this name.
    """
    root = Path(root).resolve()
    config = course_config(root)
    if db_url:
        config.CourseDirectory.db_url = db_url
    folder = root / config.CourseDirectory.source_directory / name
    release = root / config.CourseDirectory.release_directory / name / f"{name}.ipynb"
    for path in (folder / f"{name}.ipynb", release):
        if not path.is_file():
            message = f"{path.relative_to(root)} is not there; is {name!r} spelled right?"
            raise GradingError(message)
    solved = notebook.read(folder / f"{name}.ipynb")
    checks = {sanitize.exercise_of(c): c.source for c in solved.cells if sanitize.is_check(c)}
    graded = [cell.metadata.get("nbgrader", {}) for cell in solved.cells]
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }
    parts = [Path(__file__).with_name(f"{part}.py").read_bytes() for part in DECIDING]
    released = notebook.read(release)
    said = json.dumps([checks, notebook.stamp(released)], sort_keys=True).encode()
    return Assignment(
        name,
        root,
        config,
        released,
        checks,
        {one["grade_id"]: one["points"] for one in graded if one.get("grade")},
        files,
        _digest(said, *parts, *files.values()),
    )


def students(task):
    """Ids of those who handed in anything for an assignment, in order."""
    return sorted(
        folder.name
        for folder in task.submitted.glob("*/")
        if os.path.lexists(folder / task.name) or any(folder.rglob(f"{task.name}*.ipynb"))
    )


def run(task, executor, settings, *, only=None, again=False, tell=lambda done, total: None):
    """Grades a class.

    Args:
        task: an `Assignment`.
        executor: called without arguments; returns a `concurrent.futures.Executor`.
        settings: keyword arguments of `grading.work.Work`: limits, times, isolated.
        only: the id of one student, or None for all.
        again: grade also what has not changed since it was last graded.
        tell: called with the results so far and the number of submissions, after each one.

    Returns:
        A list of `Result`, one for each student.
    """
    names = [name for name in students(task) if only in (None, name)]
    if only and not names:
        raise GradingError(f"{only} handed in nothing for {task.name}")
    if names:
        register(task.name, task.config)
    task.kept.mkdir(parents=True, exist_ok=True)
    results, todo, strikes = [], deque(names), dict.fromkeys(names, 0)

    def finish(result):
        results.append(_recorded(result, task))
        tell(results, len(names))

    pool, flying = None, {}
    try:
        while todo or flying:
            while todo and len(flying) < 2 * _width(pool):
                student = todo.popleft()
                result, work = prepare(student, task, settings, again)
                if work is None:
                    finish(result)
                    continue
                pool = pool or executor()
                flying[pool.submit(_judged, work)] = (student, result)
            for future in wait(flying, return_when=FIRST_COMPLETED).done if flying else ():
                student, result = flying.pop(future)
                try:
                    _fill(result, *future.result())
                except BrokenExecutor:
                    pool = None
                    strikes[student] += 1
                    if strikes[student] < MOST_STRIKES:
                        todo.appendleft(student)
                        continue
                    result.failure = "the grader's own process died over it"
                except Exception as error:
                    result.failure = f"the grader failed: {type(error).__name__}: {error}"
                finish(result)
    finally:
        if pool:
            pool.shutdown(wait=not todo and not flying, cancel_futures=True)
    return sorted(results, key=lambda one: one.student)


def local_executor(workers):
    """Processes on this machine."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_leave_interrupts_to_the_parent,
        max_tasks_per_child=TASKS_PER_WORKER,
    )


def _leave_interrupts_to_the_parent():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _width(pool):
    return getattr(pool, "_max_workers", 4) if pool else 1


def _judged(work):
    from grading import judge  # in the worker: the process that asks needs no TensorFlow

    started = time.perf_counter()
    verdicts, troubles = judge.judge(work)
    said = {name: [one.outcome, one.message] for name, one in verdicts.items()}
    return said, troubles, time.perf_counter() - started


def _fill(result, verdicts, troubles, seconds):
    result.verdicts, result.troubles, result.seconds = verdicts, troubles, round(seconds, 2)


def prepare(student, task, settings, again):
    """A result to be filled, and the work for it, or None if there is nothing to do."""
    folder = task.submitted / student / task.name
    try:
        path, repairs = sanitize.find(folder, task.name)
        content = path.read_bytes()
    except (sanitize.SubmissionError, OSError) as error:
        return Result(student, "", failure=str(error)), None
    key = _digest(task.version.encode(), repr(sorted(settings.items())).encode(), content)
    kept = _kept(student, task)
    if kept and kept.key == key and not again:
        return kept, None
    try:
        clean = sanitize.clean(content, task.released)
    except sanitize.SubmissionError as error:
        return Result(student, key, failure=str(error)), None
    result = Result(student, key, clean.digest, repairs=repairs + clean.repairs)
    cells = [
        Cell(
            cell.source,
            place,
            sanitize.exercise_of(cell) if sanitize.is_check(cell) else "",
            cell.id in clean.needed,
        )
        for place, cell in enumerate(clean.nb.cells, start=1)
        if cell.cell_type == "code"
    ]
    return result, Work(cells, task.checks, task.files, **settings)


def _recorded(result, task):
    """The result, in the gradebook and kept on disk."""
    if not result.failure and not result.recorded:
        folder = task.submitted / result.student / task.name
        path, _ = sanitize.find(folder, task.name)
        nb = sanitize.clean(path.read_bytes(), task.released).nb
        stamp = folder / "timestamp.txt"
        timestamp = stamp.read_text(errors="replace")[:100] if stamp.is_file() else ""
        messages = {f"check_{name}": message for name, (_, message) in result.verdicts.items()}
        try:
            record(task.name, result.student, nb, messages, timestamp, task.config)
            result.recorded = True
        except RecordError as error:
            result.failure = f"nbgrader did not take it: {error}"
    if result.key:
        path = task.kept / f"{result.student}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False), "utf-8")
        part.replace(path)
    return result


def _kept(student, task):
    """The result of an earlier run, or None."""
    try:
        return Result(**json.loads((task.kept / f"{student}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _digest(*parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
