"""What people see on a screen: a progress bar where they look, lines where they do not."""

import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from grading.classroom.prepare import Submission
from grading.sandbox.work import STOPPED

COUNTED = ("done", "unchanged", "repaired", "stopped", "without a grade")
ENDLESS = 100_000  # columns: a file has no edge, and a terminal wraps by itself


def say(*lines: object, stream: TextIO | None = None) -> None:
    """Writes lines, to standard output by default, in which no name rules a terminal."""
    for line in lines:
        print(harmless(str(line)), file=stream)


def harmless(text: str) -> str:
    """A text as one line, with codes for terminals and signs that nobody sees spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def console(stream: TextIO) -> Console:
    """Where tables and notes are written: literally, uncut, and in colours only on a terminal."""
    on_terminal = stream.isatty()
    return Console(
        file=stream,
        force_terminal=on_terminal,
        force_jupyter=False,
        color_system="auto" if on_terminal else None,
        width=ENDLESS,
        markup=False,
        highlight=False,
        emoji=False,
    )


class Bar:
    """How far a run is: done, unchanged, repaired, stopped, without a grade, and the time left.

    Args:
        stream: where it is shown; where nobody looks, a line for each tenth of the way.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.started = time.perf_counter()
        self.tenths = 0
        self.counts = dict.fromkeys(COUNTED, 0)
        self.progress: Progress | None = None
        if stream.isatty():
            self.progress = Progress(
                BarColumn(),
                TextColumn("{task.description}", markup=False),
                TimeRemainingColumn(),
                console=Console(file=stream, force_jupyter=False),
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self.task = self.progress.add_task("starting")
            self.progress.start()

    def show(self, submission: Submission | None, total: int) -> None:
        """Counts a submission that is done, or None at first, among all."""
        if submission:
            result = submission.result
            self.counts["done"] += 1
            self.counts["unchanged"] += submission.unchanged
            self.counts["without a grade"] += bool(result.failure)
            self.counts["repaired"] += bool(result.repairs)
            self.counts["stopped"] += any(
                one.outcome == STOPPED for one in result.verdicts.values()
            )
        done = self.counts["done"]
        words = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        words = words.replace(" done", f"/{total} done", 1)
        if self.progress:
            self.progress.update(self.task, completed=done, total=total, description=words)
        elif done in (0, total) or 10 * done // total > self.tenths:
            self.tenths = 10 * done // total if total else 0
            passed = time.perf_counter() - self.started
            left = f"{passed / done * (total - done):.0f} s left" if done else "starting"
            print(f"{words}, {left}", file=self.stream, flush=True)

    def close(self) -> None:
        """Leaves the bar as it is."""
        if self.progress:
            self.progress.stop()
