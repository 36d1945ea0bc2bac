"""A run that was killed: nothing that it started stays."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.support.classes import TOY, answered, course, submit, with_source

pytestmark = pytest.mark.jail
SECONDS = 5
SLEEPS = "import time\n\n\ndef double(x):\n    time.sleep(60)\n    return x + x\n"


def started(home):
    """Processes that have the home of a run, or whose parents have."""
    found = set()
    for one in psutil.process_iter():
        try:
            if one.status() != psutil.STATUS_ZOMBIE and one.environ().get("HOME") == home:
                found |= {one, *one.children(recursive=True)}
        except psutil.Error:
            continue
    return {one for one in found if one.is_running() and one.status() != psutil.STATUS_ZOMBIE}


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.3)
    return False


def named(processes, word):
    return [one for one in processes if one.is_running() and word in " ".join(one.cmdline())]


@pytest.mark.parametrize("moment", ["while the fork server starts", "while a student's code runs"])
def test_nothing_is_left_of_a_run_that_was_killed(tmp_path, moment):
    folder, home = tmp_path / "course", str(tmp_path / "home")
    os.mkdir(home)
    name, solved, released = course(folder, "01_toy", TOY)
    for student in ("ann", "zoe"):
        submit(folder, student, name, with_source(answered(solved, released), "double", SLEEPS))
    run = subprocess.Popen(
        [sys.executable, "-m", "grading", "run", name, "--workers", "2"],
        cwd=folder,
        env={**os.environ, "HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wanted = 1 if "server" in moment else 3  # the server itself, a keeper, and the one inside
    try:
        servers = "grading.sandbox.zygote"
        assert wait_for(lambda: len(named(started(home), servers)) >= wanted, 300)
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        assert wait_for(lambda: not started(home), SECONDS), started(home)
    finally:
        for one in started(home):
            one.kill()
        run.kill()
        run.wait()
