"""What every notebook has: its title, its sections, its settings and its numbered headings."""

import ast
import re

from grading.authoring.names import defined
from grading.authoring.source import Cell, Lines, Problem

LABELS = ("You will learn", "Before you start", "Time and points")
SECTIONS = ("Recap", "Further reading")
HEADING = re.compile(r"^### Exercise (\d+) · `(\w+)` \((\d+) points?\)$")
LIKE_A_HEADING = re.compile(r"^#+\s*exercise\b", re.IGNORECASE)
POINTS = re.compile(r"(\d+) points?\b")


def section_problems(cells: list[Cell]) -> list[Problem]:
    """Checks that a notebook has its required sections, in words and in code."""
    return _opening(cells) + _closing(cells) + _code(cells) + _headings(cells)


def total_points(cells: list[Cell]) -> int:
    """Adds up the points of the checks and the written answers."""
    return sum(cell.points for cell in cells)


def _opening(cells: list[Cell]) -> list[Problem]:
    opening = cells[0]
    titles = [number for number, text in opening.lines if text.startswith("# ")]
    if opening.type != "markdown" or titles != [opening.first]:
        message = "the first cell is markdown, and its first line the notebook's one '# ' title"
        return [Problem(opening.line, message)]
    found = []
    for label in LABELS:
        if not re.search(rf"\*\*{label}\W*\*\*", opening.source):
            found.append(Problem(opening.line, f"the first cell has no **{label}**"))
    after = re.search(r"\*\*Time and points\W*\*\*(.*?)(\n\s*\n|\Z)", opening.source, re.DOTALL)
    if after:
        line = opening.first + opening.source.count("\n", 0, after.start())
        stated, total = POINTS.search(after[1]), total_points(cells)
        if not stated:
            message = f"**Time and points** does not state the points; write '{total} points'"
            found.append(Problem(line, message))
        elif int(stated[1]) != total:
            message = f"states {stated[1]} points, its cells add up to {total}"
            found.append(Problem(line, message))
    return found


def _closing(cells: list[Cell]) -> list[Problem]:
    texts = [text.strip() for cell in cells if cell.type == "markdown" for _, text in cell.lines]
    last = cells[-1].line
    missing = [section for section in SECTIONS if f"## {section}" not in texts]
    found = [Problem(last, f"the notebook has no '## {section}'") for section in missing]
    if not any(cell.kind == "predict" for cell in cells):
        message = 'the notebook has no Predict prompt (# %% [markdown] predict="name")'
        found.append(Problem(last, message))
    return found


def _code(cells: list[Cell]) -> list[Problem]:
    code = [cell for cell in cells if cell.type == "code"]
    if not code:
        return [Problem(cells[-1].line, "the notebook has no code")]
    found = []
    if not _imports_only(code[0].source):
        message = "the first code cell holds imports and nothing else"
        found.append(Problem(code[0].line, message))
    if settings_cell(cells) is None:
        found.append(Problem(code[0].line, "no cell of settings assigns SEED"))
    return found


def settings_cell(cells: list[Cell]) -> Cell | None:
    """Finds the ordinary cell that assigns SEED, or None."""
    for cell in cells:
        if cell.type == "code" and not cell.kind:
            try:
                _, names = defined(cell.source)
            except SyntaxError:  # a cell with an IPython command
                continue
            if "SEED" in names:
                return cell
    return None


def _imports_only(source: str) -> bool:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return bool(body) and all(isinstance(node, ast.Import | ast.ImportFrom) for node in body)


def _headings(cells: list[Cell]) -> list[Problem]:
    found: list[Problem] = []
    waiting: Lines = []
    number = 0
    points = {cell.name: cell.points for cell in cells if cell.kind == "check"}
    for cell in cells:
        if cell.type == "markdown":
            for line, text in cell.lines:
                if LIKE_A_HEADING.match(text):
                    waiting.append((line, text.strip()))
        elif cell.kind == "exercise":
            number += 1
            if cell.name not in points:  # another rule says so, and no heading could be right
                waiting = []
                continue
            plural = "point" if points[cell.name] == 1 else "points"
            wanted = f"### Exercise {number} · `{cell.name}` ({points[cell.name]} {plural})"
            if not waiting:
                message = f"no heading before the exercise: write {wanted!r}"
                found.append(Problem(cell.line, message))
            elif _parts(waiting[-1][1]) != _parts(wanted):
                message = f"the heading of the exercise below must be {wanted!r}"
                found.append(Problem(waiting[-1][0], message))
            found += _alone(waiting[:-1])
            waiting = []
    return found + _alone(waiting)


def _alone(headings: Lines) -> list[Problem]:
    return [Problem(line, "a heading without its exercise") for line, _ in headings]


def _parts(text: str) -> tuple[str, ...] | None:
    match = HEADING.match(text)
    return match and match.groups()
