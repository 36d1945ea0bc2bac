"""The pages that students get: what they show, and each made without harm to the others."""

import html
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests

from grading.classroom.limited import limited
from grading.classroom.record import feedback
from grading.notebook import is_check

SECONDS = 60  # of a processor, for one page
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
ALLOWED = {
    "default-src": "'none'",
    "script-src": f"{MATHJAX} 'unsafe-eval'",  # MathJax evaluates its own settings
    "style-src": f"'unsafe-inline' {MATHJAX}",
    "font-src": MATHJAX,
    "img-src": "data:",
    "base-uri": "'none'",
    "form-action": "'none'",
}
NOTHING = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


class Page(HTMLExporter):
    """A page with a policy that lets a browser run and load nothing but MathJax."""

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Any:
        """Makes a page of a notebook, as nbconvert does."""
        page, resources = super().from_notebook_node(nb, resources, **options)
        return page.replace("<head>", f"<head>{_policy(ALLOWED)}", 1), resources


class ClearChecks(ClearHiddenTests):
    """Takes what is hidden out of checks, and leaves the cells of students as they are."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """Takes what is hidden out of a check."""
        if is_check(cell):
            cell, resources = super().preprocess_cell(cell, resources, cell_index)
        return cell, resources


def make(name: str, students: list[str], config: Any) -> dict[str, str]:
    """Makes the page of each student, several at a time, each in a process with limits.

    Whoever's page could not be made gets one that says so, in place of an older one.

    Args:
        name: the assignment.
        students: ids.
        config: nbgrader's configuration.

    Returns:
        A dict from each student without a page to why there is none.
    """

    def page(student: str) -> str:
        try:
            limited(feedback, name, student, config, seconds=SECONDS)
            return ""
        except Exception as error:  # whatever one notebook does to this, the class goes on
            _say_so(name, student, config)
            return str(error)

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        why = dict(zip(students, executor.map(page, students), strict=True))
    return {student: reason for student, reason in why.items() if reason}


def withdraw(name: str, students: list[str], config: Any) -> None:
    """Removes older pages of students who have no marks now.

    Args:
        name: the assignment.
        students: ids.
        config: nbgrader's configuration.
    """
    for student in students:
        shutil.rmtree(_place(name, student, config), ignore_errors=True)


def _place(name: str, student: str, config: Any) -> Path:
    course = CourseDirectory(config=config)
    return Path(course.format_path(course.feedback_directory, student, name))


def _say_so(name: str, student: str, config: Any) -> None:
    folder = _place(name, student, config)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    text = (
        f"This page could not be made from your notebook of {name}. Your marks are recorded; "
        "please ask whoever teaches the course."
    )
    (folder / f"{name}.html").write_text(
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">{_policy(NOTHING)}'
        f"<title>{html.escape(name)}</title></head>"
        f"<body><p>{html.escape(text)}</p></body></html>\n",
        "utf-8",
    )


def _policy(allowed: dict[str, str]) -> str:
    content = "; ".join(f"{what} {whom}" for what, whom in allowed.items())
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'
