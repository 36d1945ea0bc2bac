"""From what is known of a submission to the notebook that is graded."""

import copy
from collections.abc import Callable, Iterator

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.notebook import grade_id, is_check, is_exercise
from grading.submission.cells import Given, State
from grading.submission.outputs import Room, plain_outputs
from grading.submission.syntax import only_defines


def rebuild(
    state: State, metadata: NotebookNode, text: Callable[[str], str]
) -> tuple[NotebookNode, frozenset[str]]:
    """Makes the notebook to grade.

    Args:
        state: what the last pass left.
        metadata: of the released notebook.
        text: makes markdown of a student's harmless.

    Returns:
        nb: its cells are the released ones in their order, and the student's own among them.
        needed: ids of the code cells that have to run before a check.
    """
    nb = nbformat.v4.new_notebook(metadata=copy.deepcopy(metadata))
    needed, room = set(), Room()
    for index, one in in_order(state):
        if one is None or one.number == state.chosen.get(index):
            cell = state.released[index]
            made = _released(cell, one, room, text, grade_id(cell) in state.elsewhere)
            is_needed = _is_needed(made, cell)
        else:
            made = _own(one, f"own-{len(nb.cells)}", room, text)
            is_needed = made.cell_type == "code"
        nb.cells.append(made)
        if is_needed:
            needed.add(made.id)
    return nb, frozenset(needed)


def in_order(state: State) -> Iterator[tuple[int, Given | None]]:
    """Pairs of a released cell's index and a cell at this place, None for a missing one.

    The student's own cells come after what is put back before them, so that theirs count.
    """
    numbers = set(state.chosen.values())
    at: dict[int, list[Given]] = {}
    for one in state.given:
        if one.source.strip() or one.number in numbers:
            at.setdefault(one.place, []).append(one)
    waiting = at.get(-1, [])
    for index in range(len(state.released)):
        if index not in state.chosen:
            yield index, None
            continue
        here = at[index]
        until = [one.number for one in here].index(state.chosen[index]) + 1
        yield from ((index, one) for one in (*waiting, *here[:until]))
        waiting = here[until:]
    yield from ((len(state.released), one) for one in waiting)


def _released(
    cell: NotebookNode,
    one: Given | None,
    room: Room,
    text: Callable[[str], str],
    elsewhere: bool,
) -> NotebookNode:
    """A released cell with what the student made of it."""
    made = copy.deepcopy(cell)
    if cell.cell_type == "code":
        made.outputs, made.execution_count = [], None
    if elsewhere:
        made.source = f"# `{grade_id(cell)}` is in another cell."
    elif one and not is_check(cell) and one.source.strip() != cell.source.strip():
        if cell.cell_type == "code":
            made.source = one.source
        elif not one.says(cell):
            made.source = text(one.source)
    if one and cell.cell_type == "code" and not is_check(cell):
        made.outputs = plain_outputs(one.outputs, room)
    return made


def _own(one: Given, cell_id: str, room: Room, text: Callable[[str], str]) -> NotebookNode:
    """A cell of the student's own."""
    made: NotebookNode
    if one.kind == "code":
        made = new_code_cell(one.source, id=cell_id, outputs=plain_outputs(one.outputs, room))
    else:
        made = new_markdown_cell(text(one.source), id=cell_id)
    return made


def _is_needed(made: NotebookNode, cell: NotebookNode) -> bool:
    if cell.cell_type != "code" or is_check(cell):
        return False
    changed = made.source.strip() != cell.source.strip()
    return changed or is_exercise(cell) or only_defines(cell.source)
