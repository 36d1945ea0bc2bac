"""What students get, made by nbgrader's own generate_assignment."""

import tempfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config

from grading import notebook
from grading.authoring.assemble import normalised
from grading.authoring.source import Problem, RefusedError
from grading.course import course_config, generate, reason


def release(nb: NotebookNode, name: str, root: Path) -> NotebookNode:
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
            message = f"nbgrader does not release this: {reason(report)}"
            raise RefusedError([Problem(1, message)])
        made = normalised(notebook.read(released))
    made.metadata["grading"] = nbformat.from_dict({"cells_sha256": notebook.stamp(made)})
    return made
