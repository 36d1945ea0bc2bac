"""The regions that nbgrader takes out of a release: solutions and hidden tests."""

import re

from grading.authoring.source import Lines, Problem

Delimiters = tuple[str, str]

SOLUTION: Delimiters = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN: Delimiters = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
PLACES = ((SOLUTION, "an exercise or an answer"), (HIDDEN, "a check"))
STUB = 'raise NotImplementedError("your answer goes here")'

MEANT = re.compile(
    r"\b(begin|end)[\s_:-]*(solutions?|hidden[\s_:-]*tests?|mark[\s_:-]*scheme)\b"
    r"|\bAUTOTEST\b|\bHASHED\b",
    re.IGNORECASE,
)


def regions(lines: Lines, delimiters: Delimiters) -> tuple[Lines, list[Problem]]:
    """Finds the regions as nbgrader does: a delimiter counts wherever in its line it stands.

    Args:
        lines: pairs (line number, text).
        delimiters: `SOLUTION` or `HIDDEN`.

    Returns:
        inside: the pairs that nbgrader would take out, without the marker lines.
        problems: what is wrong with the markers.
    """
    begin, end = delimiters
    inside, problems = [], []
    opened = 0
    for number, text in lines:
        if begin in text:
            if opened:
                message = f"{begin} inside the region opened in line {opened}"
                problems.append(Problem(number, message))
            opened = number
        elif end in text:
            if not opened:
                problems.append(Problem(number, f"{end} without {begin}"))
            opened = 0
        elif opened:
            inside.append((number, text))
    if opened:
        problems.append(Problem(opened, f"{begin} without {end}"))
    return inside, problems


def marker_problems(lines: Lines, own: Delimiters | None = None) -> list[Problem]:
    """Says which marker lines nbgrader would miss, or would find where it must not.

    Args:
        lines: pairs (line number, text).
        own: the delimiters that may stand in them.
    """
    problems = []
    for delimiters, where in PLACES:
        if delimiters == own:
            problems += regions(lines, delimiters)[1]
        else:
            problems += [
                Problem(number, f"{mark} outside {where}")
                for number, text in lines
                for mark in delimiters
                if mark in text
            ]
    for number, text in lines:
        if MEANT.search(text) and not any(mark in text for mark in SOLUTION + HIDDEN):
            message = f"nbgrader does not take {text.strip()!r} for a marker of this course"
            hint = f"write one of {', '.join(SOLUTION + HIDDEN)}"
            problems.append(Problem(number, f"{message}; {hint}"))
    return problems


def stubbed(source: str) -> str:
    """Puts the stub where the solution stands, as nbgrader does in a release."""
    begin, end = SOLUTION
    kept, inside = [], False
    for text in source.split("\n"):
        if begin in text:
            inside = True
            kept.append(text[: len(text) - len(text.lstrip())] + STUB)
        elif end in text:
            inside = False
        elif not inside:
            kept.append(text)
    return "\n".join(kept)
