"""The regions that nbgrader takes out of a release: solutions and hidden tests."""

import re

from grading.authoring.assemble import source_lines

SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
STUB = 'raise NotImplementedError("your answer goes here")'

MEANT = re.compile(
    r"\b(begin|end)[\s_:-]*(solutions?|hidden[\s_:-]*tests?|mark[\s_:-]*scheme)\b"
    r"|\bAUTOTEST\b|\bHASHED\b",
    re.IGNORECASE,
)
SHORT = 15  # characters; a shorter line may stand in a release by chance


def regions(lines, delimiters):
    """Finds the regions as nbgrader does: a delimiter counts wherever in its line it stands.

    Args:
        lines: pairs (line number, text).
        delimiters: `SOLUTION` or `HIDDEN`.

    Returns:
        inside: the pairs that nbgrader would take out, without the marker lines.
        problems: pairs (line number, message).
    """
    begin, end = delimiters
    inside, problems, opened = [], [], None
    for number, text in lines:
        if begin in text:
            if opened is not None:
                problems.append((number, f"{begin} inside the region opened in line {opened}"))
            opened = number
        elif end in text:
            if opened is None:
                problems.append((number, f"{end} without {begin}"))
            opened = None
        elif opened is not None:
            inside.append((number, text))
    if opened is not None:
        problems.append((opened, f"{begin} without {end}"))
    return inside, problems


def marker_problems(cell):
    """Says which marker lines of a cell nbgrader would miss, or would find where it must not.

    Returns:
        Pairs (line number, message).
    """
    problems = []
    places = (
        (SOLUTION, ("exercise", "answer"), "an exercise or an answer"),
        (HIDDEN, ("check",), "a check"),
    )
    for delimiters, kinds, where in places:
        if cell.kind in kinds:
            problems += regions(cell.lines, delimiters)[1]
        else:
            problems += [
                (number, f"{mark} outside {where}")
                for number, text in cell.lines
                for mark in delimiters
                if mark in text
            ]
    for number, text in cell.lines:
        if MEANT.search(text) and not any(mark in text for mark in SOLUTION + HIDDEN):
            message = f"nbgrader does not take {text.strip()!r} for a marker of this course"
            problems.append((number, f"{message}; write one of {', '.join(SOLUTION + HIDDEN)}"))
    return problems


def stubbed(source):
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


def secrets(cells):
    """Lists the lines of solutions and hidden tests that must not stand in a release.

    An import is no secret, nor is a hidden line that the visible part of the same check shows.

    Returns:
        A dict from the text of a line, stripped, to its line number in the source.
    """
    found = {}
    for cell in cells:
        delimiters = {"exercise": SOLUTION, "answer": SOLUTION, "check": HIDDEN}.get(cell.kind)
        if delimiters is None:
            continue
        inside, _ = regions(cell.lines, delimiters)
        shown = set()
        if cell.kind == "check":
            hidden = {number for number, _ in inside}
            shown = {text.strip() for number, text in cell.lines if number not in hidden}
        for number, text in inside:
            words = text.strip()
            short = len("".join(words.split())) < SHORT
            if not short and words not in shown and not words.startswith(("import ", "from ")):
                found.setdefault(words, number)
    return found


def leaks(cells, released):
    """Scans a release for markers, and for lines of solutions and hidden tests.

    Args:
        cells: the cells of the source.
        released: the notebook that nbgrader made of it.

    Returns:
        Pairs (line number in the source, message).
    """
    kept, lines = secrets(cells), source_lines(released, cells)
    problems = []
    for cell in released.cells:
        line = lines[cell.id]
        for text in cell.source.split("\n"):
            if MEANT.search(text):
                problems.append((line, f"the marker {text.strip()!r} would reach course/"))
            if text.strip() in kept:
                what = f"this cell would show students the secret line {kept[text.strip()]}"
                problems.append((line, f"{what}: {text.strip()}"))
    sources = {cell.id: cell.source for cell in released.cells}
    for cell in cells:
        if cell.kind == "exercise" and STUB not in sources[cell.name]:
            problems.append((cell.line, f"the released cell of {cell.name!r} has no stub"))
    return problems
