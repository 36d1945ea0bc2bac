"""A course as nbgrader knows it: its configuration, its releases, and what its programs need."""

import os
import re
import sys
from pathlib import Path
from typing import Any

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

ERROR = r"^\s*(?:\w+\.)*(\w+(?:Error|Exception|Exit|Interrupt)\b)"
LONGEST_REASON = 300


def course_config(root: Path) -> Config:
    """Reads nbgrader_config.py of a course.

    Raises:
        FileNotFoundError: the folder has no such file.
    """
    path = Path(root).resolve() / "nbgrader_config.py"
    if not path.is_file():
        message = f"{path} is not there; run this from the root of the repository"
        raise FileNotFoundError(message)
    return PyFileConfigLoader(path.name, str(path.parent)).load_config()


def generate(name: str, config: Config, **traits: Any) -> dict[str, Any]:
    """Runs generate_assignment in this process.

    Returns:
        nbgrader's report: a dict with 'success', and 'error' and 'log' where there is something
        to tell.
    """
    coursedir = CourseDirectory(config=config, assignment_id=name)
    report: dict[str, Any] = capture_log(
        GenerateAssignment(coursedir=coursedir, config=config, **traits)
    )
    return report


def reason(report: dict[str, Any]) -> str:
    """Why a run of nbgrader failed, in one line: the error behind the one that it reports."""
    entries = re.split(r"^\[[A-Z]+\] ", report.get("log") or "", flags=re.MULTILINE)
    traces = [entry for entry in entries if entry.startswith("Traceback")]
    text = (traces or [report.get("error") or "nbgrader gives no reason"])[-1].strip()
    start = [found.start(1) for found in re.finditer(ERROR, text, re.MULTILINE)]
    words = " ".join(text[start[-1] :].split()) if start else text.splitlines()[-1]
    return words if len(words) <= LONGEST_REASON else f"{words[:LONGEST_REASON]} …"


def environment() -> dict[str, str]:
    """The environment for kernels and for the programs that nbgrader calls.

    Kernels start in another folder, so relative paths are made absolute. nbgrader calls `alembic`
    by its bare name, so the folder of this Python comes first in PATH.
    """
    env = dict(os.environ)
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env.get("PATH", os.defpath)])
    for name in ("PYTHONPATH", "VAELIB_DATA"):
        if env.get(name):
            parts = [os.path.abspath(part) for part in env[name].split(os.pathsep) if part]
            env[name] = os.pathsep.join(parts)
    return env
