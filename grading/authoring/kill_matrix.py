"""Tries every check on right and wrong answers, on the solution and on the untouched stub.

A wrong answer that passes, a right one that fails, and a message that names another mistake are
faults of the check. So is a promise of a docstring that nothing tries: see
`grading.authoring.breaking`.
"""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import vaelib  # noqa: F401 - before the answers import Keras: it keeps TensorFlow's messages away
from grading.authoring import answers, breaking, promises
from grading.authoring.answers import Answer
from grading.authoring.checks import private_folder
from grading.authoring.lesson import read
from grading.authoring.markers import stubbed
from grading.authoring.sections import settings_cell
from grading.authoring.source import Cell, Problem, RefusedError, chosen
from grading.sandbox.checking import run_check
from grading.sandbox.work import BROKEN, FAILED, PASSED

FEWEST_WRONG = 5
FEWEST_RIGHT = 2
UNTOUCHED = "not implemented yet"


@dataclass
class Table:
    """What came out: `rows` of (exercise, answer, kind, verdict, message), and the `faults`.

    An answer is right, wrong, or made to break one promise of a docstring.
    """

    rows: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)


def run(path: Path) -> Table:
    """Tries the checks of one lesson on the answers in tests/answers/.

    Args:
        path: solutions/NN_name.py of a course.

    Returns:
        A `Table`.

    Raises:
        RefusedError: the lesson cannot be read, or one of its cells does not run.
    """
    table = Table()
    lesson = read(path)
    named = {cell.name for cell in lesson.cells if cell.kind == "check"}
    checks = {name: check for name, check in lesson.checks.items() if name in named}
    file, where = path.parent.parent / "tests" / "answers" / path.name, answers.name_of(path.name)
    if not file.is_file():
        message = "there is no such file; the checks were tried on nothing"
        table.faults.append(Problem(1, message, where))
        return table
    try:
        given = answers.load(file)
    except RefusedError as error:
        table.faults += error.problems
        return table
    for answer in given:
        if answer.exercise not in checks:
            message = f"answers {answer.exercise!r}, which is no exercise of {path.name}"
            table.faults.append(Problem(answer.line, message, where))
    for exercise, solution, stub in _own(lesson.cells):
        name = exercise.name
        if name not in checks:
            message = f"the exercise {name!r} has no check"
            table.faults.append(Problem(exercise.line, message))
            continue
        mine = [answer for answer in given if answer.exercise == name]
        for kind, fewest, count in (
            ("wrong", FEWEST_WRONG, sum(not answer.right for answer in mine)),
            ("right", FEWEST_RIGHT, sum(answer.right for answer in mine)),
        ):
            if count < fewest:
                message = f"{count} {kind} answers to {name}, not {fewest}"
                table.faults.append(Problem(1, message, where))
        sizes: list[dict[str, int]] = []
        own = [
            Answer(name, "the solution", promises.sizes(solution, sizes), True),
            Answer(name, "the stub", stub, False, UNTOUCHED),
        ]
        made = [Answer(name, text, value, False) for text, value in breaking.broken(solution)]
        for answer in own + made + mine:
            verdict = run_check(checks[name].cell, name, answer.value)
            message = verdict.message
            if verdict.outcome == BROKEN:  # what escaped, which only the check's author can mend
                message = f"{verdict.error}: {verdict.text}"
            kind = "right" if answer.right else "break" if answer in made else "wrong"
            table.rows.append((name, answer.label, kind, verdict.outcome, message))
            if fault := _fault(answer, verdict.outcome, message):
                fault = f"{name} × {answer.label}{_place(answer, where)}: {fault}"
                table.faults.append(Problem(checks[name].line, fault, lesson.file))
        if fault := promises.coincide(sizes):
            table.faults.append(Problem(checks[name].line, f"{name}: {fault}", lesson.file))
    return table


def _fault(answer: Answer, outcome: str, message: str) -> str:
    """What is wrong with a check that says this of an answer, or ''."""
    if outcome == BROKEN:
        return f"the check lets another error escape: {message}"
    if answer.right:
        return f"a right answer fails: {message}" if outcome == FAILED else ""
    if outcome == PASSED:
        return "a wrong answer passes"
    if answer.says not in message:
        return f"should say {answer.says!r}, says: {message}"
    if not message.startswith(answer.exercise):
        return f"the message does not start with {answer.exercise!r}: {message}"
    return ""


def _place(answer: Answer, where: str) -> str:
    return f" ({where}:{answer.line})" if answer.line else ""


def _own(cells: list[Cell]) -> list[tuple[Cell, Any, Any]]:
    """Each exercise with its solution and its untouched stub, made by running their cells alone."""
    imports = next(cell for cell in cells if cell.type == "code")
    namespace: dict[str, Any] = {"__name__": "solution"}
    found = []
    for cell in (imports, settings_cell(cells)):
        if cell:  # the build refuses a lesson without settings; the matrix can do without
            _run(cell, cell.source, namespace)
    for cell in cells:
        if cell.kind == "exercise":
            untouched = dict(namespace)
            _run(cell, stubbed(cell.source), untouched)
            _run(cell, cell.source, namespace)
            found.append((cell, namespace[cell.name], untouched[cell.name]))
    return found


def _run(cell: Cell, source: str, namespace: dict[str, Any]) -> None:
    try:
        exec(compile(source, f"<line {cell.line}>", "exec", dont_inherit=True), namespace)
    except Exception as error:
        message = "this cell does not run after the imports, the settings and the exercises before"
        problem = Problem(cell.line, f"{message}: {type(error).__name__}: {error}")
        raise RefusedError([problem]) from error


def text(table: Table) -> str:
    """The table for people: one line an answer, under the name of its exercise."""
    lines: list[str] = []
    last = ""
    width = max((len(row[1]) for row in table.rows), default=0)
    for name, label, kind, outcome, message in table.rows:
        if name != last:
            lines += ["", name]
            last = name
        words = " ".join(message.split())
        lines.append(f"  {kind}  {label:{width}}  {outcome:6}  {words}".rstrip())
    return "\n".join(lines[1:])


def main(arguments: list[str] | None = None) -> int:
    """Prints the tables; the exit status is 1 if a check is at fault."""
    parser = argparse.ArgumentParser(
        prog="python -m grading.authoring.kill_matrix", description=__doc__
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 01_autoencoder")
    parser.add_argument("--course-dir", type=Path, default=Path(), help="where solutions/ is")
    options = parser.parse_args(arguments)
    try:
        paths = chosen(options.course_dir, options.names)
        private_folder(options.course_dir)
    except RefusedError as error:
        parser.error(error.problems[0].message)
    rows, faults = [], []
    for path in paths:
        try:
            table = run(path)
        except RefusedError as error:
            table = Table(faults=error.problems)
        rows += table.rows
        faults += RefusedError(table.faults).told(f"solutions/{path.name}:")
        print(f"{path.stem}\n\n{text(table)}\n", flush=True)
    print("\n".join(faults), file=sys.stderr, flush=True)
    exercises = len({row[0] for row in rows})
    made = [row for row in rows if row[2] == "break"]
    rows = [row for row in rows if row[2] != "break"]
    if made:
        refused = sum(row[3] != PASSED for row in made)
        print(f"{len(made)} answers that break a promise, of which {refused} are refused")
    passed = sum(row[3] == PASSED for row in rows)
    print(
        f"{exercises} exercises, {len(rows)} answers: {passed} passed, "
        f"{len(rows) - passed} refused, {len(faults)} faults"
    )
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
