"""What a student can know of a notebook before it is handed in, from the file alone."""

from pathlib import Path

from grading import notebook
from grading.classroom.assignment import GradingError
from grading.submission import MOST_BYTES, clean


def examine(handed_in: Path, root: Path) -> list[str]:
    """What would be repaired before it is graded; nothing is run.

    Args:
        handed_in: a notebook that is called like an assignment, or nearly so.
        root: folder of the course, with `course/` in it.

    Returns:
        Lines for people.

    Raises:
        GradingError: there is no such notebook, or no such assignment.
        SubmissionError: the notebook cannot be graded.
    """
    releases = {path.stem: path for path in root.glob("course/*/*.ipynb")}
    name = max((n for n in releases if n in handed_in.stem), key=len, default=None)
    if not releases:
        raise GradingError(f"no course/ is in {root.resolve()}; use --course-dir")
    if not handed_in.is_file():
        raise GradingError(f"there is no file {handed_in}")
    if name is None:
        known = ", ".join(sorted(releases))
        raise GradingError(f"{handed_in.name} is called like no assignment: {known}")
    with handed_in.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    repairs = clean(content, notebook.read(releases[name])).repairs
    if handed_in.name != f"{name}.ipynb":
        repairs = [f"it would be taken for {name}.ipynb", *repairs]
    if repairs:
        return ["Before grading this would be put right:", *(f"- {one}" for one in repairs)]
    return ["Nothing has to be repaired. Whether the answers are right was not looked at."]
