"""From what a student handed in to a clean notebook that can be graded."""

from grading.submission.clean import Clean, clean
from grading.submission.find import ending, find
from grading.submission.markdown import as_typed, plain_markdown
from grading.submission.read import MOST_BYTES, SubmissionError
from grading.submission.shown import outcomes_shown

__all__ = [
    "MOST_BYTES",
    "Clean",
    "SubmissionError",
    "as_typed",
    "clean",
    "ending",
    "find",
    "outcomes_shown",
    "plain_markdown",
]
