"""Builds the notebooks of the course from solutions/NN_name.py and checks/NN_name.py.

Each lesson becomes solutions/NN_name/NN_name.ipynb, executed, and course/NN_name/NN_name.ipynb,
as nbgrader releases it. Only what changed is executed, and nothing is written that breaks a rule.
If the notebook shows a latent explorer, its page becomes docs/explorers/NN_name.html.
"""

import argparse
import sys
import time
import tomllib
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading import notebook
from grading.authoring import assemble, kill_matrix
from grading.authoring.checks import Check, parse, private_folder
from grading.authoring.execute import execute
from grading.authoring.leaks import leaks
from grading.authoring.lesson import Lesson, read
from grading.authoring.markers import HIDDEN, regions
from grading.authoring.pictures import described, lightened, pages_taken
from grading.authoring.release import release
from grading.authoring.rules import problems
from grading.authoring.source import Problem, RefusedError, chosen
from vaelib.checks.progress import passed_line
from vaelib.data.told import source_of

LARGEST = 1_500_000  # bytes; GitHub shows no notebook that is much larger
# Outputs are published, and pictures of creatures that VAELIB_DATA may have are not ours.
SYNTHETIC = {"VAELIB_CREATURES": "synthetic"}


def address(root: Path) -> str:
    """Reads the repository's address from pyproject.toml, the only place where it stands."""
    project = tomllib.loads(Path(root, "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"])


def checked(path: Path) -> Lesson:
    """Reads a lesson with its checks, and holds it against the rules.

    Raises:
        RefusedError: it breaks one.
    """
    lesson = read(path)
    found = problems(lesson)
    if found:
        raise RefusedError(found)
    return lesson


def convert(path: Path) -> NotebookNode:
    """Makes the solution notebook of a lesson, without running it.

    Args:
        path: solutions/NN_name.py of a course.

    Returns:
        The notebook, without outputs.

    Raises:
        RefusedError: the lesson breaks a rule.
    """
    return assemble.notebook(checked(path), address(path.parent.parent))


def build(path: Path, *, run_all: bool = False, matrix: bool = True) -> str:
    """Builds one assignment, or leaves what is there untouched.

    Args:
        path: solutions/NN_name.py of a course.
        run_all: execute the notebook also where nothing changed.
        matrix: try the right and wrong answers on its checks.

    Returns:
        One line that says what was done.

    Raises:
        RefusedError: something is wrong with the lesson, the checks, a cell or the release.
    """
    name, root = path.stem, path.parent.parent
    solution = path.parent / name / f"{name}.ipynb"
    course = root / "course" / name / f"{name}.ipynb"

    lesson = checked(path)
    nb = assemble.notebook(lesson, address(root))
    _refuse_strays(solution)
    released = release(nb, name, root)
    found = leaks(lesson, released)
    if found:
        raise RefusedError(found)
    _refuse_edited(course, released, root)
    if matrix:
        _refuse_weak_checks(path)

    kept = None if run_all else _kept(solution, nb, lesson)
    started = time.perf_counter()
    places = assemble.places(nb, lesson)
    nb, pages = (kept, []) if kept else _executed(nb, solution.parent, places)
    if found := described(nb, lesson):
        raise RefusedError(found)
    _refuse_large(nb, solution.relative_to(root).as_posix(), places)
    _refuse_large(released, course.relative_to(root).as_posix(), places)
    notebook.write(nb, solution)
    notebook.write(released, course)
    for page in pages:  # the site shows it
        shown = root / "docs" / "explorers" / f"{name}.html"
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.write_text(page, encoding="utf-8", newline="\n")
    done = (
        "code unchanged, outputs kept"
        if kept
        else f"executed in {time.perf_counter() - started:.0f} s"
    )
    whose = _private_note(lesson, private_folder(root), root)
    return f"{name}: {done}, released{whose}{_synthetic_note(nb)}"


def _private_note(lesson: Lesson, private: Path | None, root: Path) -> str:
    """Whose checks a notebook has, where a folder of private ones is named."""
    if private is None:
        return ""
    if lesson.file == f"checks/{lesson.name}.py":
        return f" with the checks of the course, since {private} has no {lesson.name}.py"
    note = f" with the checks of {Path(lesson.file).parent.as_posix()}/"
    own = root / "checks" / f"{lesson.name}.py"
    theirs = parse(own.read_text(encoding="utf-8"), own.name) if own.is_file() else {}
    both = {name: (theirs[name], check) for name, check in lesson.checks.items() if name in theirs}
    changed = [name for name, (one, other) in both.items() if _shown(one) != _shown(other)]
    if not changed:
        return note
    return f"{note}, which students see changed in {', '.join(changed)}: release this notebook"


def _shown(check: Check) -> str:
    """The part of a check that students see."""
    hidden = {number for number, _ in regions(check.lines, HIDDEN)[0]}
    return "\n".join(text for number, text in check.lines if number not in hidden)


