"""What students get, made by nbgrader's own generate_assignment."""

import re
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grading import notebook
from grading.source import RefusedError

ERROR = r"^\s*(?:\w+\.)*(\w+(?:Error|Exception|Exit|Interrupt)\b)"
LONGEST_REASON = 300


def course_config(root):
    """Reads nbgrader_config.py of a course.

    Raises:
        FileNotFoundError: the folder has no such file.
    """
    path = Path(root).resolve() / "nbgrader_config.py"
    if not path.is_file():
        message = f"{path} is not there; run this from the root of the repository"
        raise FileNotFoundError(message)
    return PyFileConfigLoader(path.name, str(path.parent)).load_config()


def generate(name, config, **traits):
    """Runs generate_assignment in this process.

    Returns:
        nbgrader's report: a dict with 'success', and 'error' and 'log' where there is something
        to tell.
    """
    coursedir = CourseDirectory(config=config, assignment_id=name)
    return capture_log(GenerateAssignment(coursedir=coursedir, config=config, **traits))


def reason(report):
    """Why a run of nbgrader failed, in one line: the error behind the one that it reports."""
    entries = re.split(r"^\[[A-Z]+\] ", report.get("log") or "", flags=re.MULTILINE)
    traces = [entry for entry in entries if entry.startswith("Traceback")]
    text = (traces or [report.get("error") or "nbgrader gives no reason"])[-1].strip()
    start = [found.start(1) for found in re.finditer(ERROR, text, re.MULTILINE)]
    words = " ".join(text[start[-1] :].split()) if start else text.splitlines()[-1]
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]} …"


def release(nb, name, root):
    """Makes the release of a solution notebook and stamps it.

    Args:
        nb: the solution notebook, with or without outputs.
        name: name of the assignment.
        root: folder of the course, where nbgrader_config.py is.

    Returns:
        The release; its metadata carry a hash of its cells.

    Raises:
        RefusedError: nbgrader does not release this notebook.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = Config(course_config(root))
        config.CourseDirectory.root = folder
        config.SaveCells.enabled = False
        source, released = (
            Path(folder, config.CourseDirectory[f"{step}_directory"], name, f"{name}.ipynb")
            for step in ("source", "release")
        )
        notebook.write(nb, source)
        report = generate(name, config, no_database=True)
        if not report["success"]:
            raise RefusedError([(1, f"nbgrader does not release this: {reason(report)}")])
        made = notebook.normalised(notebook.read(released))
    made.metadata["grading"] = nbformat.from_dict({"cells_sha256": notebook.stamp(made)})
    return made
