"""Passes that find out which released cell each cell is that was handed in.

A pass takes the `State` that the one before it left, changes nothing in it, and gives a new one.
"""

from collections.abc import Iterable
from dataclasses import replace

from nbformat import NotebookNode

from grading.notebook import exercise_of, grade_id, is_answer, is_check, is_exercise
from grading.submission.cells import Given, State, folded
from grading.submission.read import SubmissionError

FOREIGN = 3  # exercises that tell the notebook of another assignment
LONGEST_NAME = 60  # characters of a name that is told
STUB = "*Your answer goes here.*"


def refuse_another_assignment(state: State) -> State:
    """Takes the grade ids of all cells.

    Leaves the state as it is, or raises SubmissionError if most are those of another assignment.
    """
    named = {one.grade_id for one in state.given} - {""}
    known = {grade_id(cell) for cell in state.released}
    foreign = sorted(named - known)
    if len(foreign) >= FOREIGN and len(foreign) > len(named & known):
        names = ", ".join(f"`{name[:LONGEST_NAME]}`" for name in foreign[:FOREIGN])
        raise SubmissionError(f"this is the notebook of another assignment: it has {names}")
    return state


def match_by_key(state: State) -> State:
    """Takes what still has the grade id or the id of a released cell.

    Leaves it matched to that cell, whatever its kind.
    """
    places: dict[str, int] = {}
    for index, cell in enumerate(state.released):
        places |= {key: index for key in (cell.id, grade_id(cell)) if key}
    given = []
    for one in state.given:
        named = [places[key] for key in one.keys if key in places]
        given.append(replace(one, match=named[0] if named else None))
    return state.having(given=tuple(given))


def restore_kinds(state: State) -> State:
    """Takes cells whose kind is not that of the released cell that they have the name of.

    Leaves graded ones in the released kind, if no other cell stands for it; the rest unmatched.
    """
    kinds = [cell.cell_type for cell in state.released]
    taken = {i for one in state.given if (i := one.match) is not None and kinds[i] == one.kind}
    given, repairs = [], []
    for one in state.given:
        if one.match is not None and kinds[one.match] != one.kind:
            name = grade_id(state.released[one.match])
            if name and one.match not in taken:
                taken.add(one.match)
                one = replace(one, kind=kinds[one.match])
                kind = {"code": "code", "markdown": "text"}[one.kind]
                repairs.append(
                    f"the cell `{name}` had become another kind; it was made {kind} again"
                )
            else:
                one = replace(one, match=None)
        given.append(one)
    return state.having(given=tuple(given), repairs=repairs)


def match_by_text(state: State) -> State:
    """Takes what no name was found for, and has the text of a released cell.

    Leaves it matched: of several released cells with this text, to the next one.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for index, cell in enumerate(state.released):
        places.setdefault((cell.cell_type, folded(cell.source)), []).append(index)
    taken, last, given = {one.match for one in state.given}, -1, []
    for one in state.given:
        those = places.get((one.kind, folded(one.source)), []) if one.match is None else []
        if those:
            free = [i for i in those if i not in taken]
            one = replace(one, match=next((i for i in free if i > last), [*free, *those][0]))
            taken.add(one.match)
        if one.match is not None:
            last = one.match
        given.append(one)
    return state.having(given=tuple(given))


def place_own_cells(state: State) -> State:
    """Takes cells with and without a match.

    Leaves each with its place: of the student's own, that of the cell that it stands behind.
    """
    last, seen, given = -1, set(), []
    for one in state.given:
        if one.match is None:
            given.append(replace(one, place=last))
            continue
        given.append(replace(one, place=one.match))
        if one.match not in seen:  # a copy further down moves nothing
            last = one.match
        seen.add(one.match)
    return state.having(given=tuple(given))


def match_exercises(state: State) -> State:
    """Takes exercises whose cells have no answer, and own cells that define their names.

    Leaves the last such cell matched if it stands near: any other may need what is before it.
    """
    changed, checks = state.changed(), _checks(state.released)
    given, repairs = state.given, []
    for index, cell in enumerate(state.released):
        if not is_exercise(cell) or changed.get(index):
            continue
        name = grade_id(cell)
        check = next((i for i in checks.get(name, ()) if i >= index), index + 1)
        near = [
            one
            for one in given
            if one.match is None and name in one.names and index - 1 <= one.place < check
        ]
        if near:
            found = replace(near[-1], match=index, place=index)
            given = _instead(given, index, [found])
            repairs.append(f"`{name}` was found in a cell that had lost nbgrader's mark")
    return state.having(given=given, repairs=repairs)


def match_checks(state: State) -> State:
    """Takes own cells that define the function of a check that no cell was found for.

    Leaves them matched to it: a check that lost its name and was changed is no own cell.
    """
    checks = {f"check_{exercise}": those[-1] for exercise, those in _checks(state.released).items()}
    taken, given = {one.match for one in state.given}, []
    for one in state.given:
        mine = [i for name, i in checks.items() if name in one.names and i not in taken]
        if one.match is None and mine:
            one = replace(one, match=mine[0], place=mine[0])
            taken.add(one.match)
        given.append(one)
    return state.having(given=tuple(given))


def match_answers(state: State) -> State:
    """Takes written answers whose cells hold none, and own cells.

    Leaves those that repeat the question, or else the words at its place, matched as one cell.
    """
    changed, given, repairs = state.changed(), state.given, []
    for index, cell in enumerate(state.released):
        if not is_answer(cell) or changed.get(index):
            continue
        question = cell.source.replace(STUB, "").strip()
        before = max((m for one in given if (m := one.match) is not None and m < index), default=-1)
        own = [one for one in given if one.match is None and one.source.strip()]
        asked = [one for one in own if question and folded(question) in folded(one.source)]
        behind = [one for one in own if before <= one.place <= index and one.is_prose]
        if not asked and not behind:
            continue
        first, *others = asked or behind
        parts = [one.source for one in (first, *others)]
        source = "\n\n".join([question] * bool(question and not asked) + parts)
        found = replace(first, match=index, place=index, kind="markdown", source=source)
        given = _instead(given, index, [found, *(replace(one, source="") for one in others)])
        repairs.append(f"the answer `{grade_id(cell)}` was found in a cell that had lost its mark")
    return state.having(given=given, repairs=repairs)


def _checks(released: Iterable[NotebookNode]) -> dict[str, list[int]]:
    """Where the checks of each exercise are."""
    found: dict[str, list[int]] = {}
    for index, cell in enumerate(released):
        if is_check(cell):
            found.setdefault(exercise_of(cell), []).append(index)
    return found


def _instead(given: tuple[Given, ...], index: int, found: Iterable[Given]) -> tuple[Given, ...]:
    """Cells, some of them changed, without the untouched ones that stood for a released cell."""
    changed = {one.number: one for one in found}
    return tuple(changed.get(one.number, one) for one in given if one.match != index)
