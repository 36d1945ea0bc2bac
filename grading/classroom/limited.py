"""Work on what a student wrote, in a process that has so much time and memory, and no more."""

import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from typing import Any, TypeVar

MEMORY = 2 << 30  # bytes
PATIENCE = 10  # seconds of the clock for each second of a processor: others work here, too

T = TypeVar("T")


class LimitError(Exception):
    """Why a process did not end its work."""


def start() -> None:
    """Starts the process that others are forked from, and does not wait until it is ready."""
    forkserver.set_forkserver_preload(["grading.classroom.pages"])
    forkserver.ensure_running()


def limited(function: Callable[..., T], *arguments: Any, seconds: int) -> T:
    """Calls a function in a process of its own, which is ended when its time is over.

    The process is forked from one that has imported what makes pages.

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
    context = multiprocessing.get_context("forkserver")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(there, seconds, function, arguments))
    process.start()
    there.close()
    try:
        if not here.poll(PATIENCE * seconds):
            raise LimitError(f"it took more than {PATIENCE * seconds} seconds")
        value, error = here.recv()
    except EOFError:
        raise LimitError(
            f"it took more than {seconds} seconds of a processor, or its process died"
        ) from None
    finally:
        process.kill()
        process.join()
        process.close()
        here.close()
    if isinstance(error, MemoryError | RecursionError):
        raise LimitError(f"it took more than {MEMORY >> 30} GiB of memory, or is nested too deep")
    if error:
        raise error
    returned: T = value
    return returned


def _answer(
    there: Connection, seconds: int, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    """Sends what a function returned, and what it raised."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(os.devnull, "w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            there.send((function(*arguments), None))
        except Exception as error:
            there.send((None, error))
