"""Text of students, as markdown of which no page makes anything but text."""

import re

from grading.submission.rendering import is_plain

JOINER = "\u2060"  # takes no room, so that a reader sees what was typed
MOST_RENDERED = 20_000  # characters of one cell; what is longer is shown as it was typed
LESS = re.compile(
    r"(?<=[\w)\]}])<(?=[A-Za-z])"
)  # as in code and formulas, where a space says nothing
TAG = re.compile(r"<(?=[A-Za-z/!?])")  # where a tag begins, in every parser of HTML
ADDRESS = re.compile(r"(?<![\w`])<(https?://[^\s<>()`]+)>(?![\w`])")  # which is one without <>
MATH = re.compile(
    r"\\(?=(?:href|url|unicode|class|cssId|style|data|require|html|mmlToken|includegraphics)\b)"
)
SCRIPT = re.compile(r"(?i)(javascript|vbscript|data)(?=:\S)")
PLAIN = ((LESS, "< "), (TAG, f"<{JOINER}"), (MATH, r"\\ "), (SCRIPT, rf"\1{JOINER}"))
PICTURE = re.compile(r"!(?=\[)")
LINK = re.compile(r"\](?=[(\[:])")
FENCE = re.compile(r"`+")


def plain_markdown(source: str) -> str:
    """Markdown that a page shows as text, code, formulas, and links to http, https and mail.

    Tags are text, formulas call nothing, and a picture or another link is shown as it was typed,
    with its address. What the renderer of nbgrader's pages makes of it decides: what is not plain
    after that is shown as code.
    """
    plain = _without_tags(ADDRESS.sub(r"\1", source))
    if len(plain) > MOST_RENDERED:
        return _as_code(plain)
    no_pictures = PICTURE.sub(r"!\\", plain)
    no_links = LINK.sub(f"]{JOINER}", plain)
    return next(filter(is_plain, (plain, no_pictures, no_links)), _as_code(plain))


def as_typed(source: str) -> str:
    """Markdown that a page shows as it was typed; what cannot be rendered in time is made this."""
    return _as_code(_without_tags(source))


def _without_tags(text: str) -> str:
    for pattern, plain in PLAIN:
        text = pattern.sub(plain, text)
    return text


def _as_code(text: str) -> str:
    fence = "`" * (1 + max([2, *map(len, FENCE.findall(text))]))
    return f"{fence}\n{text}\n{fence}"
