"""Work on what a student wrote, in a process that has so much time and memory, and no more."""

import contextlib
import importlib
import math
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from grading.sandbox import jail

MEMORY = 2 << 30  # bytes
PATIENCE = 10  # seconds of the clock for each second of a processor: others work here, too

T = TypeVar("T")


class LimitError(Exception):
    """Why a process did not end its work."""


class _Helper:
    """A process that works for one thread, one thing after the other, and ends with it."""

    def __init__(self, *modules: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.line, there = context.Pipe()
        self.process = context.Process(target=_work, args=(there, modules), daemon=True)
        self.process.start()
        there.close()

    def end(self) -> None:
        """Ends it, whatever it is at."""
        self.process.kill()
        self.process.join()
        self.line.close()


_OF_THREAD = threading.local()


def start(*modules: str) -> None:
    """Starts this thread's process, unless it lives, and does not wait until it is ready.

    Args:
        modules: names of what it imports meanwhile.
    """
    helper = getattr(_OF_THREAD, "helper", None)
    if helper is None or not helper.process.is_alive():
        _OF_THREAD.helper = _Helper(*modules)


def limited(function: Callable[..., T], *arguments: Any, seconds: int) -> T:
    """Calls a function in this thread's process, which is ended when the time is over.

    Args:
        function: a function that another process can find by its name.
        arguments: what it is called with.
        seconds: of a processor.

    Returns:
        What the function returns.

    Raises:
        LimitError: it took too long or too much memory, or its process died.
        Exception: whatever the function raises.
    """
    start()
    helper = _OF_THREAD.helper
    try:
        helper.line.send((seconds, function, arguments))
        if not helper.line.poll(PATIENCE * seconds):
            raise LimitError(f"it took more than {PATIENCE * seconds} seconds")
        value, error = helper.line.recv()
        if isinstance(error, MemoryError | RecursionError):
            raise LimitError(
                f"it took more than {MEMORY >> 30} GiB of memory, or is nested too deep"
            )
    except (EOFError, OSError):
        _forget(helper)
        raise LimitError(
            f"it took more than {seconds} seconds of a processor, or its process died"
        ) from None
    except BaseException:
        _forget(helper)
        raise
    if error:
        raise error
    returned: T = value
    return returned


def _forget(helper: _Helper) -> None:
    helper.end()
    del _OF_THREAD.helper


def _work(there: Connection, modules: tuple[str, ...]) -> None:
    """Calls what it is told to, and sends what that returned or raised."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    jail.end_with_parent()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as this lives
    for name in modules:
        importlib.import_module(name)
    with contextlib.suppress(EOFError):
        while True:
            seconds, function, arguments = there.recv()
            used = resource.getrusage(resource.RUSAGE_SELF)
            limit = math.ceil(used.ru_utime + used.ru_stime) + seconds
            resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
            try:
                there.send((function(*arguments), None))
            except Exception as error:
                there.send((None, error))
