"""How a student's process ended: what its keeper says, and what the grader makes of it."""

import select
import signal
import time

import psutil
import pytest

from grading.sandbox import judge, keeper, process
from grading.sandbox.session import ENDED, StudentGoneError
from grading.sandbox.work import STOPPED, Cell, KilledError, Limits, Work

pytestmark = pytest.mark.jail

FILL = """
import os, threading, time
def fill():
    time.sleep(1)
    for _ in range(4):
        if os.fork() == 0:
            kept = bytearray(os.urandom(1 << 20)) * 400
            time.sleep(1000)
threading.Thread(target=fill, daemon=True).start()
"""


@pytest.fixture
def started():
    """Starts a student's process, and closes it in the end."""
    sessions = []

    def start(**settings):
        work = Work([], {"double": ""}, **settings)
        sessions.append(process.start(work, time.monotonic() + 100))
        return sessions[-1]

    yield start
    for session in sessions:
        session.killed = False
        session.close()


def first():
    """The first process inside of the newest jail of this test."""
    (server,) = (
        one
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE
        if "grading.sandbox.zygote" in " ".join(one.cmdline())
    )
    keepers = sorted(server.children(), key=lambda one: one.create_time())
    return keepers[-1], keepers[-1].children()[0]


def gone(session, source="1"):
    """Why a process gave no answer to a cell."""
    with pytest.raises(StudentGoneError):
        session.run_cell(source)
    return session.gone


def test_a_process_that_was_killed_from_outside_decides_nothing(started):
    session = started()
    first()[1].send_signal(signal.SIGKILL)
    assert gone(session) == ENDED
    with pytest.raises(KilledError, match="the system ended the student's process"):
        session.close()


def test_a_keeper_that_was_killed_decides_nothing_either(started):
    session = started()
    outside, inside = first()
    outside.send_signal(signal.SIGKILL)
    psutil.wait_procs([inside], timeout=10)
    gone(session)
    with pytest.raises(KilledError):
        session.close()


@pytest.mark.parametrize(
    "source",
    [
        "import os; os._exit(0)",
        "import os; os._exit(137)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; [os.close(n) for n in range(3, 50) if os.path.exists(f'/proc/self/fd/{n}')]",
        "import socket; [socket.socket(fileno=n).shutdown(2) for n in range(3, 20)]",
    ],
)
def test_a_process_that_ends_itself_ended_by_itself(started, source):
    session = started(seconds_a_step=20)
    assert gone(session, source) == ENDED or "nonsense" in session.gone.reason
    assert not session.killed
    session.close()


def test_a_student_cannot_write_what_the_keeper_says(started):
    session = started()
    found = session.run_cell(
        "import os\n"
        "left = [n for n in map(int, os.listdir('/proc/self/fd')) if n > 2]\n"
        "left = [n for n in left if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "links = [os.readlink(f'/proc/self/fd/{n}') for n in left]\n"
        "assert not [one for one in links if one.startswith('pipe')], links"
    )
    assert found is None


def test_a_fork_server_says_nothing_that_nobody_reads(started):
    """What is never read fills the socket up, and the server then waits for ever."""
    started()
    (server,) = process._FORK_SERVERS.values()
    assert select.select([server.control], [], [], 0.5)[0] == []


def test_memory_is_watched_while_the_grader_asks_nothing(started):
    session = started(limits=Limits(memory=1 << 30))
    assert session.run_cell(FILL) is None
    inside = first()[1]
    psutil.wait_procs([inside], timeout=30)
    assert not inside.is_running()
    finding = gone(session)
    assert (finding.reason, finding.text) == ("too much memory", "1 GiB")


def test_too_much_processor_time_is_no_death_from_outside(started):
    session = started(limits=Limits(seconds=3), seconds_a_step=60)
    finding = gone(session, "while True: pass")
    assert (finding.reason, finding.text) == ("notebook too long", "3 s of processor time")
    session.close()


def test_a_pool_of_processes_that_do_little_is_not_too_much(started):
    session = started(limits=Limits())
    source = (
        "import multiprocessing, time\n"
        "with multiprocessing.get_context('fork').Pool(8) as pool:\n"
        "    assert pool.map(time.sleep, [1] * 8) == [None] * 8\n"
    )
    assert session.run_cell(source) is None


def test_a_submission_whose_process_was_killed_gets_no_verdict(monkeypatch):
    run_check = judge.run_check

    def kill(*arguments):
        first()[1].send_signal(signal.SIGKILL)
        return run_check(*arguments)

    monkeypatch.setattr(judge, "run_check", kill)
    cells = [Cell("def double(x):\n    return x + x", 1), Cell("", 2, check="double")]
    with pytest.raises(KilledError):
        judge.judge(Work(cells, {"double": "assert double(3) == 6"}))


def test_a_submission_that_kills_itself_is_stopped_and_keeps_that_verdict():
    source = "import os, signal\ndef double(x):\n    os.kill(1, signal.SIGKILL)\n    os._exit(9)"
    cells = [Cell(source, 1), Cell("", 2, check="double")]
    verdicts, _ = judge.judge(Work(cells, {"double": "assert double(3) == 6"}))
    assert (verdicts["double"].outcome, verdicts["double"].reason) == (STOPPED, "process ended")


def test_what_a_keeper_says_is_one_of_a_few_words():
    words = {keeper.HUNG_UP, keeper.MEMORY, keeper.TIME, keeper.KILLED, keeper.BY_ITSELF}
    assert len(words) == 5
    assert keeper._how(9 << 8, 900) == keeper.BY_ITSELF
    assert keeper._how(signal.SIGSEGV, 900) == keeper.BY_ITSELF
    assert keeper._how(signal.SIGKILL, 10**9) == keeper.KILLED
