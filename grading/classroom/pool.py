"""Workers that do a class's work, though one of them may die over a piece of it."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from typing import Any, Generic, Protocol, Self, TypeVar

from grading.sandbox.work import KilledError

MOST_STRIKES = 2  # workers, or what they started, that may die over one job
IN_FLIGHT = 2  # jobs for each worker: the one that it does, and the next one
JOBS_PER_WORKER = 100  # then a fresh one takes its place, so that memory stays bounded


class Job(Protocol):
    """A piece of work; `work` holds the arguments, or is None if there is nothing to do."""

    @property
    def work(self) -> tuple[Any, ...] | None:
        """Arguments of the function that does it."""


J = TypeVar("J", bound=Job)


class WorkerDiedError(Exception):
    """A job over which workers died."""


class Pool(Generic[J]):
    """Does jobs in workers, and says what came of each.

    Args:
        start: makes the `Executor`; it is called when there is work, and anew when that broke.
        width: says how many jobs its workers do at a time. It is asked again as work goes on,
            since a cluster can grow and shrink.
        function: what a worker calls with a job's work.
    """

    def __init__(
        self,
        start: Callable[[], Executor],
        width: Callable[[], int],
        function: Callable[..., Any],
    ) -> None:
        self.start = start
        self.width = width
        self.function = function
        self.executor: Executor | None = None
        self.flying: dict[Future[Any], J] = {}
        self.waiting: deque[J] = deque()  # what came back without a result
        self.strikes: dict[int, int] = {}  # of those among them that may have killed a worker

    def __enter__(self) -> Self:
        """Nothing is started yet."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Ends the workers; at once, if the block was left by an exception."""
        if kind:
            for future in self.flying:
                future.cancel()
            for worker in multiprocessing.active_children():
                worker.kill()  # what they were at is done by the next run
        if self.executor:
            self.executor.shutdown()

    def map(self, jobs: Iterable[J]) -> Iterator[tuple[J, Any]]:
        """Does jobs, and gives each with what came of it, in the order in which they end.

        Jobs are taken one by one, as workers become free, so that few of them are in memory.

        Args:
            jobs: what is to be done; one without work is given back at once, with None.

        Yields:
            The job, and what the function returned or raised; `WorkerDiedError` if workers died
            over it, and `KilledError` if what they had started was killed even while nothing
            else was done.
        """
        left = iter(jobs)
        while True:
            yield from self._launch(left)
            if not self.flying:
                return
            yield from self._land()

    def _launch(self, left: Iterator[J]) -> Iterator[tuple[J, Any]]:
        """Gives workers as much as they can take."""
        while len(self.flying) < self._room():
            # Who may have killed a worker flies alone, so that nobody else pays for it.
            if self.flying and self.strikes:
                return
            job = self.waiting.popleft() if self.waiting else next(left, None)
            if job is None:
                return
            if job.work is None:
                yield job, None
                continue
            self.executor = self.executor or self.start()
            try:
                self.flying[self.executor.submit(self.function, *job.work)] = job
            except BrokenExecutor:  # a worker died just now
                self.waiting.appendleft(job)
                if self.flying:
                    return
                self.executor = None

    def _room(self) -> int:
        """How many jobs may be in flight."""
        return IN_FLIGHT * (max(1, self.width()) if self.executor else 1)

    def _land(self) -> Iterator[tuple[J, Any]]:
        """Takes the oldest job that is done, or all, if their executor broke."""
        wait(self.flying, return_when=FIRST_COMPLETED)
        done = [future for future in self.flying if future.done()]
        if any(_broke(future) for future in done):
            wait(self.flying)  # the others break with it
            done, self.executor = list(self.flying), None
        else:
            done = done[:1]
        for future in done:
            job = self.flying.pop(future)
            strikes = self.strikes.pop(id(job), 0) + 1
            error = _error(future)
            if not isinstance(error, BrokenExecutor | KilledError):
                yield job, error or future.result()
            elif strikes < MOST_STRIKES:
                self.strikes[id(job)] = strikes
                self.waiting.append(job)
            elif isinstance(error, KilledError):
                yield job, error
            else:
                yield job, WorkerDiedError("the grader's own process died over it")


def local_executor(workers: int, begin: Callable[[], None]) -> ProcessPoolExecutor:
    """Processes on this machine, each of which first calls a function."""
    return ProcessPoolExecutor(
        workers,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin,
        max_tasks_per_child=JOBS_PER_WORKER,
    )


def _error(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception()
    except CancelledError as error:
        return error


def _broke(future: Future[Any]) -> bool:
    return isinstance(_error(future), BrokenExecutor)
