"""Whose a download's files are, and what becomes of those that were collected before."""

import os
import zipfile

import pytest

from grading import cli
from grading.classroom import lms, results
from grading.classroom.assignment import load_assignment, strays, students
from grading.classroom.results import Result, keep, kept
from tests.support.classes import TOY, answered, course, grade, submit

CANVAS = "doejane_101_5001_01_toy.ipynb"
MOODLE = "Jane Doe_201_assignsubmission_file_/01_toy.ipynb"
BOTH = "doe_101_5001_x_7_assignsubmission_file_01_toy.ipynb"


@pytest.fixture
def task(tmp_path):
    course(tmp_path, "01_toy", TOY)
    return load_assignment("01_toy", tmp_path)


def download(path, *names, text="new"):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, text)
    return path


def submitted(task):
    files = (path for path in task.submitted.rglob("*") if path.is_file())
    return {path.relative_to(task.submitted).as_posix(): path.read_text("utf-8") for path in files}


def test_a_mixture_of_platforms_is_refused_unless_one_is_chosen(task, tmp_path):
    mixed = download(tmp_path / "mixed.zip", CANVAS, MOODLE)
    with pytest.raises(lms.LmsError, match=r"mixture of downloads.* --platform"):
        lms.collect(task, mixed)
    assert not task.submitted.exists()
    assert lms.collect(task, mixed, "canvas") == (["101"], [MOODLE])
    assert lms.collect(task, mixed, "moodle") == (["201"], [CANVAS])


def test_a_name_that_both_platforms_may_have_given_is_read_as_all_others_are(task, tmp_path):
    with pytest.raises(lms.LmsError, match="both Canvas and Moodle may have named"):
        lms.collect(task, download(tmp_path / "one.zip", BOTH))
    assert lms.collect(task, download(tmp_path / "canvas.zip", BOTH, CANVAS))[0] == ["101"]
    flat = "Ann_8_assignsubmission_file_01_toy.ipynb"
    assert lms.collect(task, download(tmp_path / "moodle.zip", BOTH, flat))[0] == ["7", "8"]
    assert lms.collect(task, download(tmp_path / "one.zip", BOTH), "moodle")[0] == ["7"]


def test_folders_around_a_download_are_taken_off_and_the_newest_hand_in_counts(task, tmp_path):
    names = ["all/first/doejane_101_5001_01_toy.ipynb", "all/first/roe_102_5002_01_toy.ipynb"]
    newer = ["all/second/doejane_101_6001_01_toy-1.ipynb"]
    told = []
    found = lms.collect(task, download(tmp_path / "all.zip", *newer, *names), tell=told.append)
    assert found == (["101", "102"], [])
    assert set(submitted(task)) == {"101/01_toy/01_toy-1.ipynb", "102/01_toy/01_toy.ipynb"}
    assert told == [f"101 has handed in a newer one than {names[0]}"]


def test_anonymous_group_quiz_and_late_names_of_canvas_are_understood(task, tmp_path):
    names = [
        "anon_Ab3xY_5001_9_01_toy.ipynb",
        "anon_LATE_Qw9zP_5002_01_toy.ipynb",
        "team_a_102_5003_01_toy.ipynb",
        "roebob_110_question_77_5011_01_toy.ipynb",
        "roeann_LATE_109_5010_LATE_01_toy.ipynb",
    ]
    told = []
    there, left = lms.collect(task, download(tmp_path / "all.zip", *names), tell=told.append)
    assert (there, left) == (["102", "109", "110", "Ab3xY", "Qw9zP"], [])
    assert [line.split()[0] for line in told if "late" in line] == ["109", "Qw9zP"]
    assert submitted(task)["109/01_toy/LATE_01_toy.ipynb"] == "new"


