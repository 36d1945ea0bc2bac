"""Measured figures as data, and the page that states them.

A figure lies in measurements.json with all that says where it comes from. docs/measurements.md is
written from that file; only the title and the sentences above each table come from the bench.
"""

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "experiments" / "measurements.json"
PAGE = ROOT / "docs" / "measurements.md"
DIGITS = 4  # significant ones that are kept

HEAD = """\
# Measured figures

`make bench` writes this page from `experiments/measurements.json`, so that nobody edits it. The \
command above a table measures its figures again. A value is the median where there are several \
runs, with the smallest and the largest of them in brackets. Processor seconds are those of all \
cores together; other work beside a measurement lengthens wall times far more than these. The last \
column names the machine, and the machines stand at the end.
"""


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Args:
        name: what was measured; figures of one name make a row of a table.
        quantity: which number of it, with its unit the head of a column.
        value: the number, the median of all runs.
        unit: such as "s" or "nats"; empty for a number without one.
        spread: the smallest and the largest of the runs, or None for a single run.
        runs: how many there were.
        topic: the part of the bench that measured it, filled in by `recorded` as what follows.
        machine: where.
        date: when, YYYY-MM-DD.
        command: that measures it again.
    """

    name: str
    quantity: str
    value: float
    unit: str = ""
    spread: tuple[float, float] | None = None
    runs: int = 1
    topic: str = ""
    machine: str = ""
    date: str = ""
    command: str = ""


class Topic(Protocol):
    """What the page says about a topic: its title and the sentences above its table."""

    title: str
    text: str


def of_runs(name: str, quantity: str, values: Sequence[float], unit: str = "") -> Figure:
    """The figure of several runs: their median, the smallest and the largest."""
    span = (min(values), max(values))
    return Figure(name, quantity, statistics.median(values), unit, span, len(values))


def command(topic: str) -> str:
    """What measures the figures of a topic."""
    return f"python -m experiments.bench {topic}"


def recorded(figures: Iterable[Figure], topic: str, machine: str) -> list[Figure]:
    """Figures as they are kept: rounded, with the topic, the machine, today and the command."""
    today = datetime.now(UTC).date().isoformat()
    return [
        replace(
            figure,
            value=_rounded(figure.value),
            spread=figure.spread and (_rounded(figure.spread[0]), _rounded(figure.spread[1])),
            topic=topic,
            machine=machine,
            date=today,
            command=command(topic),
        )
        for figure in figures
    ]


def replaced(known: Iterable[Figure], new: Sequence[Figure]) -> list[Figure]:
    """The known figures without those whose topic was measured anew, and the new ones."""
    topics = {figure.topic for figure in new}
    return [figure for figure in known if figure.topic not in topics] + list(new)


def load() -> list[Figure]:
    """Reads the figures from their file."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    return [Figure(**row | {"spread": row["spread"] and tuple(row["spread"])}) for row in rows]


def save(figures: Iterable[Figure], topics: Iterable[str]) -> None:
    """Writes the figures, a line each, in the order of the topics."""
    order = list(topics)
    lines = [
        json.dumps(asdict(figure), ensure_ascii=False)
        for figure in sorted(figures, key=lambda figure: order.index(figure.topic))
    ]
    DATA.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def page(figures: Sequence[Figure], topics: Mapping[str, Topic]) -> str:
    """The page in Markdown: a section for each topic that has figures, then the machines."""
    machines = list(dict.fromkeys(figure.machine for figure in figures))
    letters = {machine: chr(ord("A") + place) for place, machine in enumerate(machines)}
    parts = [HEAD]
    for name, topic in topics.items():
        mine = [figure for figure in figures if figure.topic == name]
        if mine:
            parts.append(
                f"## {topic.title}\n\n{topic.text}\n\n`{command(name)}`\n\n{table(mine, letters)}"
            )
    parts.append("## Machines\n\n" + "".join(f"- {letters[one]}: {one}\n" for one in machines))
    return "\n".join(parts)


def table(figures: Sequence[Figure], letters: Mapping[str, str]) -> str:
    """The figures of one topic in Markdown: a row for each name, a column for each quantity."""
    columns = list(dict.fromkeys(_column(figure) for figure in figures))
    rows = [["", *columns, "runs", "date", "machine"], ["---"] * (len(columns) + 4)]
    for name in dict.fromkeys(figure.name for figure in figures):
        mine = {_column(figure): figure for figure in figures if figure.name == name}
        cells = [_cell(mine[column]) if column in mine else "" for column in columns]
        one = next(iter(mine.values()))
        rows.append([name, *cells, str(one.runs), one.date, letters[one.machine]])
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def text(number: float) -> str:
    """A number as the page writes it, with a minus sign and with commas in thousands."""
    return f"{number:,}".replace("-", "−")


def _column(figure: Figure) -> str:
    return f"{figure.quantity}, {figure.unit}" if figure.unit else figure.quantity


def _cell(figure: Figure) -> str:
    if figure.spread is None or figure.spread[0] == figure.spread[1]:
        return text(figure.value)
    low, high = figure.spread
    return f"{text(figure.value)} ({text(low)} to {text(high)})"


def _rounded(number: float) -> float:
    """A count as it is; another number with four significant digits, and never fewer than ones."""
    if isinstance(number, int) or not number:
        return number
    digits = DIGITS - 1 - math.floor(math.log10(abs(number)))
    return round(float(number), digits) if digits > 0 else round(number)
