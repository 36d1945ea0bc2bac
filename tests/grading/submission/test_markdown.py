"""Text of students runs nothing, and that of honest ones stays as it is."""

import html.parser

import pytest
from nbconvert.filters import markdown2html

from grading.submission import plain_markdown


class Page(html.parser.HTMLParser):
    """What a page has that could run: tags, and where links and pictures lead."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Notes a tag."""
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<SCRIPT\nsrc=x>",
        "<img src=x onerror=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<!-- --><svg/onload=alert(1)>",
        "<javascript:alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt :alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](&#x6A;avascript&colon;alert(1))",
        "[a](java&Tab;script:alert(1))",
        "[a][b]\n\n[b]: javascript:alert(1)",
        "![a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](data:text/html,<script>alert(1)</script>)",
        "[a](vbscript:msgbox)",
        "`<script>` then <script>alert(1)</script>",
        "$\\href{javascript:alert(1)}{x}$ $$\\unicode{<script>}$$",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
    ],
)
def test_markdown_runs_nothing(text):
    plain = plain_markdown(text)
    page = Page(markdown2html(plain))
    assert page.tags <= {"p", "a", "em", "strong", "img", "pre", "code", "span", "div"}
    for address in page.addresses:
        scheme = "".join(address.split()).partition(":")[0].lower()
        assert scheme not in ("javascript", "vbscript", "data"), address
    assert "\\href" not in plain
    assert "<script" not in plain.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Since $a < b$ and $x_1 \\leq \\frac{1}{2} \\& y$, **so** `a < b`.",
        "The data: 3 & 4, see [here](https://example.org/?a=1&b=2).",
        "| a | b |\n| --- | --- |\n| $x$ | 1 |",
        "$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$",
        "KL(q || p) >= 0, 学生, naïve – 1 << 3",
    ],
)
def test_markdown_of_honest_students_stays(text):
    assert plain_markdown(text) == text
