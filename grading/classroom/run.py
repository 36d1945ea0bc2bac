"""Grades a class: every submission is cleaned, judged in a jail, and recorded by nbgrader."""

import hashlib
import json
import multiprocessing
import os
import re
import resource
import signal
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path

from nbgrader.utils import parse_utc

from grading import notebook
from grading.classroom.record import RecordError, graded, record, register, scores
from grading.course import course_config
from grading.sandbox.wire import plain
from grading.sandbox.work import PASSED, Cell, Verdict, Work
from grading.submission import sanitize

ODD_ID = re.compile(r"[*?\[\]{}\x00-\x1f\x7f\ufffd]|^\s|\s$")  # would mean others, to nbgrader
MOST_STRIKES = 2  # workers that may die over one submission
MEMORY_OF_WORKER = 8 << 30
TASKS_PER_WORKER = 100  # then a fresh one takes its place, so that memory stays bounded


class GradingError(Exception):
    """Why nothing at all could be graded."""


@dataclass
class Result:
    """What came of one submission; it is kept as JSON until the submission or a check changes.

    Attributes:
        student: the id.
        key: hash of the submission, the checks and the grader.
        submission: SHA-256 of the notebook that was handed in, or ''.
        verdicts: dict from exercise to `Verdict`.
        repairs: what was put right in the notebook, each a sentence.
        troubles: what went wrong in its cells, each a sentence.
        seconds: that judging it took.
        failure: why it is not in the gradebook, or ''.
    """

    student: str
    key: str
    submission: str = ""
    verdicts: dict = field(default_factory=dict)
    repairs: list = field(default_factory=list)
    troubles: list = field(default_factory=list)
    seconds: float = 0.0
    failure: str = ""


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
        GradingError: there is none of this name, or what its gradebook needs is not installed.
    """
    root = Path(root).resolve()
    config = course_config(root)
    if db_url:
        if "+psycopg:" in db_url and find_spec("psycopg") is None:
            raise GradingError("PostgreSQL needs a package: pip install '.[postgresql]'")
        config.CourseDirectory.db_url = db_url
    folder = root / config.CourseDirectory.source_directory / name
    release = root / config.CourseDirectory.release_directory / name / f"{name}.ipynb"
    for path in (folder / f"{name}.ipynb", release):
        if not path.is_file():
            known = ", ".join(sorted(p.parent.name for p in release.parents[1].glob("*/*.ipynb")))
            raise GradingError(
                f"{path.relative_to(root)} is not there; is {name!r} spelled right? "
                f"There is {known or 'no assignment at all'}"
            )
    solved = notebook.read(folder / f"{name}.ipynb")
    checks = {notebook.exercise_of(c): c.source for c in solved.cells if notebook.is_check(c)}
    graded = [cell.metadata.get("nbgrader", {}) for cell in solved.cells]
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb"
    }
    parts = [path.read_bytes() for path in sorted(Path(__file__).parents[1].rglob("*.py"))]
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
        plain(folder.name)
        for folder in task.submitted.glob("[!.]*/")
        if os.path.lexists(folder / task.name) or _holds(folder, f"{task.name}*.ipynb")
    )


def strays(task):
    """Notebooks that lie where no student's folder is, so that nobody gets their marks."""
    return sorted(path.name for path in task.submitted.glob("*.ipynb"))


def _holds(folder, pattern):
    """Whether a file of this name is anywhere in a folder, or the folder cannot be looked through.

    A link is not looked through: it may lead to the whole machine.
    """
    try:
        return not folder.is_symlink() and any(folder.rglob(pattern))
    except (OSError, RecursionError):
        return True


def run(task, executor, settings, *, only=None, again=False, tell=lambda done, total: None):
    """Grades a class.

    Args:
        task: an `Assignment`.
        executor: called without arguments; returns a `concurrent.futures.Executor`.
        settings: keyword arguments of `grading.sandbox.work.Work`: limits, times, isolated.
        only: the id of one student, or None for all.
        again: grade also what has not changed since it was last graded.
        tell: called with the results so far and the number of submissions, at first and after
            each one.

    Returns:
        A list of `Result`, one for each student.
    """
    names = [name for name in students(task) if only in (None, name)]
    if only and not names:
        raise GradingError(f"{only} handed in nothing for {task.name}")
    recorded = ()
    if names:
        register(task.name, task.config)
        recorded = graded(task.name, task.config)
    task.kept.mkdir(parents=True, exist_ok=True)
    tell([], len(names))
    results, todo, strikes = [], deque(names), dict.fromkeys(names, 0)

    def finish(result, nb):
        results.append(_recorded(result, nb, task))
        tell(results, len(names))

    pool, flying = None, {}
    try:
        while todo or flying:
            while todo and len(flying) < 2 * _width(pool):
                # Who may have killed a worker flies alone, so that nobody else pays for it.
                if flying and (strikes[todo[0]] or any(strikes[s] for s, *_ in flying.values())):
                    break
                student = todo.popleft()
                anew = again or student not in recorded
                result, nb, work = prepare(student, task, settings, anew)
                if work is None:
                    finish(result, nb)
                    continue
                pool = pool or executor()
                try:
                    flying[pool.submit(_judged, work)] = (student, result, nb)
                except BrokenExecutor:  # a worker died just now
                    todo.appendleft(student)
                    pool = pool if flying else None
                    break
            done = wait(flying, return_when=FIRST_COMPLETED).done if flying else ()
            if any(isinstance(future.exception(), BrokenExecutor) for future in done):
                done, pool = wait(flying).done, None  # the others break with it
            for future in done:
                student, result, nb = flying.pop(future)
                try:
                    _fill(result, *future.result())
                except BrokenExecutor:
                    strikes[student] += 1
                    if strikes[student] < MOST_STRIKES:
                        todo.appendleft(student)
                        continue
                    result.failure = "the grader's own process died over it"
                except Exception as error:
                    result.failure = f"the grader failed: {type(error).__name__}: {error}"
                finish(result, nb)
    except BaseException:
        for future in flying:
            future.cancel()
        for worker in multiprocessing.active_children():
            worker.kill()  # what they were at is graded by the next run
        raise
    finally:
        if pool:
            pool.shutdown()
    return sorted(results, key=lambda one: one.student)


