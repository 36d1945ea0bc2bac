"""What a check found wrong with an answer, as data; the words for it are made in `messages`."""

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    # what a check finds
    "not implemented",
    "calls a stub",
    "raised",
    "no value",
    "not callable",
    "wrong kind",
    "wrong shape",
    "wrong value",
    "not finite",
    "argument changed",
    "other result",
    "wrong weights",
    "not built",
    "demand",
    "check failed",
    # what only a grader finds, and the check itself
    "undefined",
    "not steady",
    "check broken",
    # why a verdict was stopped
    "process ended",
    "nonsense",
    "step too long",
    "notebook too long",
    "no time left",
    "too much memory",
    "too many starts",
]


@dataclass(frozen=True)
class Finding:
    """Why an answer was not passed, in plain values. In a hidden case none of them shows a number.

    Attributes:
        exercise: its name.
        reason: one of `Reason`.
        case: the hidden case, or "".
        what: what the value is, if it is not the function's result itself.
        mistake: the known mistake that gives this value, in words.
        got: the student's value, or a short name of it.
        expected: the right value, or what kind of value was expected.
        place: where to look: the index of `got` and `expected`, if they are one value of an array,
            the axis of a wrong shape, or the line of the student's own code that raised.
        share: how many values of that array are wrong, as "2 of 12".
        stub: the function that was called and is not implemented yet.
        error: the type of the exception that was raised.
        missing: the name that was looked up in vain, if the exception came from that.
        text: of the exception, of a demand or of a limit; for an exercise that is undefined, what
            went wrong in the notebook.
        table: rows for people's eyes, of a place, what was got there, what was expected, and a
            remark. A grader leaves them out.
        closed: whether the answer had already seen hidden numbers when this was found, so that
            none of its values and words may be told, as in a hidden case.
    """

    exercise: str
    reason: Reason
    case: str = ""
    what: str = ""
    mistake: str = ""
    got: str = ""
    expected: str = ""
    place: str = ""
    share: str = ""
    stub: str = ""
    error: str = ""
    missing: str = ""
    text: str = ""
    table: tuple[tuple[str, str, str, str], ...] = ()
    closed: bool = False
