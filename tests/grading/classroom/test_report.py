"""What people see of a run: the table, the notes and the progress, on a terminal and in a file."""

import csv
import io
import re

import pytest
from rich.text import Text

from grading.classroom import report
from grading.classroom.prepare import Submission
from grading.classroom.results import Result
from grading.classroom.screen import Bar
from grading.sandbox.work import STOPPED, Verdict


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def made(*students, points=None, **more):
    points = points or {"check_double": 2}
    one = {"failure": "", "changed": [], "verdicts": {}, "repairs": [], "decided_by": {}}
    one |= {"scores": dict.fromkeys(points, 1.0), "total": 1.0} | more
    return {
        "assignment": "01_toy",
        "points": points,
        "mistakes": {},
        "stale": [],
        "decided_by": {},
        "submissions": [one | {"student": student} for student in students],
    }


def shown(content, stream):
    report.show(content, stream)
    return stream.getvalue()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("student", ["[red]", "[/red]", "[link=https://x.org]a[/link]", ":smile:"])
def test_an_id_that_looks_like_markup_is_shown_literally(stream, student):
    text = shown(made(student, repairs=[f"{student} was repaired"]), stream())
    plain = Text.from_ansi(text).plain
    assert f"{student} was repaired" in plain
    assert any(line.startswith(student) for line in plain.splitlines())


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("bad", ["\x1b[2J", "\x1b]0;title\x07", "\r", "\x08", "\u202e", "\x9b31m"])
def test_no_control_character_reaches_a_terminal(stream, bad):
    verdict = {"outcome": STOPPED, "message": f"double: {bad}"}
    content = made(f"a{bad}b", repairs=[f"r{bad}"], verdicts={"double": verdict})
    content["mistakes"] = {f"m{bad}": 3}
    content["stale"] = [f"s{bad}"]
    text = shown(content, stream())
    ours = re.sub(r"\x1b\[[\d;]*m", "", text)  # colours of the table's head
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ours)


def test_a_table_in_a_file_is_plain_and_as_wide_as_it_has_to_be(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    points = {f"check_exercise_number_{i}": 1 for i in range(20)}
    lines = shown(made("zoe", points=points), io.StringIO()).splitlines()
    assert len(lines) == 2
    assert len(lines[0]) > 400
    assert "\x1b" not in "".join(lines)
    assert lines[0].split() == [
        "student",
        *(word for i in range(20) for word in (f"exercise_number_{i}", "(1)")),
        "total",
    ]
    assert lines[1].split() == ["zoe", *["1"] * 20, "1/20"]
    assert not any(line.endswith(" ") for line in lines)


def test_a_narrow_terminal_cuts_no_marks_off(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    points = {f"check_exercise_number_{i}": 1 for i in range(20)}
    plain = Text.from_ansi(shown(made("zoe", points=points), Terminal())).plain
    assert "exercise_number_19" in plain
    assert "1/20" in plain


def test_columns_stand_below_each_other_whatever_the_letters_are():
    lines = shown(made("zoe", "日本", "e\u0301va"), io.StringIO()).splitlines()
    places = [Text(line[: line.index("1")]).cell_len for line in lines[1:]]
    assert len(set(places)) == 1


def test_the_csv_has_a_row_for_each_student_that_a_spreadsheet_can_read():
    content = made("zoe", "=1+1", open=0, seconds=1.5, sha256="f00")
    rows = list(csv.reader(io.StringIO(report._csv(content))))
    further = ["total", "open", "seconds", "repairs", "failure", "sha256"]
    assert rows[0] == ["student", "double", *further]
    assert rows[1] == ["zoe", "1.0", "1.0", "0", "1.5", "", "", "f00"]
    assert rows[2][0] == "'=1+1"


def test_a_note_is_one_line_however_long_it_is():
    text = shown(made("zoe", repairs=["word " * 100 + "end"]), io.StringIO())
    assert any(line.endswith("end") and "word word" in line for line in text.splitlines())


def results(n):
    yield from (
        Submission(
            Result(
                f"s{i}",
                failure="no." * (i % 10 == 0),
                repairs=["r"] * (i % 5 == 0),
                verdicts={"double": Verdict(STOPPED)} if i % 4 == 0 else {},
            ),
            unchanged=i % 3 == 1,
        )
        for i in range(n)
    )


WHOLE = "200/200 done, 67 unchanged, 40 repaired, 50 stopped, 20 without a grade"


def progress(stream, n):
    bar = Bar(stream)
    bar.show(None, n)
    for one in results(n):
        bar.show(one, n)
    bar.close()
    return stream.getvalue()


def test_progress_in_a_file_is_a_line_for_each_tenth_of_the_way():
    lines = progress(io.StringIO(), 200).splitlines()
    assert len(lines) == 11
    assert lines[0] == "0/200 done, 0 unchanged, 0 repaired, 0 stopped, 0 without a grade, starting"
    half = r"100/200 done, 33 unchanged, 20 repaired, 25 stopped, 10 without a grade, \d+ s left"
    assert re.fullmatch(half, lines[5])
    assert lines[-1] == f"{WHOLE}, 0 s left"


def test_progress_on_a_terminal_is_one_line_that_is_rewritten(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    text = progress(Terminal(), 200)
    assert WHOLE in Text.from_ansi(text).plain
    assert text.endswith(("\n", "\x1b[?25h"))  # the cursor is shown again
    assert text.count("\n") < 5


def test_progress_takes_the_same_time_for_each_result():
    class Counted(list):
        looked_at = 0

        def __bool__(self):
            Counted.looked_at += 1
            return False

    bar = Bar(io.StringIO())
    for i in range(500):
        bar.show(Submission(Result(f"s{i}", repairs=Counted())), 500)
    assert Counted.looked_at == 500
