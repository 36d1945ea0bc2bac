"""What a student is told of checks that passed: a line for each, and a table of all.

What passed is known for as long as the kernel runs. It is for the student's eyes alone: a grader
decides by what a check raises.
"""

from collections.abc import Mapping

PASSED, FAILED, NOT_RUN, BY_HAND = "passed", "failed", "not run", "by hand"
MORE = "hidden cases try more of the same kinds"

_outcomes: dict[str, str] = {}  # of each exercise whose check began since the kernel started


def check_begins(exercise: str) -> None:
    """Note that a check runs: until it is at its end, it counts as failed.

    Args:
        exercise: its name.
    """
    _outcomes[exercise] = FAILED


def check_passed(exercise: str, tried: str, *, hidden_cases: bool = False) -> None:
    """Note that a check is at its end, and print the line that says so.

    Args:
        exercise: its name.
        tried: what the check tries, in words.
        hidden_cases: whether grading will try more than the visible part does.
    """
    _outcomes[exercise] = PASSED
    print(passed_line(exercise, tried, hidden_cases=hidden_cases))


def passed_line(exercise: str, tried: str, *, hidden_cases: bool) -> str:
    """The line under a check that passed.

    Args:
        exercise: its name.
        tried: what the check tries, in words.
        hidden_cases: whether grading will try more than the visible part does.
    """
    return f"✓ {exercise} {PASSED} · tried: {tried}" + f"; {MORE}" * hidden_cases


def where_am_i(points: Mapping[str, int], by_hand: Mapping[str, int]) -> None:
    """Print what has passed since the kernel started, and what remains.

    Args:
        points: for each exercise of the notebook, its points.
        by_hand: for each written answer, its points.
    """
    print(progress(points, by_hand, _outcomes))


def progress(
    points: Mapping[str, int], by_hand: Mapping[str, int], outcomes: Mapping[str, str]
) -> str:
    """The table of a notebook's exercises and written answers, and a sentence about the points.

    Args:
        points: for each exercise of the notebook, its points.
        by_hand: for each written answer, its points.
        outcomes: for each exercise whose check was run, PASSED or FAILED.
    """
    said = {name: outcomes.get(name, NOT_RUN) for name in points} | dict.fromkeys(by_hand, BY_HAND)
    worth = {**points, **by_hand}
    width = max(map(len, ("exercise", *worth)))
    lines = [f"{'exercise':{width}}  points  visible check"]
    lines += [f"{name:{width}}  {worth[name]:6}  {outcome}" for name, outcome in said.items()]
    done = sum(worth[name] for name, outcome in said.items() if outcome == PASSED)
    sentence = f"Visible checks have passed for {done} of {sum(points.values())} points."
    if by_hand:
        sentence += f" A person reads the written answers, for {sum(by_hand.values())} more."
    return "\n".join([*lines, "", sentence])
