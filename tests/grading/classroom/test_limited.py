"""What a process that works on students' texts may take, and how long it lives."""

import itertools
import os
import signal
import threading
import time

import psutil
import pytest

from grading.classroom.limited import LimitError, limited

pytestmark = pytest.mark.process


def test_it_is_ended_in_time_and_another_one_goes_on():
    started = time.monotonic()
    with pytest.raises(LimitError, match="1 seconds of a processor"):
        limited(sum, itertools.repeat(0), seconds=1)
    assert time.monotonic() - started < 60
    assert limited(sorted, "ba", seconds=10) == ["a", "b"]


def test_it_is_ended_when_it_takes_too_much_memory():
    first = limited(os.getpid, seconds=10)
    with pytest.raises(LimitError, match="memory"):
        limited(bytearray, 5 << 30, seconds=10)
    assert limited(os.getpid, seconds=10) != first


def test_what_a_function_raises_comes_back_and_ends_nothing():
    first = limited(os.getpid, seconds=10)
    with pytest.raises(ZeroDivisionError):
        limited(divmod, 1, 0, seconds=10)
    assert limited(os.getpid, seconds=10) == first


def test_one_that_died_meanwhile_is_nobodys_fault():
    first = limited(os.getpid, seconds=10)
    os.kill(first, signal.SIGKILL)
    _wait_for_the_end_of(first)
    assert limited(os.getpid, seconds=10) != first


def test_time_is_counted_anew_for_each_work():
    for _ in range(3):  # with more than the limit in all
        limited(sum, range(40_000_000), seconds=2)


def test_it_ends_with_the_thread_that_it_works_for():
    found = []
    thread = threading.Thread(target=lambda: found.append(limited(os.getpid, seconds=10)))
    thread.start()
    thread.join()
    assert found[0] != limited(os.getpid, seconds=10)
    _wait_for_the_end_of(found[0])


def _wait_for_the_end_of(process):
    """It may stay as a zombie, since only its parent takes it away."""
    end = time.monotonic() + 10
    while psutil.pid_exists(process) and psutil.Process(process).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end
        time.sleep(0.05)
