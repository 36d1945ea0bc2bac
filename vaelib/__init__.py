"""The small library behind the course: data, losses, models, plots and the checks of exercises.

Import it before Keras and TensorFlow: it imports them with their start-up messages kept off the
screen, which would otherwise stand under the first cell of every notebook. It imports none of
these modules, so write ``from vaelib import data, plots``.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Send what the whole process writes to stderr, C++ code included, to nowhere for a while."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with _silent_stderr():
    import keras  # noqa: F401

import vaelib.first_edition  # noqa: E402, F401 - imports of the first edition; goes with it
