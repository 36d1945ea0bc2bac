"""Reads checks/NN_name.py, and makes of each function the cell that a notebook has.

The file holds imports and a function `check_NAME(NAME)` for each exercise. In a notebook a check
stands alone, so its cell has the imports that it uses inside the function.
"""

import ast
import os
from dataclasses import dataclass
from pathlib import Path

from grading.authoring.markers import HIDDEN, marker_problems, regions
from grading.authoring.names import looked_up
from grading.authoring.source import Lines, Problem, RefusedError, sources

SETTING = "VAE_CHECKS"  # names another folder of checks, such as a private one
PREFIX = "check_"
INDENT = "    "
NOTES = "from vaelib.checks import check_begins, check_passed"
TITLE = "# @title "  # how Colab knows the line that it shows of a folded cell

Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True)
class Check:
    """The check of one exercise.

    `source` is the text of its function, which begins in `line` of the file. `cell` is the text of
    the notebook's cell. `foreign` tells which names it looks up that its file does not import, and
    in which line of the file; builtins are among them. `tried` is its docstring, which says what
    its visible part tries, or ''.
    """

    exercise: str
    source: str
    line: int
    cell: str
    foreign: dict[str, int]
    tried: str = ""

    @property
    def lines(self) -> Lines:
        """Pairs (line in the file, text) over the function's text."""
        return list(enumerate(self.source.split("\n"), start=self.line))

    @property
    def has_hidden_cases(self) -> bool:
        """Whether it has a part that students do not get."""
        return HIDDEN[0] in self.source


def private_folder(root: Path) -> Path | None:
    """The folder of checks that the environment variable `VAE_CHECKS` names, or None.

    Raises:
        RefusedError: it is no folder, it has no checks of any lesson, or those of none.
    """
    named = os.environ.get(SETTING)
    if not named:
        return None
    lessons = [path.name for path in sources(root)]
    if not Path(named).is_dir():
        wrong = "which is a file; name its folder" if Path(named).exists() else "which is not there"
        raise RefusedError([Problem(1, f"{SETTING} names {named}, {wrong}")])
    if not any(Path(named, name).is_file() for name in lessons):
        message = f"{SETTING} names {named}, which has no checks of any lesson"
        raise RefusedError([Problem(1, f"{message}; there is {', '.join(lessons)}")])
    strange = sorted(path.name for path in Path(named).glob("*.py") if path.name not in lessons)
    if strange:
        message = f"{SETTING} names {named}, where {', '.join(strange)} belongs to no lesson"
        raise RefusedError([Problem(1, f"{message}; there is {', '.join(lessons)}")])
    return Path(named)


def parse(text: str, file: str) -> dict[str, Check]:
    """Reads a file of checks.

    Args:
        text: the content of the file.
        file: what messages call it, such as 'checks/01_autoencoder.py'.

    Returns:
        A dict from the name of an exercise to its `Check`.

    Raises:
        RefusedError: it holds anything but imports and checks.
    """
    try:
        compile(text, file, "exec", dont_inherit=True)
    except SyntaxError as error:
        message = f"syntax error: {error.msg}"
        raise RefusedError([Problem(error.lineno or 1, message, file)]) from error
    tree, lines = ast.parse(text), text.split("\n")
    body = tree.body[1:] if ast.get_docstring(tree) is not None else tree.body
    imports = [node for node in body if isinstance(node, Import)]
    ends = [node.lineno - 1 for node in body[1:]] + [len(lines)]
    checks: dict[str, Check] = {}
    problems: list[Problem] = []
    outside = dict(enumerate(lines, start=1))
    for node, end in zip(body, ends, strict=True):
        if isinstance(node, Import):
            wrong = "an import of *; name what the checks use" * (node.names[0].name == "*")
        elif not isinstance(node, ast.FunctionDef) or not node.name.startswith(PREFIX):
            message = f"only imports and functions {PREFIX}NAME(NAME) may stand here"
            wrong = f"{message}, since a check stands alone in a notebook; put it inside a check"
        elif wrong := _signature_problem(node, lines):
            for number in range(node.lineno, end + 1):  # its markers are where they belong
                outside.pop(number, None)
        else:
            check = _check(node, lines[node.lineno - 1 : end], imports)
            if check.exercise in checks:
                first = checks[check.exercise].line
                wrong = f"a second check of {check.exercise!r}; the first is in line {first}"
            checks.setdefault(check.exercise, check)
            for number, _ in check.lines:
                del outside[number]
        if wrong:
            problems.append(Problem(node.lineno, wrong))
    problems += marker_problems(list(outside.items()))
    if problems:
        raise RefusedError(sorted(problem._replace(file=file) for problem in problems))
    return checks


