"""What the build refuses in a lesson: headers, exercises, checks and answers."""

import ast
import builtins
import keyword

from grading.authoring.checks import PREFIX, Check
from grading.authoring.hints import hint_problems
from grading.authoring.lesson import Lesson
from grading.authoring.markers import HIDDEN, SOLUTION, marker_problems, regions, stubbed
from grading.authoring.names import defined
from grading.authoring.sections import section_problems
from grading.authoring.source import Cell, Problem, is_sentence

KEYS = {
    ("code", "exercise"): {"exercise"},
    ("code", "check"): {"check", "points"},
    ("code", "compare"): {"compare", "alt"},
    ("code", ""): {"alt"},
    ("markdown", "answer"): {"answer", "points"},
    ("markdown", "predict"): {"predict"},
    ("markdown", "hints"): {"hints"},
    ("markdown", ""): set(),
}
OWN = {"exercise": SOLUTION, "answer": SOLUTION}  # markers that may stand in a cell
BUILTINS = {*dir(builtins), "__annotations__"}
UNREAD = "incorrectly_encoded_metadata"  # what jupytext calls the rest of a header
MOST_ANSWERS = 2
LONGEST_NAME = 50
LONGEST_TRIED = 90


def problems(lesson: Lesson) -> list[Problem]:
    """Checks a lesson against every rule of the course.

    Args:
        lesson: what `grading.authoring.lesson.read` gave.

    Returns:
        What is wrong, in the order of the lesson, then of the checks; nothing when all is well.
    """
    cells, checks = lesson.cells, lesson.checks.values()
    found: list[Problem] = []
    for cell in cells:
        found += _header(cell)
        if cell.kind == "check":
            found += _empty(cell, lesson.file)
        else:
            found += marker_problems(cell.lines, OWN.get(cell.kind))
    for check in checks:
        found += _in_file(marker_problems(check.lines, HIDDEN), lesson.file)
    if not found:  # with a broken header the rules below would only repeat it
        found += _names(cells)
        for cell in cells:
            if cell.kind == "exercise":
                found += _exercise(cell)
            elif cell.kind == "check":
                found += _named(cell, lesson)
            elif cell.kind == "answer":
                found += _answer(cell)
        for check in checks:
            found += _in_file(_check(check, cells), lesson.file)
        found += _pairs(cells)
        found += hint_problems(cells)
        found += section_problems(cells)
    return sorted(set(found), key=lambda one: (one.file, one.line, one.message))


def _in_file(found: list[Problem], file: str) -> list[Problem]:
    return [problem._replace(file=file) for problem in found]


def _header(cell: Cell) -> list[Problem]:
    kind = cell.kind
    if unread := cell.header.get(UNREAD):
        message = f'{unread!r} is no header; write NAME="text" or points=2, with blanks between'
        return [Problem(cell.line, message)]
    known = KEYS.get((cell.type, kind))
    if known is None and cell.type not in ("code", "markdown"):
        return [Problem(cell.line, f"a {cell.type} cell; write code or [markdown]")]
    if known is None:
        other = "markdown" if cell.type == "code" else "code"
        return [Problem(cell.line, f"{kind!r} belongs on a {other} cell")]
    found = [
        Problem(cell.line, f"unknown header key {key!r} on {_article(kind or cell.type)} cell")
        for key in cell.header
        if key not in known
    ]
    if "alt" in cell.header and not is_sentence(cell.header["alt"]):
        message = f"alt={cell.header['alt']!r} is no sentence; say what there is to see, with a '.'"
        found.append(Problem(cell.line, message))
    if found or not kind or kind == "compare":
        return found
    name = cell.name
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        message = f"{kind}={name!r} is not a name; write letters, digits and _"
        found.append(Problem(cell.line, message))
    elif keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        message = f"{kind}={name!r} is a keyword or over {LONGEST_NAME} letters"
        found.append(Problem(cell.line, message))
    if "points" in known and "points" not in cell.header:
        found.append(Problem(cell.line, f"the {kind} {name!r} has no points"))
    elif "points" in known and cell.points <= 0:
        message = f"the {kind} {name!r} has points={cell.header['points']!r}"
        found.append(Problem(cell.line, f"{message}; write a positive whole number"))
    return found


def _article(word: str) -> str:
    return ("an " if word[0] in "aeiou" else "a ") + word


def _empty(cell: Cell, file: str) -> list[Problem]:
    if not cell.source:
        return []
    message = f"the code of this check belongs into {file}, in a function {_signature(cell.name)}"
    return [Problem(cell.first, f"{message}; leave nothing but the header here")]


def _signature(exercise: str) -> str:
    return f"{PREFIX}{exercise}({exercise})"


