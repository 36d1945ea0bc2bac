"""What a notebook shows of a failed check: a few lines that fit a screen, made from a `Finding`."""

import textwrap

from vaelib.checks.finding import Finding
from vaelib.checks.messages import diagnosis, message, problem
from vaelib.checks.parts import RIGHT, WORST
from vaelib.checks.progress import FAILED

COLUMNS = 88
HEAD = ("", "got", "expected", "")


def display(finding: Finding) -> list[str]:
    """The mistake in words, then got and expected, then what to look at.

    Args:
        finding: a `Finding`.

    Returns:
        Lines without colours.
    """
    if finding.reason == "check failed":  # a check's own words, which open as they like
        return [message(finding)]
    known, wrong = diagnosis(finding), _wrong(finding)
    hidden = f" (hidden case: {finding.case})" if finding.case else ""
    said = f". {known}" if known else f": {wrong}"
    blocks = [
        _wrapped(f"✗ {finding.exercise} {FAILED}{hidden}{said}"),
        _wrapped(wrong) if known else "",
        _table(finding),
        _look(finding),
    ]
    return "\n\n".join(filter(None, blocks)).split("\n")


def _wrong(finding: Finding) -> str:
    """What is wrong, in a sentence that leaves to the table what stands there."""
    said = problem(finding)
    if finding.table and finding.reason == "wrong weights":
        said = "the weights have other shapes than expected."
    elif finding.table:
        n_wrong = sum(remark != RIGHT for *_, remark in finding.table)
        share = finding.share or f"{n_wrong} of {len(finding.table)}"
        said = f"{share} values {'is' if share.startswith('1 ') else 'are'} wrong"
        said += "." if finding.reason == "wrong value" else ", and not every value is finite."
    return f"{finding.what}: {said}" if finding.what else said


def _table(finding: Finding) -> str:
    """Got and expected under their heads, in columns of one width each."""
    if not finding.table:
        return ""
    rows = (HEAD, *finding.table)
    places, got, expected, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    lines = [
        f"  {place:{places}}  {mine:>{got}}  {right:>{expected}}  {remark}".rstrip()
        for place, mine, right, remark in rows
    ]
    return "\n".join(lines)


def _look(finding: Finding) -> str:
    """Where to look next, or ''."""
    if finding.reason == "raised" and finding.place:
        return f"Look at {finding.place}"
    if finding.reason == "wrong shape" and finding.place:
        return f"Look at {finding.place}."
    worst = [place for place, *_, remark in finding.table if remark == WORST]
    return f"Begin with {worst[0]}." if worst else ""


def _wrapped(text: str) -> str:
    """A text in lines that fit; the lines that it has are kept apart."""
    lines = (textwrap.fill(line, COLUMNS, subsequent_indent="  ") for line in text.split("\n"))
    return "\n".join(lines)