def _signature_problem(node: ast.FunctionDef, lines: list[str]) -> str:
    exercise = node.name.removeprefix(PREFIX)
    wanted = f"def {PREFIX}{exercise}({exercise}):"
    if lines[node.lineno - 1].rstrip() == wanted and not node.decorator_list:
        return ""
    return f"write {wanted!r}; a check takes the student's answer, named like the exercise"


def _check(node: ast.FunctionDef, lines: list[str], imports: list[Import]) -> Check:
    """Makes a check of a function and the lines from its first to the next statement.

    Comments behind its last statement belong to it if they are indented.
    """
    last = (node.end_lineno or node.lineno) - node.lineno + 1
    indented = [number for number, text in enumerate(lines, start=1) if text[:1] in (" ", "\t")]
    lines = lines[: max(last, *indented)]
    names = looked_up("\n".join(lines))
    known = {_bound(alias) for one in imports for alias in one.names}
    return Check(
        exercise=node.name.removeprefix(PREFIX),
        source="\n".join(lines),
        line=node.lineno,
        cell=_cell(node, lines, imports),
        foreign={name: node.lineno + n - 1 for name, n in names.items() if name not in known},
        tried=ast.get_docstring(node) or "",
    )


def _cell(node: ast.FunctionDef, lines: list[str], imports: list[Import]) -> str:
    """The function with its imports inside, and its call: nothing else is bound by the cell.

    What only hidden parts use is imported behind the first of their markers. At its beginning and
    at its end the function notes how far it came.
    """
    exercise = node.name.removeprefix(PREFIX)
    more = ", hidden_cases=True" * any(HIDDEN[0] in line for line in lines)
    names = set(looked_up("\n".join(lines)))
    marker = INDENT + f"# {HIDDEN[0]}"
    if marker in lines:
        inside = {number for number, _ in regions(list(enumerate(lines)), HIDDEN)[0]}
        shown = [text for number, text in enumerate(lines) if number not in inside]
        hidden = names - set(looked_up("\n".join([*shown, f"{INDENT}pass"])))
        at = lines.index(marker) + 1
        lines = [*lines[:at], *_only(imports, hidden), *lines[at:]]
        names -= hidden
    documented = ast.get_docstring(node) is not None
    head = (node.body[0].end_lineno or node.lineno) - node.lineno + 1 if documented else 1
    needed = [*_only(imports, names), INDENT + NOTES]
    rest = "\n".join(lines[head:]).lstrip("\n")
    begins = f'{INDENT}check_begins("{exercise}")'
    ends = f'{INDENT}check_passed("{exercise}", {node.name}.__doc__{more})'
    lines = [*lines[:head], *needed, "", begins, rest, ends]
    return "\n".join([*lines, "", "", f"{node.name}({exercise})"])


def _only(imports: list[Import], names: set[str]) -> list[str]:
    """The lines of a function that import those names that are among `names`."""
    lines = []
    for node in imports:
        kept = [alias for alias in node.names if _bound(alias) in names]
        if kept and isinstance(node, ast.Import):
            lines.append(INDENT + ast.unparse(ast.Import(kept)))
        elif kept and isinstance(node, ast.ImportFrom):
            lines.append(INDENT + ast.unparse(ast.ImportFrom(node.module, kept, node.level)))
    return lines


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