def test_what_was_collected_before_stays_where_nothing_sound_came(task, tmp_path):
    lms.collect(task, download(tmp_path / "old.zip", MOODLE, text="the old one"))
    damaged = download(tmp_path / "new.zip", MOODLE, text="the new one")
    damaged.write_bytes(damaged.read_bytes().replace(b"the new one", b"the NEW one"))
    there, (left,) = lms.collect(task, damaged)
    assert there == []
    assert left.startswith(f"{MOODLE}: Bad CRC-32")
    assert submitted(task) == {"201/01_toy/01_toy.ipynb": "the old one"}


def test_the_time_beside_a_notebook_stays_until_another_one_comes(task, tmp_path):
    old = download(tmp_path / "old.zip", MOODLE)
    lms.collect(task, old)
    stamp = task.submitted / "201" / "01_toy" / "timestamp.txt"
    stamp.write_text("2026-11-01 10:00:00 UTC")
    told = []
    lms.collect(task, old, tell=told.append)
    assert (stamp.is_file(), told) == (True, [])
    lms.collect(task, download(tmp_path / "new.zip", MOODLE, text="newer"), tell=told.append)
    assert not stamp.exists()
    assert "timestamp.txt told of the older one" in told[0]


def test_a_students_folder_that_is_a_link_is_not_followed(task, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    task.submitted.mkdir(parents=True)
    (task.submitted / "201").symlink_to(elsewhere)
    there, (left,) = lms.collect(task, download(tmp_path / "all.zip", MOODLE))
    assert there == []
    assert "is a link" in left
    assert not list(elsewhere.iterdir())


def test_notebooks_with_capitals_or_a_browsers_ending_are_collected(task, tmp_path):
    ends = ("IPYNB", "ipynb.txt", "ipynb.json")
    names = [f"a_{n}_50{n}_01_toy.{end}" for n, end in enumerate(ends)]
    lms.collect(task, download(tmp_path / "all.zip", *names))
    assert set(submitted(task)) == {f"{n}/01_toy/01_toy.{end}" for n, end in enumerate(ends)}


@pytest.mark.parametrize("student", ["x" * 252, "é" * 127, "x" * 255])
def test_a_result_is_kept_whatever_the_length_of_an_id(task, student):
    task.kept.mkdir(parents=True)
    other = student[:-1] + "y"
    for one in (student, other):
        keep(Result(one, failure=one), task)
    assert [kept(one, task).failure for one in (student, other)] == [student, other]
    assert all(len(os.fsencode(path.name)) <= 255 for path in task.kept.iterdir())
    assert results.LONGEST_ID < 255


def test_folders_that_no_student_has_are_named_and_not_graded_twice(task):
    for name in ("zoe", "a b", "a\x1bb", ".ann", "mal\u202e"):
        (task.submitted / name / "01_toy").mkdir(parents=True)
    assert students(task) == ["a b", "mal ", "zoe"]
    assert strays(task) == [".ann", "a\x1bb", "mal\u202e"]


def test_no_command_writes_a_name_raw(task, tmp_path, capsys):
    odd = "\x1b[2Ja\u202eb\x9b31m\nNO GRADE for zoe"
    where = ["--course-dir", str(tmp_path)]
    for command in (
        ["collect", "01_toy", str(tmp_path / odd)],
        ["report", odd],
        ["run", "01_toy", "--not-isolated", "--only", odd],
        ["feedback", "01_toy", "--only", odd],
        ["export", "01_toy", str(tmp_path / odd)],
        ["doctor", f"{odd}.ipynb"],
    ):
        assert cli.main([*command, *where]) == 1
        said = capsys.readouterr()
        lines = (said.out + said.err).splitlines()
        assert lines
        assert all(line.isprintable() for line in lines), command
        assert not [line for line in lines if line.startswith("NO GRADE")]


@pytest.mark.jail
def test_a_student_whose_id_is_as_long_as_a_name_can_be_is_graded_as_all_are(tmp_path):
    name, solved, released = course(tmp_path, "01_toy", TOY)
    for student in ("x" * 252, "zoe"):
        submit(tmp_path, student, name, answered(solved, released))
    done = grade(tmp_path, name)
    assert {one["total"] for one in done.of.values()} == {5}
    assert set(done.of) == {"x" * 252, "zoe"}
    assert done.status == 0
