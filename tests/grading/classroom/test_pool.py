"""The pool: stub executors and toy functions, and nothing of TensorFlow."""

import os
import signal
import threading
import time
import weakref
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from grading.classroom import pool
from grading.classroom.pool import Pool, WorkerDiedError, local_executor
from grading.sandbox.work import KilledError


@dataclass
class Piece:
    """A job that is told what to do."""

    name: str
    work: tuple | None


def pieces(*names):
    return [Piece(name, (name,)) for name in names]


class Stub(Executor):
    """Does its work when it has been given so much, or when nothing more comes for a moment."""

    def __init__(self, fill=1):
        self.fill = fill
        self.given = []
        self.most = 0
        self.ended = False

    def submit(self, function, *work):
        future = Future()
        self.given.append((future, function, work))
        self.most = max(self.most, len(self.given))
        threading.Timer(0.5, self.do).start()
        if len(self.given) >= self.fill:
            self.do()
        return future

    def do(self):
        given, self.given = self.given, []
        for future, function, work in given:
            try:
                future.set_result(function(*work))
            except BaseException as error:
                future.set_exception(error)

    def shutdown(self, wait=True, **_):
        self.ended = True


class Fragile(Stub):
    """Breaks, with all that it was given, over work that is called 'deadly'."""

    broken = False

    def submit(self, function, *work):
        if self.broken:
            raise BrokenExecutor
        return super().submit(function, *work)

    def do(self):
        given, self.given = self.given, []
        self.broken |= any(work == ("deadly",) for _, _, work in given)
        for future, function, work in given:
            if self.broken:
                future.set_exception(BrokenExecutor())
            else:
                future.set_result(function(*work))


def upper(text):
    return text.upper()


def fail(text):
    raise ValueError(text)


def test_each_job_comes_back_with_what_was_returned_or_raised():
    with Pool(Stub, lambda: 2, upper) as workers:
        done = {job.name: value for job, value in workers.map(pieces("a", "b", "c"))}
    assert done == {"a": "A", "b": "B", "c": "C"}
    with Pool(Stub, lambda: 2, fail) as workers:
        ((job, error),) = workers.map(pieces("a"))
    assert (job.name, type(error), str(error)) == ("a", ValueError, "a")


def test_a_job_without_work_comes_back_at_once_and_starts_no_worker():
    def start():
        raise AssertionError("nothing is to be started")

    with Pool(start, lambda: 2, upper) as workers:
        done = list(workers.map([Piece("a", None), Piece("b", None)]))
    assert [(job.name, value) for job, value in done] == [("a", None), ("b", None)]


def test_nobody_else_pays_for_a_job_that_kills_its_worker():
    started = []

    def start():
        started.append(Fragile(fill=4))
        return started[-1]

    with Pool(start, lambda: 2, upper) as workers:
        jobs = pieces("a", "b", "deadly", "c", "d", "e")
        done = {job.name: value for job, value in workers.map(jobs)}
    assert isinstance(done.pop("deadly"), WorkerDiedError)
    assert done == {name: name.upper() for name in "abcde"}
    assert len(started) == 1 + pool.MOST_STRIKES
    assert [one.broken for one in started] == [True, True, False]


def test_a_job_over_which_a_worker_died_once_gets_its_result():
    left = [True, False]

    class Unlucky(Fragile):
        def do(self):
            self.broken = bool(self.given) and left.pop(0) if left else self.broken
            super().do()

    with Pool(lambda: Unlucky(fill=2), lambda: 1, upper) as workers:
        done = {job.name: value for job, value in workers.map(pieces("a", "b", "c"))}
    assert done == {"a": "A", "b": "B", "c": "C"}


def test_a_job_whose_student_was_killed_is_done_again_alone():
    deaths, seen = {"unlucky": 1, "hopeless": 9}, []

    def judged(name):
        seen.append((name, len(workers.flying)))
        if deaths.get(name, 0):
            deaths[name] -= 1
            raise KilledError("killed")
        return name.upper()

    with Pool(lambda: Stub(fill=100), lambda: 2, judged) as workers:
        jobs = pieces("a", "unlucky", "b", "hopeless", "c", "d")
        done = {job.name: value for job, value in workers.map(jobs)}
    assert isinstance(done.pop("hopeless"), KilledError)
    assert done == {name: name.upper() for name in ("a", "b", "c", "d", "unlucky")}
    counts = {name: [flying for one, flying in seen if one == name] for name, _ in seen}
    for name in ("unlucky", "hopeless"):
        (others,) = counts[name][1:]
        assert others <= 1  # itself, unless it began before it was counted
    assert all(len(times) == 1 for name, times in counts.items() if len(name) == 1)


