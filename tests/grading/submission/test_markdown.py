"""Text of students runs nothing, and that of honest ones stays as it is."""

import html.parser

import pytest
from nbconvert.filters import markdown2html

from grading.submission import as_typed, plain_markdown, rendering
from grading.submission.rendering import ADDRESS


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


@pytest.mark.parametrize("blank", [*"\xa0\u2003\u2028\u3000\t\x01 ", "", "&Tab;", "&colon;"])
def test_links_lead_to_http_mail_and_places_on_the_page_alone(blank):
    bad = f"[a](<{blank}javascript:{blank}alert(1)>) [b](java{blank}script:x) [c](/x) [d](//x.y)"
    good = "[e](https://x.y) [f](MAILTO:a@x.y) [g](#place) [h](HTTP://x.y)"
    page = Page(markdown2html(plain_markdown(f"{bad} {good}")))
    assert [one for one in page.addresses if not ADDRESS.match(one)] == []
    assert Page(markdown2html(plain_markdown(good))).addresses == [
        "https://x.y",
        "MAILTO:a@x.y",
        "#place",
        "HTTP://x.y",
    ]


@pytest.mark.parametrize("text", ["![a](http://x.y/p.png)", "![a][p]\n\n[p]: http://x.y/p.png"])
def test_pictures_from_elsewhere_are_text_with_their_address(text):
    assert Page(markdown2html(plain_markdown(text))).tags <= {"p", "a"}
    assert "http://x.y/p.png" in markdown2html(plain_markdown(text))


def test_text_that_is_shown_as_it_was_typed_is_one_block_whatever_is_in_it():
    for text in ("```\n<b>\n`````\n~~~", "# a", "    b\n\n![c](http://x.y)", "$$x\n\n\\\\["):
        page = Page(markdown2html(as_typed(text)))
        assert page.tags == {"pre", "code"}


def test_what_is_not_plain_by_mistake_is_caught_by_the_allow_list_of_pages():
    text = (
        "<script>alert(1)</script><img src=http://x.y/p.png onerror=alert(1)>"
        "<a href='java\tscript:alert(1)' id=why class=score>a</a>"
        "<p style='background:url(http://x.y)'>b</p><svg onload=alert(1)><iframe src=x>"
    )
    html = rendering.markdown2html(text)
    assert "alert" not in html
    assert not {"http://x.y", "score", "why"} & set(html.replace('"', " ").split())
    kept = rendering.markdown2html(
        "| a |\n| :-: |\n| b |\n\n- [x] done\n\n![p](data:image/gif;base64,R0)"
    )
    for part in ("text-align:center", 'type="checkbox"', "data:image/gif;base64,R0"):
        assert part in kept