def _synthetic_note(nb: NotebookNode) -> str:
    """A reminder where outputs come from synthetic data, which numbers in the text do not."""
    outputs = [output for cell in nb.cells for output in cell.get("outputs", ())]
    if not any(source_of(output) == "synthetic" for output in outputs):
        return ""
    return "; its outputs come from synthetic data: set VAELIB_DATA and build with --all to commit"


def _executed(
    nb: NotebookNode, folder: Path, places: dict[str, tuple[int, str]]
) -> tuple[NotebookNode, list[str]]:
    folder.mkdir(exist_ok=True)
    try:
        execute(nb, folder, places, SYNTHETIC)
        pages = pages_taken(nb)
        return assemble.normalised(lightened(nb)), pages
    finally:
        if not any(folder.iterdir()):
            folder.rmdir()


def _kept(solution: Path, fresh: NotebookNode, lesson: Lesson) -> NotebookNode | None:
    """The fresh notebook with the outputs that stand there, if its code is what made them.

    A check may have changed: the kill matrix has tried it on the solution, and what it says then
    is known.
    """
    there = notebook.read_whole(solution)
    if there is None:
        return None
    theirs, ours = (
        [cell for cell in nb.cells if cell.cell_type == "code"] for nb in (there, fresh)
    )
    ran = any(cell.get("execution_count") for cell in theirs)
    if not ran or _that_show(theirs) != _that_show(ours):
        return None
    for cell, other in zip(ours, theirs, strict=True):
        cell.outputs, cell.execution_count = other.outputs, other.execution_count
        if notebook.is_check(cell) and cell.source != other.source:
            check = lesson.checks[notebook.exercise_of(cell)]
            said = passed_line(check.exercise, check.tried, hidden_cases=check.has_hidden_cases)
            cell.outputs = [new_output("stream", name="stdout", text=f"{said}\n")]
    return assemble.normalised(fresh)


def _that_show(cells: list[NotebookNode]) -> list[tuple[str, str]]:
    """What must be the same for outputs to be kept: ids, and the code of all cells but checks."""
    return [
        (cell.id, "" if cell.metadata.get("nbgrader", {}).get("locked") else cell.source)
        for cell in cells
    ]


def _refuse_strays(solution: Path) -> None:
    for stray in sorted(solution.parent.glob("*")):
        if stray != solution and stray.suffix in (".py", ".ipynb"):
            message = f"nbgrader would copy {stray.name} into the release; move it elsewhere"
            raise RefusedError([Problem(1, message)])


def _refuse_edited(course: Path, released: NotebookNode, root: Path) -> None:
    if not course.is_file():
        return
    there = notebook.read_whole(course)
    changed = there is None or notebook.edited(there)
    if changed and (there is None or notebook.stamp(there) != notebook.stamp(released)):
        where = course.relative_to(root).as_posix()
        message = f"{where} was edited by hand and the build would overwrite it; move your copy"
        hint = f"away, or undo the edit with: git checkout {where}"
        raise RefusedError([Problem(1, f"{message} {hint}")])


def _refuse_large(nb: NotebookNode, where: str, places: dict[str, tuple[int, str]]) -> None:
    size = len(notebook.dumps(nb).encode())
    if size > LARGEST:
        cells = sorted(((len(str(cell)), places[cell.id]) for cell in nb.cells), reverse=True)
        largest = ", ".join(
            f"line {line}{' of ' + file if file else ''} {length / 1e6:.2f} MB"
            for length, (line, file) in cells[:5]
        )
        message = f"{where} would be {size / 1e6:.2f} MB, over {LARGEST / 1e6} MB"
        line, file = cells[0][1]
        raise RefusedError([Problem(line, f"{message}; its largest cells: {largest}", file)])


def _refuse_weak_checks(path: Path) -> None:
    if faults := kill_matrix.run(path).faults:
        raise RefusedError(faults)


def main(arguments: list[str] | None = None) -> int:
    """Builds what the command line names; the exit status is 1 if something was refused."""
    parser = argparse.ArgumentParser(prog="python -m grading.authoring.build", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="such as 01_autoencoder")
    parser.add_argument("--all", action="store_true", help="execute also what did not change")
    parser.add_argument(
        "--no-matrix", action="store_true", help="do not try the answers of tests/answers/"
    )
    parser.add_argument("--course-dir", type=Path, default=Path(), help="where solutions/ is")
    options = parser.parse_args(arguments)
    failed = False
    try:
        paths = chosen(options.course_dir, options.names)
        private_folder(options.course_dir)
    except RefusedError as error:
        parser.error(error.problems[0].message)
    for path in paths:
        try:
            print(build(path, run_all=options.all, matrix=not options.no_matrix), flush=True)
        except RefusedError as error:
            failed = True
            print(*error.told(f"solutions/{path.name}:"), sep="\n", file=sys.stderr, flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