def _names(cells: list[Cell]) -> list[Problem]:
    found = []
    taken: dict[str, int] = {}
    for cell in cells:
        if cell.kind in ("exercise", "answer", "predict"):
            ids = [cell.name] if cell.kind != "predict" else [cell.name, f"predict_{cell.name}"]
            if cell.kind == "exercise":
                ids += [f"{PREFIX}{cell.name}", f"hints_{cell.name}"]
            clash = next((name for name in ids if name in taken), None)
            if clash:
                message = f"the name {cell.name!r} is taken by the cell in line {taken[clash]}"
                found.append(Problem(cell.line, message))
            for name in ids:
                taken.setdefault(name, cell.line)
    return found


def _exercise(cell: Cell) -> list[Problem]:
    inside, _ = regions(cell.lines, SOLUTION)
    if not inside:
        message = f"the exercise {cell.name!r} has no solution between {SOLUTION[0]} …"
        return [Problem(cell.line, message)]
    try:
        functions, others = defined(cell.source)
        stub = ast.parse(stubbed(cell.source))
    except SyntaxError as error:
        line = cell.first + (error.lineno or 1) - 1
        return [Problem(line, f"syntax error: {error.msg}")]
    found = []
    if cell.name not in functions + others:
        found.append(Problem(cell.line, f"this cell does not define {cell.name!r}"))
    for name in functions:
        if name != cell.name and not name.startswith("_"):
            message = f"the cell of {cell.name!r} also defines {name!r}"
            found.append(Problem(cell.line, message))
    stops = any(isinstance(node, ast.Raise) for node in stub.body)
    lost = cell.name not in [name for names in defined(ast.unparse(stub)) for name in names]
    if cell.name in functions + others and (stops or lost):
        message = f"{SOLUTION[0]} must be indented inside {cell.name!r}"
        found.append(Problem(inside[0][0], f"{message}, so that the stub still defines it"))
    return found


def _named(cell: Cell, lesson: Lesson) -> list[Problem]:
    exercises = {other.name: other for other in lesson.cells if other.kind == "exercise"}
    if cell.name not in exercises:
        message = f"a check of {cell.name!r}, which is no exercise of this notebook"
        return [Problem(cell.line, message)]
    if exercises[cell.name].line > cell.line:
        message = f"the check of {cell.name!r} stands before its exercise"
        return [Problem(cell.line, message)]
    if cell.name not in lesson.checks:
        message = f"{lesson.file} has no function {_signature(cell.name)}"
        return [Problem(cell.line, message)]
    return []


def _check(check: Check, cells: list[Cell]) -> list[Problem]:
    name = check.exercise
    if not any(cell.kind == "check" and cell.name == name for cell in cells):
        message = f"the lesson has no check={name!r} with its points"
        return [Problem(check.line, message)]
    found = [
        Problem(line, f"the check of {name!r} uses {other!r}, neither its exercise nor its own")
        for other, line in check.foreign.items()
        if other not in BUILTINS and other != f"{PREFIX}{name}"
    ]
    if not check.tried or "\n" in check.tried or len(check.tried) > LONGEST_TRIED:
        message = f"the check of {name!r} does not say what its visible part tries; students read"
        hint = f"that when it passes: a docstring of one line, at most {LONGEST_TRIED} characters"
        found.append(Problem(check.line, f"{message} {hint}"))
    nodes = list(ast.walk(ast.parse(check.source)))
    for node in nodes:
        if isinstance(node, ast.Global):  # it could be the name of a student's own helper
            names = ", ".join(map(repr, node.names))
            message = f"the check of {name!r} leaves {names} in the student's notebook"
            found.append(Problem(check.line + node.lineno - 1, f"{message}; do without 'global'"))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    if name not in used:
        found.append(Problem(check.line, f"the check of {name!r} never uses it"))
    return found


def _answer(cell: Cell) -> list[Problem]:
    if regions(cell.lines, SOLUTION)[0]:
        return []
    message = (
        f"the answer {cell.name!r} has no model answer between {SOLUTION[0]} and {SOLUTION[1]}"
    )
    return [Problem(cell.line, f"{message}; nbgrader would put the stub for the whole cell")]


def _pairs(cells: list[Cell]) -> list[Problem]:
    found = []
    checks = [cell for cell in cells if cell.kind == "check"]
    for cell in cells:
        if cell.kind == "exercise" and not any(check.name == cell.name for check in checks):
            found.append(Problem(cell.line, f"the exercise {cell.name!r} has no check"))
    for position, check in enumerate(checks):
        first = next(other for other in checks if other.name == check.name)
        if first is not checks[position]:
            message = f"a second check of {check.name!r}; the first is in line {first.line}"
            found.append(Problem(check.line, message))
    answers = [cell for cell in cells if cell.kind == "answer"]
    for cell in answers[MOST_ANSWERS:]:
        found.append(Problem(cell.line, f"more than {MOST_ANSWERS} written answers"))
    return found
