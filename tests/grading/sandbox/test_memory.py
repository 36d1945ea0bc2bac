"""How memory is counted and limited, in folders that look like those of /proc and /sys."""

import os
import socket
import time
from contextlib import closing

import pytest

from grading.sandbox import groups, memory
from grading.sandbox.keeper import MEMORY
from grading.sandbox.process import StudentProcess
from grading.sandbox.session import StudentGoneError
from grading.sandbox.work import Limits, Work

MIB = 1 << 20


@pytest.fixture(autouse=True)
def older_kernel(monkeypatch):
    """One that says no size of the folder of open files, since other folders have one."""
    stat = os.stat

    def of(path, **options):
        if str(path).endswith("/fd"):
            return os.stat_result([0] * 10)
        return stat(path, **options)

    monkeypatch.setattr(os, "stat", of)


def process(folder, pid, threads=1, rss=None, tables=0, pages=0, files=3, living=None):
    """A folder of a process; `living` is a thread that goes on after the first one has ended."""
    place = folder / str(pid)
    (place / "fd").mkdir(parents=True)
    for number in range(files):
        (place / "fd" / str(number)).touch()
    sizes = {"VmRSS": (rss or 0) + pages, "RssAnon": rss, "RssFile": pages, "VmPTE": tables}
    sizes = "".join(f"{n}:\t{size >> 10} kB\n" for n, size in sizes.items() if rss is not None)
    status = f"Name:\tpython\n{sizes}Threads:\t{threads}\n"
    if living:
        (place / "status").write_text(f"Name:\tpython\nState:\tZ\nThreads:\t{threads}\n")
        task = place / "task" / str(living)
        (task / "fd").mkdir(parents=True)
        (task / "status").write_text(status)
        (place / "task" / str(pid)).mkdir()
        (place / "task" / str(pid) / "status").write_text("Name:\tpython\n")
    else:
        (place / "status").write_text(status)
    return str(place)


def test_what_is_resident_and_tables_count_with_what_the_kernel_keeps(tmp_path):
    one = process(tmp_path, 1, threads=4, rss=100 * MIB, tables=10 * MIB)
    kept = memory.used([one]) - 110 * MIB
    assert memory.PROCESS + 4 * memory.THREAD <= kept <= memory.PROCESS + 10 * MIB


def test_each_file_counts_what_may_wait_in_it(tmp_path):
    few = memory.used([process(tmp_path, 1, rss=MIB, files=1)])
    own = process(tmp_path, 2, rss=MIB, files=200)
    assert memory.used([own]) - few == 199 * memory.FILE


def test_a_process_that_ended_counts_for_nothing_and_hides_no_other(tmp_path):
    gone, other = str(tmp_path / "9"), process(tmp_path, 1, rss=100 * MIB)
    nobody = process(tmp_path, 2)  # it has ended, and nobody has asked how
    (tmp_path / "2" / "task").mkdir()
    assert memory.used([gone, other, nobody, gone]) == memory.used([other])
    assert memory.used([other]) > 100 * MIB


def test_a_process_whose_first_thread_ended_counts(tmp_path):
    one = process(tmp_path, 1, threads=2, rss=100 * MIB, living=7)
    assert memory.used([one]) > 100 * MIB


def test_pages_of_files_are_not_counted(tmp_path):
    few, many = (process(tmp_path, n, rss=MIB, pages=n * 100 * MIB) for n in (1, 2))
    assert memory.used([few]) == memory.used([many])


@pytest.mark.parametrize(("said", "told"), [(MEMORY, "memory"), ("", "did not end within 0.1 s")])
def test_a_process_whose_memory_ran_out_may_take_long_to_end(said, told):
    """The connection stays open, as while Podman is still at work on the end of a container."""
    here, there = socket.socketpair()
    report, keepers = os.pipe()
    os.write(keepers, said.encode())
    work = Work([], {}, seconds_a_step=0.1)
    process = StudentProcess(here, report, work, time.monotonic() + 60)
    with there, closing(process), pytest.raises(StudentGoneError, match=told):
        process.run_cell("double(3)")
    os.close(keepers)


def test_more_workers_than_the_memory_holds_are_told():
    assert memory.too_little(1, Limits(memory=1)) == ""
    said = memory.too_little(10_000, Limits())
    assert "10000 workers may use 52500 GiB of memory, and this machine has" in said


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder that looks like a group that systemd gave away."""
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    monkeypatch.setattr(os, "listxattr", lambda path: ["user.delegate"])
    return tmp_path


def test_the_process_moves_out_of_a_group_that_it_divides(tree):
    assert groups.settle(tree)
    assert (tree / groups.OWN / "cgroup.procs").read_text() == str(os.getpid())
    assert (tree / "cgroup.subtree_control").read_text() == "+memory +pids +cpu"


@pytest.mark.parametrize("lacking", ["memory", "pids", "cpu "])
def test_a_group_without_a_controller_is_left_alone(tree, lacking):
    path = tree / "cgroup.controllers"
    path.write_text(path.read_text().replace(lacking, ""))
    assert not groups.settle(tree)
    assert not (tree / groups.OWN).exists()


def test_a_group_that_was_not_given_away_is_left_alone(tree, monkeypatch):
    monkeypatch.setattr(os, "listxattr", lambda path: [])
    assert not groups.settle(tree)
    assert groups.group(Limits(), tree) is None


def test_a_students_group_has_limits_and_says_that_memory_ran_out(tree, monkeypatch):
    made = os.mkdir

    def mkdir(path, *mode, **place):
        """The kernel fills a new group with files."""
        made(path, *mode, **place)
        for name in ("cgroup.procs", "memory.events"):
            (tree / os.path.basename(path) / name).touch()

    monkeypatch.setattr(os, "mkdir", mkdir)
    own = tree / groups.OWN
    own.mkdir()
    group = groups.group(Limits(memory=3 << 30, disk=1 << 30, processes=99), own)
    mine = tree / group.name
    told = {path.name: path.read_text() for path in mine.iterdir()}
    assert told["memory.max"] == str(4 << 30)
    assert told["memory.swap.max"] == "0"
    assert told["memory.oom.group"] == "1"
    assert (told["pids.max"], told["cpu.weight"]) == ("99", str(groups.WEIGHT))
    (mine / "memory.events").write_text("low 0\noom 1\noom_kill 0\n")
    assert not group.ran_out()
    (mine / "memory.events").write_text("low 0\noom 1\noom_kill 3\n")
    assert group.ran_out()


@pytest.mark.jail
def test_the_kernel_keeps_a_students_group_within_its_limit():
    if not groups.settle():
        pytest.skip(
            "no control groups of version 2 were given to this process: to try them, "
            "systemd-run --user --scope -p Delegate=yes make test"
        )
    group = groups.group(Limits(memory=64 << 20, disk=0))
    child = os.fork()
    if child == 0:
        group.join()
        kept = [b"x" * (1 << 20) for _ in range(200)]
        os._exit(len(kept) and 0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert group.ran_out()
