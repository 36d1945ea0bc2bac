"""The command `vae-grade`: grades a class, and says what came of it."""

import functools
import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from grading.authoring import lesson
from grading.authoring.checks import SETTING
from grading.authoring.source import RefusedError
from grading.classroom import lms, pages, report
from grading.classroom.assignment import Assignment, GradingError, load_assignment, strays
from grading.classroom.download import PLATFORMS, LmsError
from grading.classroom.pool import Pool, local_executor
from grading.classroom.prepare import Submission
from grading.classroom.record import RecordError
from grading.classroom.results import Result, kept_results, not_graded, points
from grading.classroom.run import run
from grading.classroom.screen import Bar, say
from grading.classroom.worker import begin, judged
from grading.course import environment
from grading.doctor import examine
from grading.sandbox import container, groups, jail
from grading.sandbox.memory import too_little
from grading.sandbox.work import CONTAINER, NONE, OWN, Limits, Work
from grading.submission import SubmissionError

WALLS = "--not-isolated"
JAILS = {OWN: jail.missing, CONTAINER: container.missing}
WAYS = {
    OWN: f"Use a machine or a container with user namespaces, --jail {CONTAINER}",
    CONTAINER: f"Mend that, leave out --jail {CONTAINER}",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; the exit status is 0 only if every submission got a verdict."""
    options = _parser().parse_args(arguments)
    os.environ.update(environment())  # so that workers find the packages that this process uses
    try:
        return int(options.command(options))
    except (GradingError, RecordError, LmsError, FileNotFoundError) as error:
        say(error, stream=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("", "Stopped. What was graded is kept; run it again to go on.", stream=sys.stderr)
        return 130


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="vae-grade", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Callable[[Namespace], int], text: str) -> ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("name", metavar="ASSIGNMENT", help="such as 01_autoencoder")
        one.add_argument("--course-dir", type=Path, default=Path(), help="where solutions/ is")
        one.add_argument(
            "--db-url", metavar="URL", help="of the gradebook, such as postgresql+psycopg://…"
        )
        one.set_defaults(command=function)
        return one

    one = command("run", _run, "grade what lies in classroom/submitted")
    one.add_argument("--workers", type=_positive, default=os.cpu_count() or 1, metavar="N")
    one.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead")
    one.add_argument("--only", metavar="STUDENT", help="grade this one alone")
    one.add_argument("--again", action="store_true", help="also what has not changed")
    seconds, memory = int(Work.seconds), Limits.memory >> 30
    text = f"seconds for a notebook; a fifth of them for one step ({seconds})"
    one.add_argument("--timeout", type=_positive, default=seconds, metavar="S", help=text)
    text = f"memory for a notebook ({memory})"
    one.add_argument("--memory", type=_positive, default=memory, metavar="GIB", help=text)
    text = f"{OWN}: Linux's own walls; {CONTAINER}: Podman or Docker ({OWN})"
    one.add_argument("--jail", choices=JAILS, default=OWN, help=text)
    text = "run students' code without a jail, where this machine has none"
    one.add_argument(WALLS, dest="jail", action="store_const", const=NONE, help=text)

    one = command("collect", _collect, "lay out a bulk download of Canvas or Moodle")
    one.add_argument("download", type=Path, help="the zip, or a folder with what was in it")
    text = "whose download it is, if its names do not tell"
    one.add_argument("--platform", choices=PLATFORMS, help=text)

    command("report", _report, "the table once more, with what was graded by hand since")
    one = command("feedback", _feedback, "make the pages that students get")
    one.add_argument("--only", metavar="STUDENT", help="of this one alone")
    one.add_argument("--so-far", action="store_true", help="also where written answers lack points")

    one = command("export", _export, "fill the marks into a CSV file of Canvas or Moodle")
    text = "Canvas's exported gradebook, or Moodle's grading worksheet"
    one.add_argument("template", type=Path, metavar="CSV", help=text)
    one.add_argument("--column", metavar="TITLE", help="to fill, if it is not found by itself")
    text = "also totals that lack written answers"
    one.add_argument("--so-far", action="store_true", help=text)

    one = commands.add_parser(
        "doctor", help="which visible checks passed in a notebook, and what would be repaired"
    )
    one.add_argument(
        "notebook", type=Path, help="such as course/01_autoencoder/01_autoencoder.ipynb"
    )
    one.add_argument("--course-dir", type=Path, default=Path(), help="where course/ is")
    one.set_defaults(command=_doctor)
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"must be a whole number from 1, got {text}")
    return int(text)


def _run(options: Namespace) -> int:
    task = _assignment(options)
    if options.jail == NONE:
        say("NOT ISOLATED: students' code can do what you can do.", stream=sys.stderr)
    elif lacking := JAILS[options.jail](str(task.root)):
        raise GradingError(
            f"NOT ISOLATED: this machine cannot lock up students' code: {lacking}. Nothing was "
            f"graded. {WAYS[options.jail]}, or {WALLS} if you trust every submission"
        )
    limits = Limits(memory=options.memory << 30, seconds=2 * options.timeout)
    if not options.scheduler:
        groups.settle()
        if warning := too_little(options.workers, limits):
            say(warning, stream=sys.stderr)
    settings = {
        "limits": limits,
        "seconds": options.timeout,
        "seconds_a_step": options.timeout / 5,
        "jail": options.jail,
    }
    if careful := unbuilt(task):
        say(careful, stream=sys.stderr)
    started = time.perf_counter()
    with closing(Bar(sys.stderr)) as bar:
        results = run(
            task,
            _pool(options),
            settings,
            only=options.only,
            again=options.again,
            tell=bar.show,
        )
    if not results:
        say(f"nothing was submitted: no classroom/submitted/STUDENT/{task.name}/{task.name}.ipynb")
        return 1
    _show(task, kept_results(task), time.perf_counter() - started)
    for stray in strays(task):
        say(f"not graded, since it is in no student's folder: classroom/submitted/{stray}")
    if careful:  # once more, where it is read
        say(careful, stream=sys.stderr)
    return int(any(not one.verdicts or one.failure for one in results))


def unbuilt(task: Assignment) -> str:
    """Says that checks or points are no longer those that the notebook was built from, or ''."""
    path = task.root / task.config.CourseDirectory.source_directory / f"{task.name}.py"
    if not path.is_file():
        return ""
    try:
        found = lesson.read(path)
    except RefusedError as error:
        wrong = "; ".join(error.told(f"{path.relative_to(task.root)}:"))
    else:
        asked = [cell for cell in found.cells if cell.kind == "check"]
        checks = {cell.name: found.code_of(cell) for cell in asked if cell.name in found.checks}
        points = {cell.name: cell.points for cell in asked}
        if checks == task.checks and points == {n: task.points[f"check_{n}"] for n in checks}:
            return ""
        where = path.relative_to(task.root)
        wrong = f"{found.file} or the points in {where} are not what was built"
    return (
        f"CAREFUL: {wrong}. Marks are decided by what was built: make build A={task.name} takes "
        f"the files, {SETTING} names the folder of checks that are kept elsewhere"
    )


def _show(task: Assignment, results: list[Result], seconds: float) -> None:
    made = report.make(task, results, seconds)
    paths = report.write(made, task.root / "classroom" / "reports")
    report.show(made, sys.stdout)
    say(*(f"written: {path.relative_to(task.root)}" for path in paths))


def _collect(options: Namespace) -> int:
    task = _assignment(options)
    there, left_out = lms.collect(task, options.download, options.platform, say)
    say(f"{len(there)} submissions of {task.name} are in {task.submitted.relative_to(task.root)}")
    if left_out:
        number = "1 file was" if len(left_out) == 1 else f"{len(left_out)} files were"
        say(
            f"{number} left out, as no notebook of a student's or for the reason beside it:",
            *(f"- {line}" for line in left_out),
        )
    return int(bool(left_out))


def _report(options: Namespace) -> int:
    task = _assignment(options)
    results = kept_results(task)
    if not results:
        raise GradingError(f"{task.name} was not graded yet: vae-grade run {task.name}")
    _show(task, results, sum(one.seconds for one in results))
    return _without_marks(task, results)


def _feedback(options: Namespace) -> int:
    task = _assignment(options)
    results = kept_results(task)
    given = {n: mine for n, mine in points(task, results).items() if options.only in (None, n)}
    if not given:
        raise GradingError(f"{options.only or 'nobody'} has marks for {task.name} yet")
    left = [] if options.so_far else [n for n, mine in given.items() if None in mine.values()]
    names = sorted(set(given) - set(left))
    gone = [one.student for one in results if one.failure]
    pages.withdraw(task.name, [name for name in gone if options.only in (None, name)], task.config)
    failed = pages.make(task.name, names, task.config)
    say(f"{len(names) - len(failed)} pages in {task.config.CourseDirectory.feedback_directory}")
    for name, why in failed.items():
        say(f"no page could be made for {name}; theirs says so: {why}")
    _say_stale(task, results)
    return max(_left_out(left), _without_marks(task, results, options.only), bool(failed))


def _export(options: Namespace) -> int:
    task = _assignment(options)
    results = kept_results(task)
    path, filled, left, lost = lms.export(
        task, results, options.template, options.column, options.so_far
    )
    say(f"{filled} marks in {path.relative_to(task.root)}")
    _say_stale(task, results)
    if lost:
        say(f"{len(lost)} have marks, but no row in {options.template}: {', '.join(lost)}")
    return max(_left_out(left), _without_marks(task, results), bool(lost), not filled)


def _say_stale(task: Assignment, results: list[Result]) -> None:
    """Names marks that something else decided than what is here now."""
    given = {one.student: one.decided_by for one in results if not one.failure}
    for line in report.decided_otherwise(task.name, task.decided_by, given):
        say(line)


def _left_out(students: list[str]) -> int:
    """Says whose written answers are not graded, and gives the exit status."""
    if students:
        say(
            f"left out, since written answers have no points yet: {', '.join(sorted(students))}. "
            "Grade them in formgrader, or add --so-far"
        )
    return int(bool(students))


def _without_marks(task: Assignment, results: list[Result], only: str | None = None) -> int:
    """Names who handed in something and has no marks for it, and gives the exit status."""
    lacking = {
        "without a grade": [one.student for one in results if one.failure],
        f"not graded yet (vae-grade run {task.name})": not_graded(task, results),
    }
    lacking = {why: [n for n in names if only in (None, n)] for why, names in lacking.items()}
    for why, names in lacking.items():
        if names:
            say(f"handed in, but {why}: {', '.join(names)}")
    return int(any(lacking.values()))


def _doctor(options: Namespace) -> int:
    try:
        say(*examine(options.notebook, options.course_dir))
    except SubmissionError as error:
        say(f"This cannot be graded: {error}")
        return 1
    return 0


def _assignment(options: Namespace) -> Assignment:
    return load_assignment(options.name, options.course_dir, options.db_url)


def _pool(options: Namespace) -> Pool[Submission]:
    if not options.scheduler:
        executor = functools.partial(local_executor, options.workers, begin)
        return Pool(executor, lambda: int(options.workers), judged)
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise GradingError("--scheduler needs Dask: pip install 'vaelib[cluster]'") from error
    client = functools.cache(lambda: Client(options.scheduler))  # asked for once there is work
    return Pool(
        lambda: client().get_executor(pure=False),
        lambda: sum(client().nthreads().values()),
        judged,
    )
