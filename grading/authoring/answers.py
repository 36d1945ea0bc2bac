"""Right and wrong answers to the exercises: how they are written down and how they are read.

A file tests/answers/NN_name.py imports `right` and `wrong` from here. `@right("mse_per_image")`
stands above a function that the check must accept, and
`@wrong("mse_per_image", says="averaged over the batch")` above one that it must refuse in those
words.
"""

import ast
import importlib.util
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from grading.authoring.source import Problem, RefusedError

MARK = "_answers_to"

Marked = TypeVar("Marked")


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise.

    `says` is the text that its message must hold if it is wrong, and `line` is where it stands in
    its file; 0 if it is of no file.
    """

    exercise: str
    label: str
    value: Any
    right: bool
    says: str = ""
    line: int = 0


def right(exercise: str) -> Callable[[Marked], Marked]:
    """Marks a function or class as an answer that every check of `exercise` must accept."""
    return _marker(exercise, True, "")


def wrong(exercise: str, *, says: str) -> Callable[[Marked], Marked]:
    """Marks a function or class as an answer that a check of `exercise` must refuse.

    Args:
        exercise: name of the exercise.
        says: text that the message must hold: the mistake, in words.
    """
    if not says.strip():
        message = f"a wrong answer to {exercise} needs says='the words its message must hold'"
        raise ValueError(message)
    return _marker(exercise, False, says)


def _marker(exercise: str, is_right: bool, says: str) -> Callable[[Marked], Marked]:
    def mark(value: Marked) -> Marked:
        marks = vars(value).get(MARK, ())
        setattr(value, MARK, ((exercise, is_right, says), *marks))
        return value

    return mark


def load(path: Path) -> list[Answer]:
    """Reads the answers of a file, in the order in which they stand there.

    Args:
        path: tests/answers/NN_name.py.

    Returns:
        A list of `Answer`.

    Raises:
        RefusedError: the file does not run, or two of its answers have the same name, so the first
            of them would be lost.
    """
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise _refused(path, error.lineno or 1, f"syntax error: {error.msg}") from error
    except Exception as error:  # such as an answer without `says`
        frames = traceback.extract_tb(error.__traceback__)
        line = max((one.lineno or 1 for one in frames if one.filename == str(path)), default=1)
        raise _refused(path, line, f"{type(error).__name__}: {error}") from error
    lines: dict[str, int] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if node.name in lines:
                first = f"the name {node.name!r} is there twice; the first, in line"
                message = f"{first} {lines[node.name]}, would be lost"
                raise _refused(path, node.lineno, message)
            lines[node.name] = node.lineno
    return [
        Answer(exercise, label, value, is_right, says, lines.get(label, 0))
        for label, value in vars(module).items()
        for exercise, is_right, says in getattr(value, "__dict__", {}).get(MARK, ())
    ]


def _refused(path: Path, line: int, message: str) -> RefusedError:
    return RefusedError([Problem(line, message, name_of(path.name))])


def name_of(lesson: str) -> str:
    """What messages call the file of a lesson's answers, such as 'tests/answers/01_toy.py'."""
    return f"tests/answers/{lesson}"
