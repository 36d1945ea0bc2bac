"""A lesson: the cells of solutions/NN_name.py, and the checks of its exercises."""

from dataclasses import dataclass, field
from pathlib import Path

from grading.authoring import checks, source
from grading.authoring.checks import TITLE, Check
from grading.authoring.embedding import embedded, pictures_of
from grading.authoring.source import Cell, Problem, RefusedError


@dataclass(frozen=True)
class Lesson:
    """What a notebook is made of.

    `checks` is a dict from the name of an exercise to its `Check`, and `file` is what messages call
    the file that they stand in, such as 'checks/01_autoencoder.py'. `pictures` are those of the
    text; see `grading.authoring.embedding`.
    """

    name: str
    cells: list[Cell]
    checks: dict[str, Check]
    file: str
    pictures: dict[str, str] = field(default_factory=dict)

    def title(self, cell: Cell) -> str:
        """What a check's cell is called where its code is folded."""
        return f"Check · {cell.name} · {cell.points} point" + "s" * (cell.points > 1)

    def code_of(self, cell: Cell) -> str:
        """The text that a cell has in the notebook: that of a check comes from its file."""
        if cell.type == "markdown":
            return embedded(cell.source, self.pictures)
        if cell.kind != "check":
            return cell.source
        return f"{TITLE}{self.title(cell)}\n{self.checks[cell.name].cell}"

    def place(self, cell: Cell) -> tuple[int, str]:
        """Where the text of a cell stands: the line, and the file, '' for the lesson itself."""
        check = self.checks.get(cell.name) if cell.kind == "check" else None
        return (check.line, self.file) if check else (cell.line, "")


def read(path: Path) -> Lesson:
    """Reads a lesson with its checks, from `VAE_CHECKS` if they are there, or else from checks/.

    Args:
        path: solutions/NN_name.py of a course.

    Raises:
        RefusedError: one of the two files cannot be read.
    """
    root = path.parent.parent
    cells = source.parse(path.read_text(encoding="utf-8"))
    where, name = root / "checks" / path.name, f"checks/{path.name}"
    private = checks.private_folder(root)
    if private and (private / path.name).is_file():
        where = private / path.name
        name = where.as_posix()
    if not where.is_file():
        message = "there is no such file; it holds the checks, a function check_NAME(NAME) each"
        raise RefusedError([Problem(1, message, name)])
    parsed = checks.parse(where.read_text(encoding="utf-8"), name)
    return Lesson(path.stem, cells, parsed, name, pictures_of(cells, path.parent))
