"""In and out of Canvas and Moodle: bulk downloads in, filled CSV files out."""

import csv
import shutil
import zipfile

import pytest

from grading import cli
from grading.classroom import lms, provenance
from grading.classroom.assignment import load_assignment
from grading.classroom.results import kept_results
from tests.support.classes import TOY, answered, course, grade, submit

CANVAS = {
    "doejane_101_5001_01_toy.ipynb": "jane",
    "roejohn_LATE_102_5002_01_toy-1.ipynb": "john",
}
MOODLE = {
    "Jane Doe_201_assignsubmission_file_/01_toy.ipynb": "jane",
    "Łukasz Nowak_202_assignsubmission_file_/my work.ipynb": "łukasz",
}


@pytest.fixture
def task(tmp_path):
    course(tmp_path, "01_toy", TOY)
    return load_assignment("01_toy", tmp_path)


def download(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def submitted(task):
    root = task.submitted
    return {
        path.relative_to(root).as_posix(): path.read_text("utf-8")
        for path in root.rglob("*")
        if path.is_file()
    }


def test_a_download_of_canvas_is_laid_out_by_user_id(task, tmp_path):
    files = CANVAS | {"poeann_103_5003_report.pdf": "%PDF"}
    there = lms.collect(task, download(tmp_path / "all.zip", files))
    assert there == (["101", "102"], ["poeann_103_5003_report.pdf"])
    assert submitted(task) == {
        "101/01_toy/01_toy.ipynb": "jane",
        "102/01_toy/01_toy-1.ipynb": "john",
    }


@pytest.mark.parametrize("unpacked", [False, True])
def test_a_download_of_moodle_is_laid_out_by_participant(task, tmp_path, unpacked):
    given = download(tmp_path / "all.zip", MOODLE)
    if unpacked:
        shutil.unpack_archive(given, tmp_path / "all")
        given = tmp_path / "all"
    assert lms.collect(task, given) == (["201", "202"], [])
    assert submitted(task) == {
        "201/01_toy/01_toy.ipynb": "jane",
        "202/01_toy/my work.ipynb": "łukasz",
    }


def test_a_damaged_archive_of_one_student_holds_up_nobody(task, tmp_path):
    files = MOODLE | {f"Ed E_203_assignsubmission_file_/hw.{end}": "x" for end in ("zip", "gz")}
    there, left = lms.collect(task, download(tmp_path / "all.zip", files))
    assert there == ["201", "202"]
    assert left == sorted(set(files) - set(MOODLE))


def test_a_newer_download_takes_the_place_of_an_older_one(task, tmp_path):
    lms.collect(task, download(tmp_path / "old.zip", CANVAS))
    newer = {"doejane_101_6001_01_toy-2.ipynb": "better"}
    assert lms.collect(task, download(tmp_path / "new.zip", newer)) == (["101"], [])
    assert submitted(task) == {
        "101/01_toy/01_toy-2.ipynb": "better",
        "102/01_toy/01_toy-1.ipynb": "john",
    }


def test_what_is_no_download_is_named(task, tmp_path):
    with pytest.raises(lms.LmsError, match=r"there is no .*nowhere"):
        lms.collect(task, tmp_path / "nowhere.zip")
    (tmp_path / "text.zip").write_text("text")
    with pytest.raises(lms.LmsError, match=r"text\.zip is no zip"):
        lms.collect(task, tmp_path / "text.zip")
    with pytest.raises(lms.LmsError, match="does not look like a bulk download"):
        lms.collect(task, download(tmp_path / "other.zip", {"a.ipynb": ""}))
    assert not task.submitted.exists()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Three students: two are done, one has a written answer without points.

    A fourth one had marks, and then handed in something else.
    """
    folder = tmp_path_factory.mktemp("class")
    name, solved, released = course(folder, "01_toy", TOY)
    submit(folder, "101", name, answered(solved, released, ["double"]))
    submit(folder, "102", name, answered(solved, released, ["double", "square"]))
    submit(folder, "103", name, answered(solved, released))
    path = submit(folder, "105", name, answered(solved, released, ["double"]))
    assert grade(folder, name).status == 0
    path.write_bytes(b"%PDF-1.7")
    assert grade(folder, name).status == 1
    return folder


def table(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


GRADEBOOK = [
    ["Student", "ID", "SIS Login ID", "Section", "01_toy (777)", "02_other (778)"],
    ["    Points Possible", "", "", "", "7", "9"],
    ["Doe, Jane", "101", "jane", "A", "", "4"],
    ["Roe, John", "102", "john", "A", "", ""],
    ["Poe, Ann", "103", "ann", "B", "", ""],
    ["Absent, Al", "104", "al", "B", "", ""],
]


@pytest.mark.jail
def test_canvas_gets_its_own_gradebook_back_with_one_column_filled(graded, tmp_path):
    task = load_assignment("01_toy", graded)
    path, filled, left, lost = lms.export(
        task, kept_results(task), table(tmp_path / "grades.csv", GRADEBOOK)
    )
    assert (path.name, filled, left, lost) == ("01_toy-grades.csv", 2, ["103"], [])
    wanted = [list(row) for row in GRADEBOOK]
    wanted[2][4], wanted[3][4] = "2", "5"
    assert rows_of(path) == wanted
    for said in ("20", "100,0"):
        other = [list(row) for row in GRADEBOOK]
        other[1][4] = said
        with pytest.raises(lms.LmsError, match=f"Canvas counts to {said[:2]}.* assignment to 7"):
            lms.export(task, kept_results(task), table(tmp_path / "other.csv", other))


@pytest.mark.jail
def test_moodle_gets_its_worksheet_back(graded, tmp_path):
    task = load_assignment("01_toy", graded)
    rows = [
        ["Identifier", "Full name", "Grade", "Maximum Grade"],
        ["Participant 102", "John Roe", "", "7.00"],
        ["Participant 103", "Ann Poe", "", "7.00"],
    ]
    path, filled, left, lost = lms.export(
        task, kept_results(task), table(tmp_path / "w.csv", rows), so_far=True
    )
    assert (filled, left, lost) == (2, [], ["101"])
    assert [row[2] for row in rows_of(path)] == ["Grade", "5", "5"]
    rows[1][3] = "100,00"
    with pytest.raises(lms.LmsError, match="set the maximum in Moodle"):
        lms.export(task, kept_results(task), table(tmp_path / "w.csv", rows))


@pytest.mark.jail
def test_a_table_with_semicolons_stays_one(graded, tmp_path):
    task, path = load_assignment("01_toy", graded), tmp_path / "w.csv"
    path.write_text("ID;01_toy;Name\n101;;Doe, Jane\n", "utf-8")
    filled = lms.export(task, kept_results(task), path)[0]
    assert filled.read_text("utf-8").splitlines() == ["ID;01_toy;Name", "101;2;Doe, Jane"]
    path.write_text("ID,01_toy,a; b\n101,,\n", "utf-8")
    filled = lms.export(task, kept_results(task), path)[0]
    assert filled.read_text("utf-8").splitlines() == ["ID,01_toy,a; b", "101,2,"]


@pytest.mark.jail
def test_a_table_that_cannot_be_filled_is_named(graded, tmp_path):
    task = load_assignment("01_toy", graded)
    with pytest.raises(lms.LmsError, match="neither a column 'Identifier'"):
        lms.export(task, kept_results(task), table(tmp_path / "a.csv", [["Name", "Mark"]]))
    with pytest.raises(lms.LmsError, match="name it with --column"):
        lms.export(
            task, kept_results(task), table(tmp_path / "b.csv", [["ID", "Homework 1"], ["101", ""]])
        )
    with pytest.raises(lms.LmsError, match="is empty"):
        lms.export(task, kept_results(task), table(tmp_path / "c.csv", []))
    with pytest.raises(lms.LmsError, match="there is no"):
        lms.export(task, kept_results(task), tmp_path / "nowhere.csv")
    for content, message in (("ID,01_toy".encode("utf-16"), "UTF-8"), (b'ID,"01_toy\n', "no CSV")):
        (tmp_path / "e.csv").write_bytes(content)
        with pytest.raises(lms.LmsError, match=message):
            lms.export(task, kept_results(task), tmp_path / "e.csv")
    path, filled, *_ = lms.export(
        task,
        kept_results(task),
        table(tmp_path / "d.csv", [["ID", "Homework 1"], ["101", ""]]),
        "Homework 1",
    )
    assert (filled, rows_of(path)[1]) == (1, ["101", "2"])


@pytest.mark.jail
def test_the_commands_say_what_they_did(graded, tmp_path, capsys, monkeypatch):
    where = ["--course-dir", str(graded)]
    template = str(table(tmp_path / "grades.csv", GRADEBOOK))
    assert cli.main(["export", "01_toy", template, *where]) == 1  # one student is not done
    out = capsys.readouterr().out
    assert "2 marks in classroom/reports/01_toy-grades.csv" in out
    assert "left out, since written answers have no points yet: 103" in out
    assert "decided by" not in out
    here = provenance.tools()
    with monkeypatch.context() as patch:
        patch.setattr(provenance, "tools", lambda: here | {"numpy": "0.0.1"})
        for command in (["export", "01_toy", template], ["feedback", "01_toy"]):
            cli.main([*command, *where])
            assert "here is numpy 0.0.1: grade again" in capsys.readouterr().out
    assert cli.main(["report", "01_toy", *where]) == 1
    out = capsys.readouterr().out
    assert "5/7 so far" in out
    assert "NO GRADE for 105: the file is no notebook, but a PDF" in out
    assert "105: the gradebook holds marks of an earlier submission" in out
    assert cli.main(["feedback", "01_toy", *where]) == 1
    out = capsys.readouterr().out
    assert "2 pages in classroom/feedback" in out
    assert "left out, since written answers have no points yet: 103" in out
    assert cli.main(["feedback", "01_toy", "--so-far", *where]) == 1
    out = capsys.readouterr().out
    assert "3 pages in classroom/feedback" in out
    assert "handed in, but without a grade: 105" in out
    assert cli.main(["feedback", "01_toy", "--only", "101", *where]) == 0
    assert cli.main(["feedback", "01_toy", "--only", "nobody", *where]) == 1
    assert "nobody has marks for 01_toy yet" in capsys.readouterr().err
    page = graded / "classroom/feedback/101/01_toy/01_toy.html"
    text = page.read_text("utf-8")
    assert "not implemented" in text or "NotImplementedError" in text
    assert "HIDDEN" not in text
    handed_in = graded / "classroom/submitted/101/01_toy/01_toy.ipynb"
    assert cli.main(["doctor", str(handed_in), *where]) == 0
    out = capsys.readouterr().out
    assert out.startswith("exercise  points  visible check\ndouble         2  not run\n")
    assert "This is what the outputs in the file say; nothing was run." in out
    assert "Nothing has to be repaired." in out
    assert cli.main(["doctor", "nowhere.ipynb", *where]) == 1
    assert "there is no file nowhere.ipynb" in capsys.readouterr().err
    assert cli.main(["collect", "01_toy", str(tmp_path / "no.zip"), *where]) == 1
    assert "there is no" in capsys.readouterr().err


@pytest.mark.jail
def test_no_mark_and_no_page_is_that_of_an_older_notebook(graded, tmp_path, capsys):
    folder = tmp_path / "course"
    shutil.copytree(graded, folder, symlinks=True)
    where = ["--course-dir", str(folder)]
    template = str(table(tmp_path / "grades.csv", GRADEBOOK))
    cli.main(["feedback", "01_toy", "--so-far", *where])
    page = folder / "classroom/feedback/102/01_toy/01_toy.html"
    assert page.is_file()
    submitted = folder / "classroom" / "submitted"
    with (submitted / "102/01_toy/01_toy.ipynb").open("a") as file:
        file.write("\n")
    shutil.copytree(submitted / "101", submitted / "106")
    capsys.readouterr()
    for command in ("report", "export", "feedback"):
        more = [template] if command == "export" else []
        assert cli.main([command, "01_toy", *more, *where]) == 1
        out = capsys.readouterr().out
        assert "handed in, but without a grade: 102, 105" in out
        assert "handed in, but not graded yet (vae-grade run 01_toy): 106" in out
        if command == "report":
            assert "NO GRADE for 102: another notebook was handed in since" in out
            assert "102: the gradebook holds marks of an earlier submission" in out
        if command == "export":
            assert "1 marks in classroom/reports/01_toy-grades.csv" in out
    assert rows_of(folder / "classroom/reports/01_toy-grades.csv")[3][4] == ""
    assert not page.exists()
