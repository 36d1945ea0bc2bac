"""Runs a notebook and says which line of its lesson or its checks failed."""

from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

from grading.authoring.source import Problem, RefusedError
from grading.course import environment

TIMEOUT = 1200  # seconds a cell; a whole solution takes up to three minutes
WIDGET = "application/vnd.jupyter.widget-view+json"
QUIET = ["--log-level=ERROR"]  # every kernel warns that its sockets are not encrypted


def execute(
    nb: NotebookNode,
    folder: Path,
    places: dict[str, tuple[int, str]],
    settings: dict[str, str] | None = None,
) -> NotebookNode:
    """Runs a notebook in place, in its own folder, and keeps the outputs.

    Args:
        nb: the notebook.
        folder: where the kernel starts.
        places: dict from cell id to the (line, file) where the cell starts.
        settings: environment variables for the kernel, besides those of this process.

    Returns:
        The notebook, with outputs.

    Raises:
        RefusedError: a cell failed; the message has its traceback.
    """
    started: list[NotebookNode] = []
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
        raise _refused(f"this cell failed: {message}", places[started[-1].id]) from error
    except (CellTimeoutError, DeadKernelError) as error:
        message = f"this cell stopped the notebook: {error}"
        raise _refused(message, places[started[-1].id]) from error
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)  # its kernel is gone; a figure stands in
    return nb


def _refused(message: str, place: tuple[int, str]) -> RefusedError:
    line, file = place
    return RefusedError([Problem(line, message, file)])
