"""Runs one check on one answer, and makes a verdict of what it finds.

Once a hidden part has begun, whatever the answer says could be what it was shown. From then on the
message holds words of the check's and of ours alone; what the answer said is for staff (`details`).
"""

import ast
import contextlib
import io
import re
import tempfile
import warnings
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from types import CodeType
from typing import Any

from grading.sandbox.wire import plain
from grading.sandbox.work import BROKEN, FAILED, PASSED, Verdict
from vaelib.checks import CheckFailed
from vaelib.checks.causes import missing_name
from vaelib.checks.finding import Finding
from vaelib.checks.known import ERRORS
from vaelib.checks.lent import ArgumentChanged
from vaelib.checks.messages import message

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"  # nbgrader's
REACHED = "_hidden_part_begins"
MARKER = re.compile(rf"^([ \t]*)#.*{BEGIN}.*$", re.MULTILINE)
WORD = re.compile(r"\w+(?:[.,]\w+)*")
KEPT = ("no value", "not implemented")  # reasons whose `got` is always one of a few


@dataclass
class Shown:
    """What a student's process has been shown; `hidden` says whether a hidden part was."""

    hidden: bool = False


def run_check(
    source: str,
    exercise: str,
    value: object,
    lesson: Collection[str] = (),
    shown: Shown | None = None,
) -> Verdict:
    """Runs a check cell, hidden part included, on one answer.

    Args:
        source: the text of the cell.
        exercise: the name that it uses.
        value: what that name stands for.
        lesson: the names of all exercises of the lesson.
        shown: what the process that the answer lives in has been shown; it is brought up to date.

    Returns:
        A `Verdict`: PASSED, FAILED, or BROKEN, the last if anything but AssertionError escaped.
    """
    shown = Shown() if shown is None else shown
    code = _compiled(source, exercise, shown)
    namespace = {"__name__": "check", exercise: value, REACHED: lambda: _reach(shown)}
    try:
        with _aside():
            exec(code, namespace)
    except CheckFailed as error:
        outcome, found = FAILED, error.finding
        cause = error.__cause__ or error.__context__
        details = "" if cause is None else _said(cause)
    except ArgumentChanged:
        outcome, found, details = FAILED, Finding(exercise, "argument changed"), ""
    except AssertionError as error:
        outcome, details = FAILED, str(error)
        missing = missing_name(error)
        found = Finding(exercise, "check failed", missing=missing, text=details)
    except (Exception, SystemExit) as error:
        outcome, details = BROKEN, _said(error)
        kind, missing = type(error).__name__, missing_name(error)
        found = Finding(exercise, "check broken", error=kind, missing=missing, text=str(error))
    else:
        return Verdict(PASSED, exercise=exercise)
    if not shown.hidden and not found.case:
        return made(outcome, found)
    return made(outcome, _closed(found, source, lesson, closed=shown.hidden), details)


def made(outcome: str, finding: Finding, details: str = "") -> Verdict:
    """A verdict and its message; no text of a student's in it rules a terminal.

    Args:
        outcome: one of those in `work`.
        finding: a `Finding`.
        details: for staff alone.
    """
    parts: dict[str, Any] = {
        name: plain(part) if isinstance(part, str) else part
        for name, part in asdict(finding).items()
        if name != "table"  # which the message says in short
    }
    return Verdict(outcome, plain(message(finding)), details=plain(details), **parts)


def visible(source: str) -> str:
    """A check cell without its hidden parts, as students have it.

    Args:
        source: the text of the cell.
    """
    lines, inside = [], False
    for line in source.split("\n"):
        if BEGIN in line:
            inside = True
        if not inside:
            lines.append(line)
        if END in line:
            inside = False
    return "\n".join(lines)


def _compiled(source: str, exercise: str, shown: Shown) -> CodeType:
    """The code of a check, which says so where its hidden part begins."""
    file = f"<check of {exercise}>"
    telling = MARKER.sub(rf"\1{REACHED}()", source)
    with contextlib.suppress(SyntaxError):
        code: CodeType = compile(telling, file, "exec", dont_inherit=True)
        if telling != source or BEGIN not in source:
            return code
    _reach(shown)  # a marker where no statement can stand
    return compile(source, file, "exec", dont_inherit=True)


def _reach(shown: Shown) -> None:
    shown.hidden = True


@contextlib.contextmanager
def _aside() -> Any:
    """What a check prints is not shown, and its temporary files have a folder of their own."""
    silence, before = io.StringIO(), tempfile.tempdir
    with (
        contextlib.redirect_stdout(silence),
        contextlib.redirect_stderr(silence),
        warnings.catch_warnings(action="ignore"),
        tempfile.TemporaryDirectory(prefix="check-", ignore_cleanup_errors=True) as folder,
    ):
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _closed(found: Finding, source: str, lesson: Collection[str], *, closed: bool) -> Finding:
    """A finding in which nothing is of the answer's own making."""
    told: dict[str, Any] = {"got": "", "place": "", "share": ""}
    if found.reason in KEPT or (found.case and found.reason in ("wrong kind", "not callable")):
        told["got"] = found.got  # what `describe` says of it where it is hidden
    if found.reason in ("wrong value", "wrong shape", "not finite", "wrong weights"):
        told["expected"] = ""
    told["error"] = found.error if found.error in ERRORS else "Exception" * bool(found.error)
    told["stub"] = found.stub if found.stub in lesson else ""
    told["text"] = ""
    if found.reason in ("demand", "check failed"):
        told["text"] = _own_words(found.text, source, found.exercise)
    return replace(found, closed=closed, **told)


def _own_words(text: str, source: str, exercise: str) -> str:
    """A text of a check's, with "…" for each word that stands in no text of the check itself."""
    texts = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    own = {exercise, *(word for one in texts for word in WORD.findall(one))}
    return WORD.sub(lambda word: word[0] if word[0] in own else "…", text)
