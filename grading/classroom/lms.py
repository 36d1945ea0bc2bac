"""In and out of Canvas and Moodle: their bulk downloads, and the CSV files that they take back."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from grading.classroom.assignment import Assignment
from grading.classroom.download import LmsError, opened, owners
from grading.classroom.layout import hand_ins, lay_out
from grading.classroom.results import Result, points
from grading.classroom.spreadsheet import harmless_cell


def collect(
    task: Assignment,
    download: Path,
    platform: str | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> tuple[list[str], list[str]]:
    """Lays a bulk download out as submissions; what is wrong with a file costs this file alone.

    Args:
        task: an `Assignment`.
        download: the zip, or a folder that it was unpacked to.
        platform: 'canvas' or 'moodle', or None to tell it by the names of all files.
        tell: called with what else there is to say, a line each: who is late, what was older.

    Returns:
        there: ids of the students whose notebooks are there now: Canvas's user ids, or the numbers
            of Moodle's participants.
        left_out: names of the files in the download that are no notebook of anybody's, each with
            the reason where it is another one.

    Raises:
        LmsError: there is no such file, nothing in it is named as Canvas or Moodle do, or some of
            it as one and some as the other does.
    """
    there = []
    with opened(download) as members:
        owned, others = owners(members, platform)
        newest, left_out = hand_ins(owned, tell)
        for student, files in sorted(newest.items()):
            place = task.submitted / student / task.name
            had_time = (place / "timestamp.txt").is_file()
            lost = lay_out(files, place)
            left_out |= lost
            if len(lost) < len(files):
                there.append(student)
                if had_time and not (place / "timestamp.txt").is_file():
                    tell(f"{student} handed in anew; timestamp.txt told of the older one, and went")
                if any(one.late for one in files):
                    tell(f"{student} handed in late, as Canvas says without the time")
    left_out |= {one.name: one.odd for one in others}
    return there, sorted(f"{name}: {odd}" if odd else name for name, odd in left_out.items())


def export(
    task: Assignment,
    results: list[Result],
    template: Path,
    column: str | None = None,
    so_far: bool = False,
) -> tuple[Path, int, list[str], list[str]]:
    """Fills the marks into a CSV file that Canvas or Moodle gave out.

    Canvas: the gradebook, exported. Moodle: the grading worksheet. All else in it stays as it is,
    but for an apostrophe before what a spreadsheet would take for a formula.

    Args:
        task: an `Assignment`.
        results: what `kept_results` gives.
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
    given = points(task, results)
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
    # Names in it are students' own; by the titles and the ids the platform takes it back.
    for row in rows[1:]:
        row[:] = [one if n == place else harmless_cell(one) for n, one in enumerate(row)]
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