def test_a_job_that_was_cancelled_elsewhere_is_told_and_the_others_go_on():
    class Cancelling(Stub):
        def submit(self, function, *work):
            future = super().submit(function, *work)
            if work == ("b",):
                future = Future()
                future.cancel()
                future.set_running_or_notify_cancel()
            return future

    with Pool(Cancelling, lambda: 2, upper) as workers:
        done = {job.name: value for job, value in workers.map(pieces("a", "b", "c"))}
    assert type(done.pop("b")).__name__ == "CancelledError"
    assert done == {"a": "A", "c": "C"}


def test_a_cluster_of_64_threads_has_128_jobs_in_flight():
    cluster = Stub(fill=128)
    with Pool(lambda: cluster, lambda: 64, upper) as workers:
        done = list(workers.map(pieces(*map(str, range(300)))))
    assert len(done) == 300
    assert cluster.most == 128


def test_the_width_follows_a_cluster_that_grows_and_shrinks():
    threads, seen = [2], []

    class Cluster(Stub):
        def submit(self, function, *work):
            future = super().submit(function, *work)
            seen.append((threads[0], len(workers.flying) + 1))
            return future

    cluster = Cluster(fill=1000)
    with Pool(lambda: cluster, lambda: threads[0], upper) as workers:
        for count, _ in enumerate(workers.map(pieces(*map(str, range(100))))):
            threads[0] = 8 if count < 20 else 0  # it may lose all its workers for a while
    assert max(flying for width, flying in seen if width == 2) == 4
    assert max(flying for width, flying in seen if width == 8) == 16
    assert max(flying for width, flying in seen[-50:]) == 2
    assert len(seen) == 100


def test_work_is_prepared_only_as_workers_become_free_and_then_forgotten():
    alive = weakref.WeakSet()
    most = 0

    class Notebook:
        pass

    def prepared():
        nonlocal most
        for i in range(60):
            notebook = Notebook()
            alive.add(notebook)
            most = max(most, len(alive))
            yield Piece(str(i), (notebook,))
            del notebook

    with Pool(Stub, lambda: 3, lambda notebook: None) as workers:
        for job, _ in workers.map(prepared()):
            job.work = None
    assert most <= 2 * 3 + 1


def interrupted(workers, jobs, look):
    """Leaves the pool as Ctrl-C does after its first result; gives what was seen just before."""
    seen = []
    with pytest.raises(KeyboardInterrupt):
        _interrupt(workers, jobs, lambda: seen.extend(look()))
    return seen


def _interrupt(workers, jobs, look):
    with workers:
        for _ in workers.map(jobs):
            look()
            raise KeyboardInterrupt


def test_a_block_that_is_left_by_an_exception_ends_the_executor():
    stub = Stub(fill=100)
    workers = Pool(lambda: stub, lambda: 2, upper)
    waiting = interrupted(workers, pieces(*"abcdef"), lambda: workers.flying)
    assert stub.ended
    assert waiting
    assert all(future.cancelled() or future.done() for future in waiting)


def die(name, folder):
    Path(folder, f"{name}-{os.getpid()}").touch()
    if name == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def sleep(seconds):
    time.sleep(seconds)


def nothing():
    """What a toy worker begins with."""


def test_real_workers_that_die_are_replaced(tmp_path):
    names = ["a", "b", "deadly", "c", "d"]
    jobs = [Piece(name, (name, str(tmp_path))) for name in names]
    with Pool(lambda: local_executor(2, nothing), lambda: 2, die) as workers:
        done = {job.name: value for job, value in workers.map(jobs)}
    assert isinstance(done.pop("deadly"), WorkerDiedError)
    assert done == {name: name for name in "abcd"}
    assert len(list(tmp_path.glob("deadly-*"))) == pool.MOST_STRIKES


def test_an_interrupt_kills_real_workers():
    began = time.monotonic()
    jobs = [Piece("short", (0,)), Piece("long", (600,)), Piece("longer", (600,))]
    workers = Pool(lambda: local_executor(2, nothing), lambda: 2, sleep)
    family = interrupted(workers, jobs, _workers)
    _, alive = psutil.wait_procs(family, timeout=20)
    assert family
    assert alive == []
    assert time.monotonic() - began < 120


def _workers():
    children = psutil.Process().children(recursive=True)
    return [one for one in children if "spawn_main" in " ".join(one.cmdline())]
