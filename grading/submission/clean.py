"""From what a student handed in to a notebook that can be trusted in everything but its answers.

Grade ids, kinds, points, locked text and the order of the cells come from the released notebook.
From the submission come the text of answers, the student's own cells, and plain outputs.
"""

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from grading.submission import choosing, matching
from grading.submission.cells import State
from grading.submission.markdown import plain_markdown
from grading.submission.read import pasted, read
from grading.submission.rebuilding import rebuild

PASSES: tuple[Callable[[State], State], ...] = (
    matching.refuse_another_assignment,
    matching.match_by_key,
    matching.restore_kinds,
    matching.match_by_text,
    matching.place_own_cells,
    matching.match_exercises,
    matching.match_checks,
    matching.match_answers,
    choosing.keep_what_checks_define,
    choosing.choose_what_counts,
    choosing.empty_copies,
    choosing.note_order,
    choosing.find_elsewhere,
    choosing.note_missing,
)


@dataclass(frozen=True)
class Clean:
    """A notebook to grade.

    Attributes:
        nb: its cells are the released ones in their order, and the student's own among them.
        needed: ids of the code cells that have to run before a check.
        repairs: what was put right, each a sentence.
        digest: SHA-256 of the file that was handed in.
    """

    nb: NotebookNode
    needed: frozenset[str]
    repairs: list[str]
    digest: str


def clean(
    content: bytes, released: NotebookNode, text: Callable[[str], str] = plain_markdown
) -> Clean:
    """Makes a notebook that can be graded.

    Args:
        content: bytes of the notebook that was handed in.
        released: the notebook that students got.
        text: makes markdown of a student's harmless.

    Returns:
        A `Clean`.

    Raises:
        SubmissionError: it is no notebook, or that of another assignment.
    """
    own = frozenset[str]().union(*(pasted(cell.source) for cell in released.cells))
    given, repairs = read(content, own)
    first = State(tuple(released.cells), given, repairs=repairs)
    last = functools.reduce(lambda state, one: one(state), PASSES, first)
    nb, needed = rebuild(last, released.metadata, text)
    told = list(dict.fromkeys(last.repairs))
    return Clean(nb, needed, told, hashlib.sha256(content).hexdigest())
