"""What of a course is seen inside a jail, wherever the course lies."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from grading.sandbox import jail, root

pytestmark = pytest.mark.jail

LOOK = """
    import os
    answer = []
    for here, _, files in os.walk({top!r}):
        answer += [os.path.join(here, one) for one in files]
    for path in {paths}:
        try:
            open(path).close()
            answer.append("opened " + path)
        except OSError:
            pass
"""


@pytest.fixture
def prefix():
    """A folder of programs, like /usr or Python's prefix, with a course in it."""
    top = Path(tempfile.mkdtemp())
    top.chmod(0o755)
    for name in (
        "lib/other/library.py",
        "lib/course/vaelib/losses.py",
        "lib/course/checks/01.py",
        "lib/course/classroom/gradebook.db",
        "lib/course/.venv/lib/package.py",
    ):
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    yield top
    shutil.rmtree(top)


def looked(inside, prefix, **settings):
    """The files that are seen below a prefix, named from there."""
    secret = [prefix / "lib/course/checks/01.py", prefix / "lib/course/classroom/gradebook.db"]
    code = LOOK.format(top=str(prefix), paths=[str(one) for one in secret])
    return sorted(one.replace(f"{prefix}/", "") for one in inside(code, **settings))


def test_without_a_veil_a_course_below_a_prefix_would_be_read(inside, prefix):
    found = looked(inside, prefix, readable=[str(prefix / "lib")])
    assert "lib/course/classroom/gradebook.db" in found
    assert "opened lib/course/checks/01.py" in found


def test_a_course_below_a_prefix_is_hidden_and_its_library_is_not(inside, prefix):
    course = prefix / "lib" / "course"
    shown = [prefix / "lib", course / "vaelib", course / ".venv" / "lib"]
    found = looked(inside, prefix, readable=map(str, shown), hidden=[str(course)])
    assert found == [
        "lib/course/.venv/lib/package.py",
        "lib/course/vaelib/losses.py",
        "lib/other/library.py",
    ]


def test_a_prefix_that_is_the_course_shows_its_packages_alone(inside, prefix):
    course = prefix / "lib" / "course"
    found = looked(inside, course, readable=[str(course / ".venv/lib")], hidden=[str(course)])
    assert found == [".venv/lib/package.py"]


def test_a_course_that_is_called_by_a_link_is_hidden(inside, prefix):
    course, link = prefix / "lib" / "course", prefix / "link"
    link.symlink_to(course)
    shown = [str(prefix / "lib"), str(link / "vaelib")]
    found = looked(inside, prefix, readable=shown, hidden=root.courses(str(link)))
    assert {one for one in found if "course" in one} == {"lib/course/vaelib/losses.py"}


def test_a_link_stays_a_link_so_that_nothing_is_there_twice(inside, prefix):
    (prefix / "lib64").symlink_to("lib")
    shown = [str(prefix / "lib"), str(prefix / "lib64")]
    code = f"import os\nanswer = [os.readlink({shown[1]!r}), os.listdir({shown[1]!r})]"
    assert inside(code, readable=shown) == ["lib", os.listdir(shown[0])]


def test_a_course_below_the_jails_own_folders_is_hidden(inside):
    for top in ("/tmp", "/dev/shm"):
        course = Path(tempfile.mkdtemp(dir=top))
        course.chmod(0o755)
        (course / "vaelib").mkdir()
        for name in ("vaelib/losses.py", "gradebook.db"):
            (course / name).write_text("x")
        shown = [str(course / "vaelib")]
        found = looked(inside, course, readable=shown, hidden=[str(course)])
        shutil.rmtree(course)
        assert found == ["vaelib/losses.py"]


def test_nothing_in_a_course_can_be_written(inside, prefix):
    course = prefix / "lib" / "course"
    code = f"""
        answer = []
        for path in ({str(course)!r}, {str(course / "vaelib")!r}):
            try:
                open(path + "/new", "w").close()
                answer.append(path)
            except OSError:
                pass
    """
    shown = [str(course / "vaelib"), str(prefix / "lib")]
    assert inside(code, readable=shown, hidden=[str(course)]) == []


def test_there_is_no_jail_where_the_course_can_be_seen(jailed, prefix):
    course = prefix / "lib" / "course"
    came = jailed("answer = 1", readable=[str(course)], hidden=[str(course)])
    assert came.answer is None
    assert "can be seen inside, and so could the rest of the course" in came.error
    came = jailed("answer = 1", hidden=["/"])
    assert "can be seen inside" in came.error


def test_no_source_of_others_lies_inside(inside):
    places = ["/usr/src", "/usr/share/doc", "/usr/local/src", "/opt", "/srv", "/home", "/root"]
    own = [str(Path(one).parent) for one in root.places() if one.endswith("/lib")]
    code = f"import os\nanswer = [one for one in {places} if os.path.exists(one)]"
    found = set(inside(code))
    assert all(any(mine.startswith(one) for mine in own) for one in found)


def test_a_run_is_refused_where_the_course_could_be_seen():
    assert jail.missing(str(Path(jail.__file__).parents[2])) == ""
    assert "can be seen inside" in jail.missing("/")


def test_what_is_read_besides_the_system_lies_in_python_and_in_the_library():
    for place in root.places():
        assert Path(place).name in (
            *("bin", "lib", "lib64", "pyvenv.cfg"),
            *("site-packages", "dist-packages", "vaelib"),
        )
    assert root.HOME not in os.listdir("/")
