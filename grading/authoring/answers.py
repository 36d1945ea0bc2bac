"""Right and wrong answers to the exercises: how they are written down and how they are read.

A file tests/answers/NN_name.py imports `right` and `wrong` from here. `@right("mse_per_image")`
stands above a function that the check must accept, and
`@wrong("mse_per_image", says="averaged over the batch")` above one that it must refuse in those
words.
"""

import importlib.util
from dataclasses import dataclass

MARK = "_answers_to"


@dataclass(frozen=True)
class Answer:
    """One answer to one exercise; `says` is the text that its message must hold if it is wrong."""

    exercise: str
    label: str
    value: object
    right: bool
    says: str = ""


def right(exercise):
    """Marks a function or class as an answer that every check of `exercise` must accept."""
    return _marker(exercise, True, "")


def wrong(exercise, *, says):
    """Marks a function or class as an answer that a check of `exercise` must refuse.

    Args:
        exercise: name of the exercise.
        says: text that the message must hold: the mistake, in words.
    """
    if not says.strip():
        message = f"a wrong answer to {exercise} needs says='the words its message must hold'"
        raise ValueError(message)
    return _marker(exercise, False, says)


def _marker(exercise, is_right, says):
    def mark(value):
        marks = vars(value).get(MARK, ())
        setattr(value, MARK, ((exercise, is_right, says), *marks))
        return value

    return mark


def load(path):
    """Reads the answers of a file, in the order in which they stand there.

    Args:
        path: tests/answers/NN_name.py.

    Returns:
        A list of `Answer`.
    """
    spec = importlib.util.spec_from_file_location(f"answers_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [
        Answer(exercise, label, value, is_right, says)
        for label, value in vars(module).items()
        for exercise, is_right, says in getattr(value, "__dict__", {}).get(MARK, ())
    ]
