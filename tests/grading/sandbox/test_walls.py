"""What attackers try against the walls of a jail itself, as root and as an ordinary user.

An attack is a file of tests/attacks/walls, run in a bare jail of 1 GiB. What it gained is what it
calls `answer`: nothing, ever. If it says ENDS, its keeper has to end it, and to say why.
"""

import ast
import re
from pathlib import Path

import pytest

from grading.sandbox import keeper

pytestmark = pytest.mark.jail

ATTACKS = {
    path.stem: path.read_text("utf-8")
    for path in (Path(__file__).resolve().parents[2] / "attacks" / "walls").glob("*.py")
}


def constant(text, name):
    """What an attack says of itself, or ''."""
    return next(
        (
            ast.literal_eval(node.value)
            for node in ast.parse(text).body
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
        ),
        "",
    )


@pytest.mark.parametrize("attack", sorted(ATTACKS))
def test_an_attack_on_the_walls_gains_nothing(jailed, attack):
    text = ATTACKS[attack]
    came = jailed(text)
    ends = constant(text, "ENDS")
    assert came.error == ""
    if ends:
        assert (came.how, came.answer) == (ends, None)
    else:
        assert came.answer == []
        assert came.how == keeper.HUNG_UP


def test_every_attack_on_the_walls_says_in_a_sentence_what_it_tries():
    assert len(ATTACKS) >= 20
    for name, text in ATTACKS.items():
        assert re.match(r'"""[^\n]+\.\"""\n', text), name
