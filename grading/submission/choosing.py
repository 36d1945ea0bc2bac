"""Passes that decide which cell counts for each released one, and tell what else is odd.

A pass takes the `State` that the one before it left, changes nothing in it, and gives a new one.
"""

import itertools
from dataclasses import replace

from grading.notebook import grade_id, is_check, is_exercise
from grading.submission.cells import Given, State
from grading.submission.syntax import bound, only_defines

LONGEST_LINE = 60  # characters of a cell that is told


def keep_what_checks_define(state: State) -> State:
    """Takes checks into which the student wrote names that the release does not have there.

    Leaves a copy of each in front of it, as a cell of the student's own: it may be needed.
    """
    fresh = itertools.count(1 + max((one.number for one in state.given), default=0))
    given = []
    for one in state.given:
        if one.match is not None:
            cell = state.released[one.match]
            if is_check(cell) and not one.says(cell) and one.names - bound(cell.source):
                given.append(replace(one, number=next(fresh), match=None, outputs=()))
        given.append(one)
    return state.having(given=tuple(given))


def choose_what_counts(state: State) -> State:
    """Takes all cells that stand for a released one.

    Leaves one chosen: the last that defines the exercise, or else the last that was changed.
    """
    matched, changed = state.matched(), state.changed()
    chosen, repairs = {}, []
    for index, cell in enumerate(state.released):
        if index not in matched:
            continue
        name, those, answers = grade_id(cell), matched[index], changed[index]
        defining = [one for one in answers if name in one.names]
        chosen[index] = (defining or answers or those)[-1].number
        if is_check(cell) and answers:
            repairs.append(f"the check `{name}` differed from the current one, which was used")
        elif not is_check(cell) and len(those) > 1 and name:
            which = "the one with an answer" if len(answers) == 1 else "the last"
            repairs.append(f"the cell `{name}` was there {len(those)} times; {which} counts")
    return state.having(chosen=chosen, repairs=repairs)


def empty_copies(state: State) -> State:
    """Takes cells that stand for a released one and were not chosen.

    Leaves those without text that are checks or say nothing new; the others may be needed.
    """
    given = []
    for one in state.given:
        if one.match is not None and one.number != state.chosen[one.match]:
            cell = state.released[one.match]
            if is_check(cell) or one.says(cell):
                one = replace(one, source="")
        given.append(one)
    return state.having(given=tuple(given))


def note_order(state: State) -> State:
    """Takes the order of the cells that stand for released ones.

    Leaves a repair if it is another than that of the release, which will be used.
    """
    order = list(dict.fromkeys(one.match for one in state.given if one.match is not None))
    told = "cells stood in another order; they were put back into that of the release"
    return state.having(repairs=[told] * (order != sorted(order)))


def find_elsewhere(state: State) -> State:
    """Takes exercises whose own cell is untouched or missing.

    Leaves the names of those that another cell defines, and tells of cells that define others.
    """
    numbered = {one.number: one for one in state.given}
    found, repairs = set(), []
    for index, cell in enumerate(state.released):
        name = grade_id(cell)
        if not is_exercise(cell):
            continue
        others = any(
            one.match != index and name in one.names and _is_new(one, state) for one in state.given
        )
        mine = numbered[state.chosen[index]] if index in state.chosen else None
        if others and (mine is None or mine.says(cell)):
            found.add(name)
            repairs.append(f"`{name}` was found in another cell; its own had no answer")
        elif not others and mine and mine.names and name not in mine.names:
            defined = ", ".join(f"`{other}`" for other in sorted(mine.names)[:3])
            repairs.append(f"left as it was: the cell `{name}` defines {defined}, but no `{name}`")
    return state.having(elsewhere=frozenset(found), repairs=repairs)


def note_missing(state: State) -> State:
    """Takes released cells for which none was chosen.

    Leaves a repair for each that is graded or that others may need; they will be put back.
    """
    repairs = []
    for index, cell in enumerate(state.released):
        name = grade_id(cell)
        if index in state.chosen or name in state.elsewhere:
            continue
        if name:
            repairs.append(f"the cell `{name}` was missing; it was put back")
        elif cell.cell_type == "code" and only_defines(cell.source):
            lines = [line for line in cell.source.splitlines() if line and line[0] != "#"]
            first = lines[0][:LONGEST_LINE]
            repairs.append(f"a cell was missing; it was put back: `{first}`")
    return state.having(repairs=repairs)


def _is_new(one: Given, state: State) -> bool:
    """Whether a cell is no check, and says anything else than the released one that it is."""
    if one.match is None:
        return True
    cell = state.released[one.match]
    return not is_check(cell) and not one.says(cell)
