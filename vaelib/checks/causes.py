"""What an exception came from, told by the exceptions themselves and not by their texts."""

import linecache
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import NamedTuple

STUB = ("your answer goes here",)  # the arguments of the NotImplementedError in an untouched stub
LONGEST_CHAIN = 20  # a student's exceptions may be made to go round in a circle
# Where code lies that is not the student's.
LIBRARIES = (
    *(sysconfig.get_path(kind) for kind in ("stdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
    "<frozen ",
)


class Causes(NamedTuple):
    """What `stub_called` and `missing_name` found; an exception from elsewhere has it as `causes`.

    Attributes:
        stub: a function, or "".
        missing: a name, or "".
    """

    stub: str
    missing: str


def stub_called(error: BaseException) -> str:
    """The function that is still a stub and raised this exception.

    Args:
        error: an exception; one from another process says so itself, in its `causes`.

    Returns:
        The function's name, or "" if the exception did not come from a stub: a library raises
        NotImplementedError, too, with words of its own.
    """
    if isinstance(said := getattr(error, "causes", None), Causes):
        return said.stub
    if not isinstance(error, NotImplementedError):
        return ""
    if not any(isinstance(e, NotImplementedError) and e.args in ((), STUB) for e in _chain(error)):
        return ""
    last: TracebackType | None = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return last.tb_frame.f_code.co_name if last else ""


def missing_name(error: BaseException) -> str:
    """The name that was looked up in vain and led to this exception.

    Args:
        error: an exception; one from another process says so itself, in its `causes`.

    Returns:
        The name, or "" if the exception has another cause.
    """
    if isinstance(said := getattr(error, "causes", None), Causes):
        return said.missing
    names = (getattr(e, "name", None) for e in _chain(error) if isinstance(e, NameError))
    return next((name for name in names if isinstance(name, str)), "")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An exception, and those that were being handled when it was raised."""
    for _ in range(LONGEST_CHAIN):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def own_line(error: BaseException) -> str:
    """The last line of a student's own code on the way to an exception.

    Args:
        error: an exception that was caught where a check calls an answer.

    Returns:
        Such as "line 3 of `encode`: return x @ w", or "" if there is none, or if the exception
        comes from another process.
    """
    first = error.__traceback__
    if first is None or isinstance(getattr(error, "causes", None), Causes):
        return ""
    caller = first.tb_frame.f_back
    while caller and caller.f_code.co_filename == first.tb_frame.f_code.co_filename:
        caller = caller.f_back
    check = caller.f_code.co_filename if caller else ""
    found = ""
    for frame, number in walk_tb(first):
        code = frame.f_code
        line = linecache.getline(code.co_filename, number, frame.f_globals).strip()
        if line and code.co_filename != check and not code.co_filename.startswith(LIBRARIES):
            of = "" if code.co_name.startswith("<") else f" of `{code.co_name}`"
            found = f"line {number}{of}: {line}"
    return found
