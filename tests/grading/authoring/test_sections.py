"""What every notebook must have: its title, its sections, its settings and its headings."""

import pytest

from tests.support.lessons import TOY, changed, refused

# The first text in place of the second; the message; and a text in the line that it must name.
REFUSALS = {
    "no title": (
        "# # Doubling and squaring",
        "# Doubling and squaring",
        "its first line the notebook's one '# ' title",
        "# %% [markdown]\n# Doubling",
    ),
    "two titles": (
        "# **You will learn**",
        "# # Another title\n#\n# **You will learn**",
        "its first line the notebook's one '# ' title",
        "# %% [markdown]\n# # Doubling",
    ),
    "no You will learn": (
        "**You will learn** to",
        "You will learn to",
        "the first cell has no **You will learn**",
        "# %% [markdown]\n# # Doubling",
    ),
    "no Before you start": (
        "**Before you start.** Nothing",
        "Nothing",
        "the first cell has no **Before you start**",
        "# %% [markdown]\n# # Doubling",
    ),
    "no Time and points": (
        "**Time and points.** Five",
        "Five",
        "the first cell has no **Time and points**",
        "# %% [markdown]\n# # Doubling",
    ),
    "other points than its cells have": (
        "6 points, 1",
        "7 points, 1",
        "states 7 points, its cells add up to 6",
        "7 points",
    ),
    "no points stated": (
        "Five minutes, 6 points, 1 of them by hand.",
        "Five minutes.",
        "does not state the points; write '6 points'",
        "Five minutes.",
    ),
    "no recap": ("# ## Recap", "# ## The end", "no '## Recap'", "# %% [markdown]\n# ## Further"),
    "no further reading": (
        "# ## Further reading",
        "# ## Books",
        "no '## Further reading'",
        "# %% [markdown]\n# ## Books",
    ),
    "no prompt": (
        '[markdown] predict="half"',
        "[markdown]",
        "no Predict prompt",
        "# %% [markdown]\n# ## Further",
    ),
    "no SEED": (
        "SEED = 1",
        "SIZE = 1",
        "no cell of settings assigns SEED",
        '# %%\n"""What this notebook imports."""',
    ),
    "a first code cell that does more than import": (
        "import math\n",
        "import math\n\nmath.pi\n",
        "the first code cell holds imports and nothing else",
        '# %%\n"""What this notebook imports."""',
    ),
    "an exercise without a heading": (
        "# ### Exercise 2 · `square` (3 points)",
        "# Now square.",
        "write '### Exercise 2 · `square` (3 points)'",
        'exercise="square"',
    ),
    "a heading with other points": (
        "`square` (3 points)",
        "`square` (2 points)",
        "must be '### Exercise 2 · `square` (3 points)'",
        "`square` (2 points)",
    ),
    "a heading with another number": (
        "Exercise 2 ·",
        "Exercise 3 ·",
        "must be '### Exercise 2 · `square` (3 points)'",
        "Exercise 3 ·",
    ),
    "a heading with another name": (
        "2 · `square`",
        "2 · `cube`",
        "must be '### Exercise 2 · `square` (3 points)'",
        "2 · `cube`",
    ),
    "a heading without an exercise": (
        "# ## Recap",
        "# ### Exercise 3 · `cube` (1 point)\n#\n# ## Recap",
        "a heading without its exercise",
        "Exercise 3 · `cube`",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_the_build_refuses_and_names_the_line(case, tmp_path, capsys):
    old, new, message, at = REFUSALS[case]
    text, line = changed(TOY, old, new, at)
    said = refused(tmp_path / "course", capsys, text)
    where = f"solutions/01_toy.py:{line}: "
    assert [one for one in said if one.startswith(where) and message in one]
