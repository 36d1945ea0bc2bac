"""What the grader asks a student's process to do, and what comes back."""

from dataclasses import dataclass
from typing import Any, TypedDict


@dataclass(frozen=True)
class WriteFile:
    """Write a file that the assignment comes with; nothing comes back."""

    name: str
    content: bytes


@dataclass(frozen=True)
class RunCell:
    """Run one cell of the notebook; nothing comes back, or the first exception."""

    source: str


@dataclass(frozen=True)
class LookUp:
    """Give what a name stands for at this moment, in a list; an empty one if nothing."""

    name: str


@dataclass(frozen=True)
class GetAttribute:
    """Give an attribute of an object."""

    target: Any
    name: str


@dataclass(frozen=True)
class Call:
    """Call an object; if `taped`, gradients for the tensors among the arguments can follow.

    Also whether the call changed its arguments comes back, and the number of the tape; if
    `weights`, those of the models among the arguments, as the call left them, too.
    """

    target: Any
    args: Any
    kwargs: Any
    taped: bool
    weights: bool = False


@dataclass(frozen=True)
class Gradient:
    """Give the gradients of a taped call's outputs, weighted by `upstream`; None where none is."""

    tape: int
    upstream: Any


@dataclass(frozen=True)
class Compile:
    """Compile a call; a function without arguments comes back that runs it, and its types."""

    target: Any
    args: Any
    kwargs: Any


Request = WriteFile | RunCell | LookUp | GetAttribute | Call | Gradient | Compile
KINDS: dict[str, type[Request]] = {
    kind.__name__: kind
    for kind in (WriteFile, RunCell, LookUp, GetAttribute, Call, Gradient, Compile)
}


class Raised(TypedDict):
    """An exception as plain values.

    Attributes:
        type: the name of its type.
        builtin: the nearest type above it that is built into Python.
        text: its text, cut to `wire.LONGEST_TEXT`.
        stub: the function that is still a stub and raised it, or "".
        missing: the name that was looked up in vain and led to it, or "".
    """

    type: str
    builtin: str
    text: str
    stub: str
    missing: str


class Reply(TypedDict, total=False):
    """What comes back: a value, or what was raised. A student may have forged all of it.

    Attributes:
        value: what was asked for.
        raised: the exception that came instead.
        changed: whether an array, a list or a dict among the arguments was changed.
        tape: the number of the tape.
        weights: for each model among the arguments, in order, a list of arrays.
        failed: why the process could not be started.
    """

    value: Any
    raised: Raised
    changed: bool
    tape: int
    weights: list[list[Any]]
    failed: str


def to_tree(request: Request) -> dict[str, Any]:
    """A request as a dict for `wire.pack`."""
    return {"do": type(request).__name__} | vars(request)


def from_tree(tree: dict[str, Any]) -> Request:
    """The request that `to_tree` made a dict of."""
    fields = dict(tree)
    return KINDS[fields.pop("do")](**fields)
