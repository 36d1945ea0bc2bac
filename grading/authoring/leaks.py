"""What a release must not show: solutions, hidden tests and their markers."""

from nbformat import NotebookNode

from grading.authoring.assemble import places
from grading.authoring.lesson import Lesson
from grading.authoring.markers import HIDDEN, MEANT, SOLUTION, STUB, regions
from grading.authoring.source import Problem

SHORT = 15  # characters; a shorter line may stand in a release by chance


def secrets(lesson: Lesson) -> dict[str, str]:
    """Lists the lines of solutions and hidden tests that must not stand in a release.

    An import is no secret, nor is a hidden line that the visible part of the same check shows.

    Returns:
        A dict from the text of a line, stripped, to where it stands, such as '12' in the lesson or
        '12 of checks/01_autoencoder.py'.
    """
    found: dict[str, str] = {}
    for cell in lesson.cells:
        if cell.kind in ("exercise", "answer"):
            for number, text in regions(cell.lines, SOLUTION)[0]:
                _note(text, f"{number}", found)
    for check in lesson.checks.values():
        hidden = dict(regions(check.lines, HIDDEN)[0])
        shown = {text.strip() for number, text in check.lines if number not in hidden}
        for number, text in hidden.items():
            if text.strip() not in shown:
                _note(text, f"{number} of {lesson.file}", found)
    return found


def leaks(lesson: Lesson, released: NotebookNode) -> list[Problem]:
    """Scans a release for markers, and for lines of solutions and hidden tests.

    Args:
        lesson: what it was made of.
        released: the notebook that nbgrader made of it.
    """
    kept, where = secrets(lesson), places(released, lesson)
    problems = []
    for cell in released.cells:
        line, file = where[cell.id]
        for text in map(str.strip, cell.source.split("\n")):
            if MEANT.search(text):
                message = f"the marker {text!r} would reach course/"
                problems.append(Problem(line, message, file))
            if text in kept:
                message = f"this cell would show students the secret line {kept[text]}: {text}"
                problems.append(Problem(line, message, file))
    sources = {cell.id: cell.source for cell in released.cells}
    for cell in lesson.cells:
        if cell.kind == "exercise" and STUB not in sources[cell.name]:
            message = f"the released cell of {cell.name!r} has no stub"
            problems.append(Problem(cell.line, message))
    return problems


def _note(text: str, place: str, found: dict[str, str]) -> None:
    words = text.strip()
    short = len("".join(words.split())) < SHORT
    if not short and not words.startswith(("import ", "from ")):
        found.setdefault(words, place)