def kept_results(task):
    """Results of earlier runs, one for each student who was graded."""
    found = [_kept(student, task) for student in students(task)]
    return [one for one in found if one]


def marks(task):
    """What the gradebook holds for what is handed in now; see `grading.classroom.record.scores`.

    A student whose last submission got no grade has none, though the gradebook may still hold
    those of an earlier one.
    """
    valid = {one.student for one in kept_results(task) if not one.failure}
    given = scores(task.name, task.config)
    return {student: points for student, points in given.items() if student in valid}


def local_executor(workers):
    """Processes on this machine."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_worker,
        max_tasks_per_child=TASKS_PER_WORKER,
    )


def _begin_worker():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY:  # what a check makes of an answer must not be endless, too
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_OF_WORKER, hard))


def _width(pool):
    return getattr(pool, "_max_workers", 4) if pool else 1


def _judged(work):
    from grading.sandbox import judge  # here, since the process that asks needs no TensorFlow

    started = time.perf_counter()
    verdicts, troubles = judge.judge(work)
    return verdicts, troubles, time.perf_counter() - started


def _fill(result, verdicts, troubles, seconds):
    result.verdicts, result.troubles, result.seconds = verdicts, troubles, round(seconds, 2)


def prepare(student, task, settings, again):
    """Looks at one submission.

    Returns:
        result: a `Result`, to be filled unless `work` is None.
        nb: the clean notebook, or None.
        work: a `Work`, or None if there is nothing to do.
    """
    try:
        return _prepared(student, task, settings, again)
    except (sanitize.SubmissionError, OSError) as error:
        return Result(student, "", failure=plain(str(error))), None, None
    except Exception as error:  # whatever one submission does to this, the class goes on
        failure = plain(f"the grader failed: {type(error).__name__}: {error}")
        return Result(student, "", failure=failure), None, None


def _prepared(student, task, settings, again):
    if ODD_ID.search(student):
        raise sanitize.SubmissionError(f"{student!r} cannot be a student's id")
    path, repairs = sanitize.find(task.submitted / student / task.name, task.name)
    repairs = [plain(text) for text in repairs]
    content = _content(path)
    book = task.config.CourseDirectory.db_url.replace(str(task.root), "")  # also if a course moves
    said = repr([sorted(settings.items()), book])
    key = _digest(task.version.encode(), said.encode(), content)
    kept = _kept(student, task)
    if kept and kept.key == key and not kept.failure and not again:
        return kept, None, None
    try:
        clean = sanitize.clean(content, task.released)
    except sanitize.SubmissionError as error:
        digest = hashlib.sha256(content).hexdigest()
        return Result(student, key, digest, failure=plain(str(error))), None, None
    repairs += [plain(text) for text in clean.repairs]
    result = Result(student, key, clean.digest, repairs=repairs)
    cells = [
        Cell(
            cell.source,
            place,
            notebook.exercise_of(cell) if notebook.is_check(cell) else "",
            cell.id in clean.needed,
        )
        for place, cell in enumerate(clean.nb.cells, start=1)
        if cell.cell_type == "code"
    ]
    return result, clean.nb, Work(cells, task.checks, task.files, **settings)


def _recorded(result, nb, task):
    """The result, in the gradebook, if there is a notebook for it, and kept on disk."""
    if nb and not result.failure:
        try:
            _record(result, nb, task)
        except RecordError as error:
            result.failure = plain(f"nbgrader did not take it: {error}")
        except Exception as error:
            result.failure = plain(f"the grader failed: {type(error).__name__}: {error}")
    path = task.kept / f"{result.student}.json"
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(result), indent=1, ensure_ascii=False), "utf-8")
    part.replace(path)
    return result


def _record(result, nb, task):
    # In nbgrader no message means full marks.
    messages = {
        f"check_{n}": "" if one.outcome == PASSED else one.message or f"{n}: the check failed."
        for n, one in result.verdicts.items()
    }
    timestamp = _timestamp(task.submitted / result.student / task.name / "timestamp.txt")
    record(task.name, result.student, nb, messages, result.repairs, timestamp, task.config)


def _content(path):
    with path.open("rb") as file:
        return file.read(sanitize.MOST_BYTES + 1)


def _timestamp(path):
    """When a notebook was handed in, as the file says, or '' if it says nothing of the kind."""
    try:
        if not _is_plain(path):
            return ""
        with path.open() as file:
            text = file.read(100).strip()
        return text if text and parse_utc(text) else ""
    except (ValueError, OverflowError, OSError):
        return ""


def _is_plain(path):
    return path.is_file() and not path.is_symlink()


def _kept(student, task):
    """The result of an earlier run, or None."""
    try:
        kept = Result(**json.loads((task.kept / f"{student}.json").read_text("utf-8")))
        kept.verdicts = {name: Verdict(**one) for name, one in kept.verdicts.items()}
        return kept
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _digest(*parts):
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
