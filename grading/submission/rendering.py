"""From markdown to a page's HTML, of which an allow-list decides what stays."""

import html
import re

import nh3
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grading.submission.outputs import MOST_PICTURE

# What a browser takes for http, https, mail or a place on the page, by its first characters alone.
ADDRESS = re.compile(r"(?i)https?://|mailto:|#")
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/=]*")
PREFIX = "text-"  # of ids, so that no heading takes the place of what a page is made with


class Renderer(IPythonRenderer):
    """What nbconvert makes of markdown, but for pictures from elsewhere, which become text.

    Attributes:
        refused: whether there was anything that a student's text must not have: tags, pictures,
            and links that lead anywhere but to http, https, mail and places on the page.
    """

    def __init__(self) -> None:
        super().__init__(escape=False)
        self.refused = False

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link, or its text and its address."""
        if ADDRESS.match(url):
            return str(super().link(text, url, title))
        self.refused = True
        return f"{text} ({html.escape(url)})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is there as a whole, or its name and its address."""
        self.refused = True
        if _is_picture(url):
            return f'<img src="{url}" alt="{html.escape(text)}">'
        return f"{html.escape(text)} ({html.escape(url)})"

    def block_html(self, text: str) -> str:
        """Tags as they are."""
        self.refused = True
        return text

    def inline_html(self, text: str) -> str:
        """Tags as they are."""
        self.refused = True
        return text

    def block_mermaidjs(self, code: str) -> str:
        """A diagram's text."""
        self.refused = True
        return f"<pre>{html.escape(code)}</pre>"


def is_plain(source: str) -> bool:
    """Whether a page makes nothing of markdown but text, code, formulas and plain links."""
    renderer = Renderer()
    MarkdownWithMath(renderer=renderer).render(source)
    return not renderer.refused


def markdown2html(source: str) -> str:
    """What a page shows of markdown; nbgrader's pages use it in place of nbconvert's filter.

    Args:
        source: markdown, whoever wrote it.

    Returns:
        HTML in which nothing runs, and which loads nothing from elsewhere.
    """
    return str(CLEANER.clean(MarkdownWithMath(renderer=Renderer()).render(source)))


def unchanged(page: str) -> str:
    """A page as it is, in place of nbconvert's filter for links to a folder called files.

    No such link is left, and that filter needs an hour for a million brackets.
    """
    return page


def _is_picture(address: str) -> bool:
    return len(address) <= MOST_PICTURE and PICTURE.fullmatch(address) is not None


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an attribute keeps; None if the attribute goes."""
    if name == "src":
        return value if _is_picture(value) else None
    if name in ("href", "cite"):
        if not ADDRESS.match(value):
            return None
        return f"#{PREFIX}{value[1:]}" if value.startswith("#") else value
    return value


CLEANER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS - {"map", "area"} | {"input"},
    clean_content_tags={"script", "style"},
    attributes={
        **nh3.ALLOWED_ATTRIBUTES,
        **{f"h{level}": {"id"} for level in range(1, 7)},
        **{tag: {"align", "colspan", "rowspan", "style"} for tag in ("td", "th")},
        **{tag: {"class"} for tag in ("code", "pre", "span")},  # of pygments
        "*": {"lang", "title"},
        "input": {"checked"},  # in a list of tasks
    },
    tag_attribute_values={"input": {"type": {"checkbox"}}},
    set_tag_attribute_values={"input": {"disabled": ""}},
    allowed_classes={"a": {"anchor-link"}, "div": {"highlight"}},
    filter_style_properties={"text-align"},
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "data"},
    id_prefix=PREFIX,
)
