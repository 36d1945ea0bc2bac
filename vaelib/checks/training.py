"""Calls of functions that train, where a check looks at the weights that they leave."""

from typing import Any

from vaelib.checks.demands import call


def call_training(name: str, function: Any, *args: Any, case: str | None = None) -> Any:
    """Call a student's training step, which changes the weights of the models that it is given.

    It is called once, since a second call would start from other weights. When it is graded, the
    models are trained in the student's process and get the weights that they have there, while an
    optimizer stays as it was; so give each call a new one.

    Args:
        name: the exercise.
        function: the student's function.
        args: its arguments; the Keras models among them are changed.
        case: the hidden case, if this is one.

    Returns:
        What the function returns.

    Raises:
        CheckFailed: as `call` does.
    """
    __tracebackhide__ = True  # IPython shows the cell and the message, not this
    # A stand-in for a student's function knows how to take over weights.
    taking = getattr(type(function), "taking_weights", None)
    return call(name, taking(function) if taking else function, *args, steady=False, case=case)
