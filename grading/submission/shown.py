"""What the outputs of a notebook say about its visible checks; nothing is run, or believed."""

import re
from typing import Any

from grading.submission.read import joined, read

CHECK = re.compile(r"^def check_(\w+)\(", re.MULTILINE)


def outcomes_shown(content: bytes) -> dict[str, str]:
    """The outcome that stands under each check that was run.

    Args:
        content: bytes of a notebook.

    Returns:
        A dict from exercise to "passed" or "failed".

    Raises:
        SubmissionError: it is no notebook, or one that is too large.
    """
    outcomes = {}
    for cell in read(content)[0]:
        if cell.kind == "code" and (check := CHECK.search(cell.source)):
            exercise = check[1]
            outputs = [one for one in cell.outputs if isinstance(one, dict)]
            if any(one.get("output_type") == "error" for one in outputs):
                outcomes[exercise] = "failed"
            elif any(f"✓ {exercise} passed" in _text(one) for one in outputs):
                outcomes[exercise] = "passed"
    return outcomes


def _text(output: dict[str, Any]) -> str:
    return joined(output.get("text"))
