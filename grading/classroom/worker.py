"""What a worker does with one submission, on this machine or on another one."""

import functools
import multiprocessing
import os
import resource
import signal
import time

from grading.classroom import provenance
from grading.sandbox import jail
from grading.sandbox.work import Verdict, Work

MEMORY = 8 << 30  # bytes of a worker's own


class OtherVersionsError(Exception):
    """Why a worker decides nothing: what decides is another thing there."""


def begin() -> None:
    """Prepares a process of this machine to be a worker, which ends with the one that asks."""
    jail.end_with_parent()
    parent = multiprocessing.parent_process()
    if parent and parent.pid != os.getppid():  # it ended before this began to follow it
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY:  # what a check makes of an answer must not be endless, too
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))


def judged(work: Work, decided_by: dict[str, str]) -> tuple[dict[str, Verdict], list[str], float]:
    """Judges a submission, if this worker decides by what the run says.

    Returns:
        verdicts: dict from exercise to `Verdict`.
        troubles: what went wrong in cells, each a sentence.
        seconds: that it took.

    Raises:
        OtherVersionsError: a package or a version is another one here.
    """
    mine = _tools()
    wanted = {name: decided_by.get(name, "") for name in mine}
    if names := provenance.differing(mine, wanted):
        raise OtherVersionsError(
            f"a worker would decide by {provenance.named(mine, names)}, "
            f"and the run by {provenance.named(wanted, names)}"
        )
    try:
        from grading.sandbox import judge  # here: the process that asks needs no TensorFlow
    except SyntaxError as error:  # which loses its words on its way to another process
        raise RuntimeError(f"{error.filename}:{error.lineno}: {error.msg}") from error

    started = time.perf_counter()
    verdicts, troubles = judge.judge(work)
    return verdicts, troubles, time.perf_counter() - started


@functools.cache  # what a process has imported stays, whatever becomes of the files
def _tools() -> dict[str, str]:
    return provenance.tools()
