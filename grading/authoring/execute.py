"""Runs a notebook and says which line of its source failed."""

from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi

from grading.authoring.source import RefusedError
from grading.course import environment

TIMEOUT = 1200  # seconds a cell; a whole solution takes up to three minutes
WIDGET = "application/vnd.jupyter.widget-view+json"
QUIET = ["--log-level=ERROR"]  # every kernel warns that its sockets are not encrypted


def execute(nb, folder, lines, settings=None):
    """Runs a notebook in place, in its own folder, and keeps the outputs.

    Args:
        nb: the notebook.
        folder: where the kernel starts.
        lines: dict from cell id to the line of the source where the cell starts.
        settings: environment variables for the kernel, besides those of this process.

    Returns:
        The notebook, with outputs.

    Raises:
        RefusedError: a cell failed; the message names its line and has its traceback.
    """
    started = []
    client = NotebookClient(
        nb,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=QUIET,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(Path(folder))}},
        on_cell_start=lambda cell, cell_index: started.append(cell),
    )
    try:
        client.execute(env=environment() | (settings or {}))
    except CellExecutionError as error:
        message = f"{error.ename}: {error.evalue}\n{strip_ansi(error.traceback)}"
        raise RefusedError([(_line(started, lines), f"this cell failed: {message}")]) from error
    except (CellTimeoutError, DeadKernelError) as error:
        message = f"this cell stopped the notebook: {error}"
        raise RefusedError([(_line(started, lines), message)]) from error
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)  # its kernel is gone; a figure stands in
    return nb


def _line(started, lines):
    return lines[started[-1].id]
