"""Right and wrong answers to the exercises: how they are written down and how they are read.

A file tests/answers/NN_name.py imports `right` and `wrong` from here. `@right("mse_per_image")`
stands above a function that the check must accept, and
`@wrong("mse_per_image", says="averaged over the batch")` above one that it must refuse in those
words.
"""

import ast
import importlib.util
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

MARK = "_answers_to"

Marked = TypeVar("Marked")


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise; `says` is the text that its message must hold if it is wrong."""

    exercise: str
    label: str
    value: Any
    right: bool
    says: str = ""


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
        ValueError: two answers have the same name, so the first of them would be lost.
    """
    body = ast.parse(path.read_text(encoding="utf-8")).body
    names = [node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"the name {twice[0]!r} is there twice; the first answer would be lost")
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no file of Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [
        Answer(exercise, label, value, is_right, says)
        for label, value in vars(module).items()
        for exercise, is_right, says in getattr(value, "__dict__", {}).get(MARK, ())
    ]
