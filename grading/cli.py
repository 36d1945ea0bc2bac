"""The command `vae-grade`: grades a class, and says what came of it."""

import argparse
import os
import sys
import time
from pathlib import Path

from grading import jail, report
from grading.execute import environment
from grading.record import RecordError
from grading.run import GradingError, assignment, local_executor, run

WALLS = "--not-isolated"


def main(arguments=None):
    """Runs a command; the exit status is 0 only if every submission got a verdict."""
    options = _parser().parse_args(arguments)
    os.environ.update(environment())  # so that workers find the packages that this process uses
    try:
        return options.command(options)
    except (GradingError, RecordError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What was graded is kept; run it again to go on.", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(prog="vae-grade", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    grade = commands.add_parser("run", help="grade what lies in classroom/submitted")
    grade.add_argument("name", metavar="ASSIGNMENT", help="such as 01_autoencoder")
    grade.add_argument("--workers", type=_positive, default=os.cpu_count() or 1, metavar="N")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster to use instead")
    grade.add_argument("--db-url", metavar="URL", help="of the gradebook, such as postgresql://…")
    grade.add_argument("--only", metavar="STUDENT", help="grade this one alone")
    grade.add_argument("--again", action="store_true", help="also what has not changed")
    grade.add_argument(
        "--timeout", type=_positive, default=300, metavar="S", help="for a notebook (300)"
    )
    grade.add_argument(
        "--memory", type=_positive, default=4, metavar="GIB", help="for a notebook (4)"
    )
    grade.add_argument(
        WALLS,
        dest="isolated",
        action="store_false",
        help="run students' code without a jail, where this machine has none",
    )
    grade.add_argument("--course-dir", type=Path, default=Path(), help="where solutions/ is")
    grade.set_defaults(command=_run)
    return parser


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {number}")
    return number


def _run(options):
    task = assignment(options.name, options.course_dir, options.db_url)
    lacking = jail.missing() if options.isolated else ""
    if lacking:
        raise GradingError(
            f"NOT ISOLATED: this machine cannot lock up students' code: {lacking}. Nothing was "
            f"graded. Use a machine or a container with user namespaces, or {WALLS} if you trust "
            "every submission"
        )
    if not options.isolated:
        print("NOT ISOLATED: students' code can do what you can do.", file=sys.stderr)
    settings = {
        "limits": jail.Limits(memory=options.memory << 30, seconds=2 * options.timeout),
        "seconds": options.timeout,
        "isolated": options.isolated,
    }
    bar = report.Bar(sys.stderr)
    started = time.perf_counter()
    results = run(
        task,
        lambda: _executor(options),
        settings,
        only=options.only,
        again=options.again,
        tell=bar.show,
    )
    bar.end()
    if not results:
        print(
            f"nothing was submitted: no classroom/submitted/STUDENT/{task.name}/{task.name}.ipynb"
        )
        return 1
    made = report.make(task, results, time.perf_counter() - started)
    paths = report.write(made, task.root / "classroom" / "reports")
    print(report.table(made))
    print("\n".join(f"written: {path.relative_to(task.root)}" for path in paths))
    return int(any(not one.verdicts or one.failure for one in results))


def _executor(options):
    if not options.scheduler:
        return local_executor(options.workers)
    try:
        from dask.distributed import Client
    except ImportError as error:
        raise GradingError("--scheduler needs Dask: pip install 'vaelib[cluster]'") from error
    return Client(options.scheduler).get_executor(pure=False)


if __name__ == "__main__":
    sys.exit(main())
