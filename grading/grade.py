"""Grades what lies in classroom/submitted/*/NAME/ with nbgrader, and prints the marks."""

import argparse
import os
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config

from grading import notebook
from grading.execute import environment
from grading.release import course_config, generate, reason

BY_HAND = "needs grading by hand"


class GradingError(Exception):
    """Why nothing at all could be graded."""


@dataclass
class Result:
    """What one student got.

    `scores` maps exercise to points, to `BY_HAND`, or to None where nbgrader gave none.
    `failure` says why there is no grade, or is ''.
    """

    student: str
    scores: dict = field(default_factory=dict)
    failure: str = ""

    @property
    def total(self):
        """The points given so far."""
        return sum(score for score in self.scores.values() if isinstance(score, float))


def grade(name, root, tell=lambda line: None):
    """Grades every submission of an assignment, each by itself.

    Args:
        name: name of the assignment, such as '01_autoencoder'.
        root: folder of the course, where nbgrader_config.py is.
        tell: called with one line for each student as grading goes on.

    Returns:
        points: dict from exercise to its points, in the order of the notebook.
        results: a list of `Result`, one for each student who handed something in.

    Raises:
        GradingError: there is no such assignment, or nbgrader does not take it.
    """
    root = Path(root).resolve()
    config = course_config(root)
    solution = root / config.CourseDirectory.source_directory / name / f"{name}.ipynb"
    if not solution.is_file():
        message = f"{solution.relative_to(root)} is not there; is {name!r} spelled right?"
        raise GradingError(message)
    metadata = [cell.metadata.get("nbgrader", {}) for cell in notebook.read(solution).cells]
    points = {_exercise(one["grade_id"]): one["points"] for one in metadata if one.get("grade")}
    submitted = root / config.CourseDirectory.submitted_directory
    results = [result for folder in sorted(submitted.glob("*/")) for result in _find(folder, name)]
    if any(not result.failure for result in results):
        _register(name, config)
    for result in results:
        started = time.perf_counter()
        if not result.failure:
            _grade(result, points, name, config)
        verdict = "no grade" if result.failure else "graded"
        tell(f"{result.student}: {verdict} ({time.perf_counter() - started:.0f} s)")
    return points, results


def _exercise(grade_id):
    return grade_id.removeprefix("check_")


def _find(folder, name):
    """Looks into a student's folder: one result if something for this assignment is there."""
    mine = folder / name
    if (mine / f"{name}.ipynb").is_file():
        return [Result(folder.name)]
    others = {path for path in mine.rglob("*") if path.is_file()}
    others |= set(folder.rglob(f"{name}*.ipynb"))
    if not others and not mine.is_dir():
        return []
    names = ", ".join(sorted(str(path.relative_to(folder)) for path in others)) or "an empty folder"
    return [Result(folder.name, failure=f"no {name}/{name}.ipynb; found {names}")]


def _register(name, config):
    """Puts the assignment into the gradebook, which a build does not, by releasing it aside."""
    with tempfile.TemporaryDirectory() as folder:
        aside = Config(config)
        aside.CourseDirectory.release_directory = folder
        report = generate(name, aside)
    if not report["success"]:
        message = f"the gradebook does not take {name}: {reason(report)}"
        raise GradingError(message)


def _grade(result, points, name, config):
    coursedir = CourseDirectory(config=config, assignment_id=name, student_id=result.student)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="nbgrader")  # how it uses SQLAlchemy
        report = capture_log(Autograde(coursedir=coursedir, config=config, force=True))
    if not report["success"]:
        result.failure = reason(report)
        return
    with Gradebook(config.CourseDirectory.db_url) as gradebook:
        (submission,) = gradebook.find_submission(name, result.student).notebooks
        given = {_exercise(one.name): _score(one) for one in submission.grades}
    result.scores = {exercise: given.get(exercise) for exercise in points}
    missing = [exercise for exercise, score in result.scores.items() if score is None]
    if missing:
        result.failure = f"no score for {', '.join(missing)}; was the cell removed?"


def _score(one):
    if one.manual_score is None and one.auto_score is None:
        return None if one.cell_type == "code" else BY_HAND
    return float(one.score)


def table(points, results):
    """The marks for people: a line a student, a column an exercise, and then the total."""
    rows = [["student", *(f"{name} ({worth:g})" for name, worth in points.items()), "total"]]
    for result in results:
        if result.scores:
            scores = [_cell(score) for score in result.scores.values()]
            pending = " so far" if BY_HAND in scores else ""
            total = f"{result.total:g}/{sum(points.values()):g}{pending}"
            rows.append([result.student, *scores, total])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cell(score):
    if score is None:
        return "no score"
    return score if score == BY_HAND else f"{score:g}"


def main(arguments=None):
    """Grades an assignment; the exit status is 1 if a submission got no grade."""
    parser = argparse.ArgumentParser(prog="python -m grading.grade", description=__doc__)
    parser.add_argument("name", metavar="NAME", help="such as 01_autoencoder")
    parser.add_argument("--course-dir", type=Path, default=Path(), help="where solutions/ is")
    options = parser.parse_args(arguments)
    os.environ.update(environment())
    try:
        points, results = grade(
            options.name,
            options.course_dir,
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        )
    except (GradingError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    if not results:
        name = options.name
        print(f"nothing was submitted: no classroom/submitted/STUDENT/{name}/{name}.ipynb")
        return 1
    print(table(points, results))
    failed = [result for result in results if result.failure]
    for result in failed:
        print(f"NO GRADE for {result.student}: {result.failure}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
