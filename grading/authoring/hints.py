"""Hints under an exercise: two or three steps, each folded inside the one before."""

import re

from grading.authoring.source import Cell, Problem

FEWEST, MOST = 2, 3
STEP = re.compile(r"^(\d+)\. +(?=\S)")


def hint_problems(cells: list[Cell]) -> list[Problem]:
    """Says which hints have too few or too many steps, or do not stand under their exercise."""
    found = []
    places = {(cell.kind, cell.name): at for at, cell in reversed([*enumerate(cells)])}
    for at, cell in enumerate(cells):
        if cell.kind != "hints":
            continue
        exercise, check = (places.get((kind, cell.name)) for kind in ("exercise", "check"))
        if exercise is None:
            message = f"hints for {cell.name!r}, which is no exercise of this notebook"
            found.append(Problem(cell.line, message))
        elif not exercise < at < (check or len(cells)):
            message = f"the hints for {cell.name!r} do not stand between its exercise and its check"
            found.append(Problem(cell.line, message))
        elif places["hints", cell.name] != at:
            first = cells[places["hints", cell.name]].line
            message = f"second hints for {cell.name!r}; the first are in line {first}"
            found.append(Problem(cell.line, message))
        if not _steps(cell):
            message = f"hints are a list numbered from 1, of {FEWEST} or {MOST} steps"
            found.append(Problem(cell.line, f"{message}; what goes on with a step is indented"))
    return found


def folded_hints(cell: Cell) -> str:
    """The Markdown in which the second hint opens inside the first, and the third inside that.

    The blank lines let what is inside be read as Markdown, formulas and code included.
    """
    steps = _steps(cell)
    opened = [
        f"<details>\n<summary>Hint {number} of {len(steps)}</summary>\n\n{step}\n"
        for number, step in enumerate(steps, start=1)
    ]
    return "\n".join([*opened, "\n\n".join(["</details>"] * len(steps))])


def _steps(cell: Cell) -> list[str]:
    """The texts of the steps; none if the cell is no list such as hints are."""
    steps: list[list[str]] = []
    for line in cell.source.split("\n"):
        if item := STEP.match(line):
            if int(item[1]) != len(steps) + 1:
                return []
            steps.append([line[item.end() :]])
        elif not steps or (line.strip() and not line.startswith("   ")):
            return []
        else:
            steps[-1].append(line[3:])
    return ["\n".join(step).strip("\n") for step in steps] if FEWEST <= len(steps) <= MOST else []
