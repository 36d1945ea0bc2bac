"""What passes work on: the cells that were handed in, and what is known of them so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from nbformat import NotebookNode

from grading.submission.syntax import bound, is_only_text, said


@dataclass(frozen=True)
class Given:
    """A cell as it was handed in, and the released cell that it is.

    Attributes:
        number: what it is known by, whatever a pass changes of it.
        kind: 'code' or 'markdown'.
        source: its text.
        grade_id: as it was handed in, or ''.
        keys: what may name the released cell that it is, the surest first.
        outputs: as they were handed in.
        match: index of the released cell that it is; None if it is the student's own.
        place: `match`, or that of the cell that it stands behind; -1 before all of them.
    """

    number: int
    kind: str
    source: str
    grade_id: str = ""
    keys: tuple[str, ...] = ()
    outputs: tuple[Any, ...] = ()
    match: int | None = None
    place: int = -1

    @property
    def names(self) -> frozenset[str]:
        """What its code binds outside of functions."""
        return bound(self.source) if self.kind == "code" else frozenset()

    @property
    def is_prose(self) -> bool:
        """Whether it holds words: text, comments, or what Jupyter would not run."""
        return self.kind == "markdown" or is_only_text(self.source)

    def says(self, cell: NotebookNode) -> bool:
        """Whether it says what a released cell says; comments in code do not count."""
        if self.source.strip() == cell.source.strip():
            return True
        if self.kind == "markdown":
            return folded(self.source) == folded(cell.source)
        mine = said(self.source)
        return mine is not None and mine == said(cell.source)


@dataclass(frozen=True)
class State:
    """What is known of a submission between two passes.

    Attributes:
        released: the cells of the released notebook.
        given: the cells that were handed in, in their order.
        chosen: dict from the index of a released cell to the number of the cell that counts.
        elsewhere: names of exercises whose answer is in another cell than their own.
        repairs: what was put right, each a sentence.
    """

    released: tuple[NotebookNode, ...]
    given: tuple[Given, ...]
    chosen: dict[int, int] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    repairs: tuple[str, ...] = ()

    def having(self, *, repairs: Iterable[str] = (), **changes: Any) -> "State":
        """This with other values, and with more repairs."""
        return replace(self, repairs=(*self.repairs, *repairs), **changes)

    def matched(self) -> dict[int, list[Given]]:
        """The cells that stand for each released one, by its index."""
        found: dict[int, list[Given]] = {}
        for one in self.given:
            if one.match is not None:
                found.setdefault(one.match, []).append(one)
        return found

    def changed(self) -> dict[int, list[Given]]:
        """Of the cells that stand for each released one, those that say anything else."""
        return {
            index: [one for one in those if not one.says(self.released[index])]
            for index, those in self.matched().items()
        }


def folded(source: str) -> str:
    """A text without what its spaces and line ends say."""
    return " ".join(source.split())
