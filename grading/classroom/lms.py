"""In and out of Canvas and Moodle: their bulk downloads, and the CSV files that they take back."""

import copy
import csv
import io
import logging
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory

from grading.classroom.assignment import Assignment
from grading.classroom.results import points

MOODLE = (
    r".*?(?P<first_name>[^/_]*)_(?P<student_id>\d+)_assignsubmission_file_?/?(?P<file_id>[^/]+)$"
)
CANVAS = r".*/(?P<last_name>[^/_]+)_(?:LATE_)?(?P<student_id>\d+)_\d+_(?P<file_id>[^/]+)$"


class LmsError(Exception):
    """Why a download or a CSV file is of no use."""


def collect(task: Assignment, download: Path) -> tuple[list[str], list[str]]:
    """Lays a bulk download out as submissions, with nbgrader's own `zip_collect`.

    Args:
        task: an `Assignment`.
        download: the zip, or a folder that it was unpacked to.

    Returns:
        there: ids of the students whose notebooks are there now: Canvas's user ids, or the numbers
            of Moodle's participants.
        left_out: names of the files in the download that are no notebook of anybody's.

    Raises:
        LmsError: there is no such file, or nothing in it is named as Canvas or Moodle do.
    """
    names = _names(download)
    patterns = [one for one in (MOODLE, CANVAS) if any(re.match(one, f"/{n}") for n in names)]
    if not patterns:
        raise LmsError(
            f"{download} does not look like a bulk download. Canvas names files like "
            "lastfirst_123_456_x.ipynb, Moodle like name_123_assignsubmission_file_/x.ipynb"
        )
    with tempfile.TemporaryDirectory() as folder:
        structure = "{downloaded}/{assignment_id}/{collect_step}"
        archive = Path(folder, "downloaded", task.name, "archive")
        if download.is_dir():
            shutil.copytree(download, archive, symlinks=True)
        else:
            with zipfile.ZipFile(download) as opened:
                opened.extractall(archive)
        config = copy.deepcopy(task.config)
        config.ZipCollectApp.collect_directory_structure = f"{folder}/{structure}"
        config.ExtractorPlugin.zip_ext = []  # what a student packed may be damaged
        config.ZipCollectApp.force = True  # a newer download takes the place of an older one
        config.FileNameCollectorPlugin.named_regexp = patterns[0]
        app = ZipCollectApp(config=config)
        app.coursedir = CourseDirectory(config=config, assignment_id=task.name)
        app.log.setLevel(logging.ERROR)
        app.init_plugins()
        app.extract_archive_files()
        app.process_extracted_files()
    matches = {name: re.match(patterns[0], f"/{name}") for name in names}
    notebooks = {n: m for n, m in matches.items() if m and n.lower().endswith(".ipynb")}
    there = sorted({match["student_id"] for match in notebooks.values()})
    return there, sorted(set(names) - set(notebooks))


def export(
    task: Assignment, template: Path, column: str | None = None, so_far: bool = False
) -> tuple[Path, int, list[str], list[str]]:
    """Fills the marks into a CSV file that Canvas or Moodle gave out.

    Canvas: the gradebook, exported. Moodle: the grading worksheet. All else in it stays as it is.

    Args:
        task: an `Assignment`.
        template: path of that file.
        column: title of the column to fill; by default Moodle's "Grade", or the one of Canvas's
            that begins with the name of the assignment.
        so_far: fill in also totals that lack written answers.

    Returns:
        path: of the filled file, in classroom/reports.
        filled: how many marks stand in it.
        open_answers: students who were left out, since a written answer has no points yet.
        without_row: students whose marks have no row in the file.

    Raises:
        LmsError: it is none of the two files, has no such column, or counts to another maximum.
    """
    rows, separator = _table(template)
    titles = rows[0]
    key = next((name for name in ("Identifier", "ID") if name in titles), None)
    if key is None:
        raise LmsError(
            f"{template} has neither a column 'Identifier' (Moodle) nor 'ID' (Canvas): {titles}"
        )
    place, target = titles.index(key), _column(titles, key, column, task.name)
    _demand_maximum(rows, target, sum(task.points.values()))
    given = points(task)
    filled, left = 0, []
    for row in rows[1:]:
        digits = re.search(r"\d+$", row[place].strip()) if len(row) > place else None
        mine = given.pop(digits[0], None) if digits else None
        if digits is None or mine is None:
            continue
        if None in mine.values() and not so_far:
            left.append(digits[0])
            continue
        row += [""] * (target + 1 - len(row))
        row[target] = f"{sum(point or 0 for point in mine.values()):g}"
        filled += 1
    path = task.root / "classroom" / "reports" / f"{task.name}-{template.stem}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path, filled, left, sorted(given)


def _table(path: Path) -> tuple[list[list[str]], str]:
    """The rows of a CSV file, and what separates its columns."""
    try:
        text = path.read_text("utf-8-sig")
        titles = text.partition("\n")[0]
        separator = ";" if titles.count(";") > titles.count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except FileNotFoundError as error:
        raise LmsError(f"there is no {path}") from error
    except UnicodeDecodeError as error:
        raise LmsError(f"{path} is no text in UTF-8; save it as 'CSV UTF-8'") from error
    except csv.Error as error:
        raise LmsError(f"{path} is no CSV file: {error}") from error
    if not rows:
        raise LmsError(f"{path} is empty")
    return rows, separator


def _demand_maximum(rows: list[list[str]], target: int, total: float) -> None:
    """Both files say out of how many points a mark is: Canvas in a row, Moodle in a column."""
    if "Maximum Grade" in rows[0]:
        where, place, those = "Moodle", rows[0].index("Maximum Grade"), rows[1:]
    else:
        where, place = "Canvas", target
        those = [row for row in rows[1:3] if row and row[0].strip().startswith("Points Possible")]
    said = {row[place].replace(",", ".") for row in those if len(row) > place and row[place]}
    if any(float(one) != total for one in said if re.fullmatch(r"[\d.]+", one)):
        raise LmsError(
            f"{where} counts to {', '.join(sorted(said))} points, the assignment to {total:g}; set "
            f"the maximum in {where}, and download the table again"
        )


def _names(download: Path) -> list[str]:
    if download.is_dir():
        return [p.relative_to(download).as_posix() for p in download.rglob("*") if p.is_file()]
    try:
        with zipfile.ZipFile(download) as archive:
            return [name for name in archive.namelist() if not name.endswith("/")]
    except FileNotFoundError as error:
        raise LmsError(f"there is no {download}") from error
    except zipfile.BadZipFile as error:
        raise LmsError(f"{download} is no zip: {error}") from error


def _column(titles: list[str], key: str, column: str | None, name: str) -> int:
    """The place of the column to fill."""
    if column is None and key == "Identifier":
        column = "Grade"
    wanted = [i for i, t in enumerate(titles) if t == column or (not column and t.startswith(name))]
    if len(wanted) != 1:
        raise LmsError(
            f"which column is to be filled? There is no single one for {column or name!r} among "
            f"{titles}; name it with --column"
        )
    return wanted[0]
