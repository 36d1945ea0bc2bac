"""Which notebook in a student's folder is taken, and what is told about it."""

import os

import pytest

from grading.submission import SubmissionError, find


@pytest.fixture
def folder(tmp_path):
    """An empty folder where a student hands in."""
    made = tmp_path / "zoe" / "01_toy"
    made.mkdir(parents=True)
    return made


def lay(folder, *names, text="{}"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + name, "utf-8")


def test_find_takes_the_notebook_of_the_right_name(folder):
    lay(folder, "01_toy.ipynb", "data.csv")
    assert find(folder, "01_toy") == (folder / "01_toy.ipynb", [])


@pytest.mark.parametrize(
    "name",
    ["homework.ipynb", "01_toy (1).ipynb", "01_TOY.IPYNB", "a/b/01_toy.ipynb", "01_toy.ipynb.txt"],
)
def test_find_takes_the_only_notebook_whatever_its_name(folder, name):
    lay(folder, name, "notes.txt", "data.json")
    where = f"the notebook was called {name}; it was taken for 01_toy.ipynb"
    assert find(folder, "01_toy") == (folder / name, [where])


def test_find_prefers_what_is_called_like_the_assignment(folder):
    lay(folder, "my_01_toy.ipynb", "scratch.ipynb", "old/other.ipynb")
    path, repairs = find(folder, "01_toy")
    assert path == folder / "my_01_toy.ipynb"
    told = "several notebooks: my_01_toy.ipynb was graded, and not old/other.ipynb, scratch.ipynb"
    assert repairs[1] == told


def test_find_leaves_alone_what_programs_put_there(folder):
    lay(folder, "a.ipynb", ".ipynb_checkpoints/b.ipynb", "__MACOSX/._a.ipynb", ".c.ipynb")
    path, repairs = find(folder, "01_toy")
    assert path == folder / "a.ipynb"
    assert len(repairs) == 1


def test_find_does_not_choose_between_different_notebooks(folder):
    lay(folder, "01_toy (1).ipynb", "01_toy (2).ipynb")
    with pytest.raises(SubmissionError, match=r"^no 01_toy\.ipynb, but several: 01_toy \(1\)"):
        find(folder, "01_toy")


def test_find_says_where_a_students_folder_is_missing(tmp_path):
    lay(tmp_path / "01_toy" / "01_toy", "01_toy.ipynb")
    where = r"01_toy stands where a student's should: STUDENT/01_toy/01_toy\.ipynb"
    with pytest.raises(SubmissionError, match=where):
        find(tmp_path / "01_toy" / "01_toy", "01_toy")


def test_find_takes_either_of_two_equal_notebooks(folder):
    for name in ("01_toy (1).ipynb", "01_toy (2).ipynb"):
        (folder / name).write_text("{}")
    assert find(folder, "01_toy")[0] == folder / "01_toy (1).ipynb"


def test_find_says_what_is_there_instead(folder):
    with pytest.raises(SubmissionError, match=r"^no 01_toy\.ipynb; found an empty folder$"):
        find(folder, "01_toy")
    lay(folder, *(f"file_{number:03}.py" for number in range(500)))
    with pytest.raises(SubmissionError, match=r"found file_000\.py, .* …$") as caught:
        find(folder, "01_toy")
    assert len(str(caught.value)) < 300


def test_find_says_where_else_the_assignment_is(folder):
    folder.rmdir()
    lay(folder.parent, "homework/01_toy.ipynb")
    with pytest.raises(SubmissionError, match=r"no folder 01_toy; found homework/01_toy\.ipynb"):
        find(folder, "01_toy")


@pytest.mark.parametrize("which", ["student", "folder", "part", "notebook"])
def test_find_follows_no_link(tmp_path, which):
    real = tmp_path / "real"
    lay(real / "01_toy", "01_toy.ipynb", "part/01_toy.ipynb")
    mine = tmp_path / "zoe" / "01_toy"
    links = {
        "student": (mine.parent, real),
        "folder": (mine, real / "01_toy"),
        "part": (mine / "part", real / "01_toy" / "part"),
        "notebook": (mine / "01_toy.ipynb", real / "01_toy" / "01_toy.ipynb"),
    }
    path, target = links[which]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    with pytest.raises(SubmissionError, match=r"links are not followed|an empty folder"):
        find(mine, "01_toy")


def test_find_can_tell_names_that_are_no_text(folder):
    path = folder / os.fsdecode(b"na\xefve.ipynb")
    path.write_text("{}")
    found, repairs = find(folder, "01_toy")
    assert found == path
    repairs[0].encode()  # can be written to a file
