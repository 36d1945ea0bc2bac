"""The words for what is wrong with an answer: `message` makes them all from a `Finding`."""

import re

from vaelib.checks.finding import Finding
from vaelib.checks.known import known_type

SAME = "with the same arguments"
LONGEST_REASON = 300  # characters of an exception's text; Keras quotes whole arrays


def message(finding: Finding) -> str:
    """What people are told: a line that opens with the exercise, and with the case if it is hidden.

    Args:
        finding: a `Finding`.
    """
    name, case = finding.exercise, finding.case
    if finding.reason == "check failed":  # a check's own words, which open as they like
        return finding.text or f"{name}: the check failed."
    opening = f"{name} (hidden case: {case}): " if case else f"{name}: "
    subject = f"{finding.what}: " if finding.what else ""
    return f"{opening}{subject}{problem(finding)} {diagnosis(finding)}".rstrip()


def ending(finding: Finding) -> str:
    """Why a student's process gives no answer, as the end of a sentence that begins "your code".

    Args:
        finding: a `Finding` of what only a grader meets.
    """
    text = finding.text
    match finding.reason:
        case "nonsense":
            return "gave back what cannot be read" + (f": {text}" if text else "")
        case "step too long":
            return f"did not end within {text}"
        case "notebook too long":
            return f"took over {text} for the whole notebook"
        case "too much memory":
            return f"used more than {text} of memory"
        case "too many starts":
            return f"was started {text} times"
    return "ended its own process"


def problem(finding: Finding) -> str:
    """What is wrong, in a sentence.

    Args:
        finding: a `Finding`.
    """
    got, expected, text = finding.got, finding.expected, finding.text
    hidden = bool(finding.case) or finding.closed
    match finding.reason:
        case "not implemented" if got:
            return f"not implemented yet: your function returns {got}."
        case "not implemented":
            return "not implemented yet. Replace the line `raise NotImplementedError` by your code."
        case "calls a stub" if not finding.stub:
            return "your code calls a function that is not implemented yet."
        case "calls a stub":
            return f"your code calls `{finding.stub}`, which is not implemented yet."
        # The text of an exception could show the hidden numbers; some have none.
        case "raised" if hidden or not text:
            return f"your code raised {finding.error or 'an exception'}."
        case "raised":
            return f"your code raised {finding.error}: {text}"
        case "no value" if expected:
            return f"got {got}, expected {expected}. Does your function end with `return`?"
        case "no value":
            return "got None. Does your function end with `return`?"
        case "not callable" if not got:
            return "expected a function or a Keras model, and it is something else."
        case "not callable":
            return f"expected a function or a Keras model, but it is {got}."
        case "wrong kind" if not got:
            return f"expected {expected}, and got something else."
        case "wrong kind":
            return f"got {got}, expected {expected}."
        case "wrong shape":
            return "wrong shape." if hidden else f"got shape {got}, expected {expected}."
        case "wrong value" if hidden:
            return "wrong value."
        case "not finite" if hidden:
            return "not every value is finite."
        case "wrong value" | "not finite" if finding.place:
            there = f"got {got} at {finding.place}, expected {expected} there"
            return f"{there} ({finding.share} values are wrong)."
        case "wrong value" | "not finite":
            return f"got {got}, expected {expected}."
        case "other result" if finding.error:
            return f"your code raised {finding.error} when it was called again {SAME}."
        case "other result":
            return f"your code gives another result when it is called again {SAME}."
        case "argument changed":
            return "your code changes its argument in place. Work on a new array."
        case "wrong weights" if hidden:
            return "the weights have the wrong shapes."
        case "wrong weights":
            return f"the weights have shapes {got}, expected {expected}."
        case "not built":
            return "the model has no weights, so it is not built. Begin it with `keras.Input(…)`."
        case "demand":
            return text
        case "undefined":
            seen = f" In your notebook {text}." if text else ""
            return f"nothing of this name is defined. Does its cell run?{seen}"
        case "not steady":
            return (
                "your code passed the check once and failed it when it was asked again. "
                "It must answer alike each time."
            )
        case "check broken" if hidden:
            return "the check cannot deal with what your code gave. A person has to look at it."
        case "check broken":
            gave = "the check cannot deal with what your code gave"
            return f"broken: {gave}: {finding.error}: {text}"
        case "no time left":
            return f"stopped: the whole notebook took over {text}."
    return f"stopped: your code {ending(finding)}."


def diagnosis(finding: Finding) -> str:
    """The sentence that names a known mistake, or an empty string if there is none.

    Args:
        finding: a `Finding`.
    """
    return f"This is what you get when {finding.mistake}." if finding.mistake else ""


def shortened(error: BaseException) -> str:
    """The text of an exception without colours, and not longer than a paragraph.

    Args:
        error: the exception.
    """
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip()
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON]} …"


def describe(value: object, hidden: bool) -> str:
    """A short name of a value that is not what was wanted.

    Args:
        value: anything.
        hidden: whether this is for a hidden case, which shows no numbers.
    """
    kind = type(value).__name__
    if not hidden and isinstance(value, tuple | list):
        return f"a {kind} of {len(value)}"
    if hidden:
        known = known_type(value)
        return f"something of type {known}" if known else "something of another type"
    text = repr(value)
    if len(text) > 40 or "\n" in text:
        return f"something of type {kind}"
    return f"{text} (type {kind})"
