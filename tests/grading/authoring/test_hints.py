"""Hints: the Markdown that the build folds, and what is read of it."""

from markdown_it import MarkdownIt

from grading.authoring.assemble import notebook
from grading.authoring.build import checked
from grading.authoring.hints import folded_hints
from grading.authoring.source import parse
from tests.support.lessons import TOY, by_id, course

HINTS = """\
# %% [markdown] hints="square"
# 1. A square is $x \\cdot x$.
#
#    A second paragraph, with `code`.
# 2. Write
#
#    ```python
#    x * x
#    ```
# 3. Return it.
"""


def test_each_hint_opens_inside_the_one_before():
    (cell,) = parse(HINTS)
    assert folded_hints(cell).split("\n") == [
        "<details>",
        "<summary>Hint 1 of 3</summary>",
        "",
        "A square is $x \\cdot x$.",
        "",
        "A second paragraph, with `code`.",
        "",
        "<details>",
        "<summary>Hint 2 of 3</summary>",
        "",
        "Write",
        "",
        "```python",
        "x * x",
        "```",
        "",
        "<details>",
        "<summary>Hint 3 of 3</summary>",
        "",
        "Return it.",
        "",
        "</details>",
        "",
        "</details>",
        "",
        "</details>",
    ]


def test_what_stands_in_a_hint_is_read_as_markdown():
    (cell,) = parse(HINTS)
    html = MarkdownIt().render(folded_hints(cell))
    assert html.count("<details>") == html.count("</details>") == 3
    assert "<code>code</code>" in html
    assert '<pre><code class="language-python">x * x' in html
    assert "<p>Return it.</p>" in html


def test_a_notebook_has_its_hints_between_an_exercise_and_its_check(tmp_path):
    text = TOY.replace('# %% check="square"', f'{HINTS}\n# %% check="square"')
    nb = notebook(checked(course(tmp_path, text)), "https://github.com/a/b")
    ids = [cell.id for cell in nb.cells]
    at = ids.index("square")
    assert ids[at : at + 3] == ["square", "hints_square", "check_square"]
    hints = by_id(nb)["hints_square"]
    assert hints.cell_type == "markdown"
    assert hints.source.startswith("<details>")
