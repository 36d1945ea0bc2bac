"""CSV files that a spreadsheet shows as they are, and takes no part of for a formula."""

import re
from typing import Any

NUMBER = re.compile(r"\s*[-+]?[\d.,]+\s*%?\s*")
# Some systems split at semicolons or tabs what we split at commas, skip what nobody sees, and take
# wide signs, too.
UNSEEN = "\\s\"'\u200b-\u200f\u2060-\u2064\ufeff"
FORMULA = re.compile(
    rf"(^|[;,|\t\r\n\x0b\x0c\x85\u2028\u2029])(?=[{UNSEEN}]*[-=+@＝＋－＠﹣﹢﹦﹫])"
)


def harmless_cell(value: Any) -> Any:
    """A value in which an apostrophe stands before whatever a spreadsheet would compute."""
    text = str(value)
    return value if NUMBER.fullmatch(text) else FORMULA.sub(r"\1'", text)
