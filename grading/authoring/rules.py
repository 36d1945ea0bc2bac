"""What the build refuses in the cells of a source: headers, exercises, checks and answers."""

import ast
import keyword

from grading.authoring.markers import SOLUTION, marker_problems, regions, stubbed
from grading.authoring.names import defined, foreign, left_behind, uses
from grading.authoring.sections import section_problems

KEYS = {
    ("code", "exercise"): {"exercise"},
    ("code", "check"): {"check", "points"},
    ("code", "compare"): {"compare"},
    ("code", ""): set(),
    ("markdown", "answer"): {"answer", "points"},
    ("markdown", "predict"): {"predict"},
    ("markdown", ""): set(),
}
MOST_ANSWERS = 2
LONGEST_NAME = 50


def problems(cells):
    """Checks a source against every rule of the course.

    Args:
        cells: what `grading.authoring.source.parse` read.

    Returns:
        Pairs (line number, message), in the order of the file; an empty list when all is well.
    """
    found = []
    for cell in cells:
        found += _header(cell)
        found += marker_problems(cell)
    if not found:  # with a broken header the rules below would only repeat it
        found += _names(cells)
        for cell in cells:
            if cell.kind == "exercise":
                found += _exercise(cell)
            elif cell.kind == "check":
                found += _check(cell, cells)
            elif cell.kind == "answer":
                found += _answer(cell)
        found += _pairs(cells)
        found += section_problems(cells)
    return sorted(set(found))


def _header(cell):
    kind = cell.kind
    known = KEYS.get((cell.type, kind))
    if known is None and cell.type not in ("code", "markdown"):
        return [(cell.line, f"a {cell.type} cell; write code or [markdown]")]
    if known is None:
        other = "markdown" if cell.type == "code" else "code"
        return [(cell.line, f"{kind!r} belongs on a {other} cell")]
    found = [
        (cell.line, f"unknown header key {key!r} on {_article(kind or cell.type)} cell")
        for key in cell.header
        if key not in known
    ]
    if found or not kind or kind == "compare":
        return found
    name = cell.name
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
        found.append((cell.line, f"{kind}={name!r} is not a name; write letters, digits and _"))
    elif keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        found.append((cell.line, f"{kind}={name!r} is a keyword or over {LONGEST_NAME} letters"))
    if "points" in known and "points" not in cell.header:
        found.append((cell.line, f"the {kind} {name!r} has no points"))
    elif "points" in known and cell.points <= 0:
        message = f"the {kind} {name!r} has points={cell.header['points']!r}"
        found.append((cell.line, f"{message}; write a positive whole number"))
    return found


def _article(word):
    return ("an " if word[0] in "aeiou" else "a ") + word


def _names(cells):
    found, taken = [], {}
    for cell in cells:
        if cell.kind in ("exercise", "answer", "predict"):
            ids = [cell.name] if cell.kind != "predict" else [cell.name, f"predict_{cell.name}"]
            ids += [f"check_{cell.name}"] if cell.kind == "exercise" else []
            clash = next((name for name in ids if name in taken), None)
            if clash:
                message = f"the name {cell.name!r} is taken by the cell in line {taken[clash]}"
                found.append((cell.line, message))
            for name in ids:
                taken.setdefault(name, cell.line)
    return found


def _exercise(cell):
    inside, _ = regions(cell.lines, SOLUTION)
    if not inside:
        return [(cell.line, f"the exercise {cell.name!r} has no solution between {SOLUTION[0]} …")]
    try:
        functions, others = defined(cell.source)
        stub = ast.parse(stubbed(cell.source))
    except SyntaxError as error:
        return [_syntax(cell, error)]
    found = []
    if cell.name not in functions + others:
        found.append((cell.line, f"this cell does not define {cell.name!r}"))
    for name in functions:
        if name != cell.name and not name.startswith("_"):
            found.append((cell.line, f"the cell of {cell.name!r} also defines {name!r}"))
    stops = any(isinstance(node, ast.Raise) for node in stub.body)
    lost = cell.name not in [name for names in defined(ast.unparse(stub)) for name in names]
    if cell.name in functions + others and (stops or lost):
        message = f"{SOLUTION[0]} must be indented inside {cell.name!r}"
        found.append((inside[0][0], f"{message}, so that the stub still defines it"))
    return found


def _check(cell, cells):
    exercises = {other.name: other for other in cells if other.kind == "exercise"}
    if cell.name not in exercises:
        return [(cell.line, f"a check of {cell.name!r}, which is no exercise of this notebook")]
    if exercises[cell.name].line > cell.line:
        return [(cell.line, f"the check of {cell.name!r} stands before its exercise")]
    try:
        tree = ast.parse(cell.source)
        unfair = foreign(cell.source, {cell.name})
        used = uses(cell.source, cell.name)
    except SyntaxError as error:
        return [_syntax(cell, error)]
    stars = [
        (cell.first + node.lineno - 1, f"the check of {cell.name!r} imports * from {node.module}")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]
    if stars:
        return stars
    message = f"the check of {cell.name!r} uses {{!r}}, neither its exercise nor its own"
    found = [(cell.first + line - 1, message.format(name)) for name, line in unfair.items()]
    own = f"check_{cell.name}"
    left = [name for name in left_behind(cell.source) if name != own]
    if left:  # any of them could be the name of a student's own helper
        names = ", ".join(repr(name) for name in left[:3]) + (", …" if left[3:] else "")
        message = f"the check of {cell.name!r} leaves {names} in the student's notebook"
        found.append((cell.line, f"{message}; put it inside a function {own}"))
    calls = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Expr)]
    if own in defined(cell.source)[0] and f"{own}()" not in calls:
        found.append((cell.line, f"the check of {cell.name!r} defines {own} and never calls it"))
    if not used:
        found.append((cell.line, f"the check of {cell.name!r} never uses it"))
    return found


def _syntax(cell, error):
    return cell.first + (error.lineno or 1) - 1, f"syntax error: {error.msg}"


def _answer(cell):
    if regions(cell.lines, SOLUTION)[0]:
        return []
    message = (
        f"the answer {cell.name!r} has no model answer between {SOLUTION[0]} and {SOLUTION[1]}"
    )
    return [(cell.line, f"{message}; nbgrader would put the stub for the whole cell")]


def _pairs(cells):
    found = []
    checks = [cell for cell in cells if cell.kind == "check"]
    for cell in cells:
        if cell.kind == "exercise" and not any(check.name == cell.name for check in checks):
            found.append((cell.line, f"the exercise {cell.name!r} has no check"))
    for position, check in enumerate(checks):
        first = next(other for other in checks if other.name == check.name)
        if first is not checks[position]:
            message = f"a second check of {check.name!r}; the first is in line {first.line}"
            found.append((check.line, message))
    answers = [cell for cell in cells if cell.kind == "answer"]
    for cell in answers[MOST_ANSWERS:]:
        found.append((cell.line, f"more than {MOST_ANSWERS} written answers"))
    return found
