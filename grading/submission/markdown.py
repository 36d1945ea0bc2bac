"""Text that no page runs."""

import re

TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")  # it could spell what is forbidden
MATH = re.compile(
    r"\\(?=(?:href|url|unicode|class|cssId|style|data|require|html|mmlToken|includegraphics)\b)"
)
SCRIPT = re.compile(r"(?i)(javascript|vbscript|data)[\s\\]*:(?!\s)")


def plain_markdown(source: str) -> str:
    """Markdown that no page runs: its tags are text, and its links and formulas call nothing."""
    for pattern, plain in ((ENTITY, "& "), (TAG, "< "), (MATH, r"\\ "), (SCRIPT, r"\1 :")):
        source = pattern.sub(plain, source)
    return source
