"""From what a student handed in to a notebook that can be trusted in everything but its answers.

Grade ids, kinds, points, locked text and the order of the cells come from the released notebook.
From the submission come the text of answers, the student's own cells, and plain outputs.
"""

import ast
import base64
import binascii
import copy
import hashlib
import json
import re
from dataclasses import dataclass, field

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

MOST_BYTES = 100 << 20  # of a submitted notebook
MOST_CELLS = 2_000
MOST_TEXT = 20_000  # characters of one output
MOST_PICTURE = 2 << 20  # characters of one picture
MOST_OUTPUTS = 20 << 20  # characters of all outputs together
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
TAG = re.compile(r"<(?=[A-Za-z/!?])")
MATH = re.compile(
    r"\\(?=(?:href|url|unicode|class|cssId|style|data|require|html|mmlToken|includegraphics)\b)"
)
SCRIPT = re.compile(r"(?i)(javascript|vbscript|data)\s*:(?!\s)")


class SubmissionError(Exception):
    """Why there is nothing in a submission that could be graded."""


@dataclass
class Clean:
    """A notebook to grade.

    Attributes:
        nb: its cells are the released ones in their order, and the student's own among them.
        needed: ids of the code cells that have to run before a check.
        repairs: what was put right, each a sentence.
        digest: SHA-256 of the file that was handed in.
    """

    nb: nbformat.NotebookNode
    needed: set
    repairs: list = field(default_factory=list)
    digest: str = ""


@dataclass
class _Cell:
    """A cell as it was handed in; `match` is the index of the released cell it stands for."""

    kind: str
    source: str
    key: str
    outputs: list
    match: int = -1


def find(folder, name):
    """The notebook in a student's folder for an assignment, and what is odd about where it is.

    Links are not followed.

    Args:
        folder: classroom/submitted/STUDENT/NAME.
        name: the assignment.

    Raises:
        SubmissionError: no notebook is there, or none that stands out.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise SubmissionError(f"{folder.name} is a link, and links are not followed")
    if not folder.is_dir():
        found = ", ".join(
            p.relative_to(folder.parent).as_posix()
            for p in sorted(folder.parent.rglob(f"{name}*.ipynb"))
        )
        raise SubmissionError(f"no folder {folder.name}; found {found}")
    there = [p for p in sorted(folder.rglob("*")) if p.is_file() and not _linked(p, folder)]
    notebooks = [p for p in there if p.suffix.lower() == ".ipynb" and not _checkpoint(p)]
    exact = folder / f"{name}.ipynb"
    if exact in notebooks:
        return exact, []
    close = [p for p in notebooks if name in p.stem] or notebooks
    if len(close) != 1:
        found = ", ".join(str(p.relative_to(folder)) for p in there) or "an empty folder"
        raise SubmissionError(f"no {name}.ipynb; found {found}")
    where = close[0].relative_to(folder)
    return close[0], [f"the notebook was called {where}; it was taken for {name}.ipynb"]


def clean(content, released):
    """Makes a notebook that can be graded.

    Args:
        content: bytes of the notebook that was handed in.
        released: the notebook that students got, an nbformat node.

    Returns:
        A `Clean`.

    Raises:
        SubmissionError: it is no notebook.
    """
    given = _read(content)
    cells = [c for c in released.cells]
    repairs = []
    _match_keys(given, cells)
    _match_contents(given, cells, repairs)
    _match_answers(given, cells, repairs)
    chosen = _choose(given, cells, repairs)
    nb = nbformat.v4.new_notebook(metadata=copy.deepcopy(released.metadata))
    needed, room = set(), [MOST_OUTPUTS]
    for index, cell in enumerate([None, *cells], start=-1):
        if cell is not None:
            made = _released(cell, chosen.get(index), room, repairs)
            if made is not None:
                nb.cells.append(made)
                if _is_needed(made, cell):
                    needed.add(made.id)
        for number, extra in enumerate(one for one in given if one.match == index):
            if extra is chosen.get(index) or not extra.source.strip():
                continue
            made = _own(extra, f"own-{index + 1}-{number}", room)
            nb.cells.append(made)
            if made.cell_type == "code":
                needed.add(made.id)
    digest = hashlib.sha256(content).hexdigest()
    return Clean(nb, needed, list(dict.fromkeys(repairs)), digest)


def exercise_of(cell):
    """The exercise that a released cell is, or checks, or ''."""
    return _grade_id(cell).removeprefix("check_")


def is_check(cell):
    """Whether a released cell is a check."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("grade") and not meta.get("solution"))


def _is_exercise(cell):
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("solution") and not meta.get("grade"))


def _is_answer(cell):
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("solution") and meta.get("grade"))


def _grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _linked(path, folder):
    return any(p.is_symlink() for p in (path, *path.parents) if folder in (p, *p.parents))


def _checkpoint(path):
    return ".ipynb_checkpoints" in path.parts or path.name.startswith(".")


def _read(content):
    """The cells, whatever is wrong with the rest."""
    if len(content) > MOST_BYTES:
        raise SubmissionError(f"a notebook of {len(content) / 2**20:,.0f} MiB is too large")
    try:
        data = json.loads(content.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"the file is no notebook: {str(error)[:200]}") from error
    if not isinstance(data, dict):
        raise SubmissionError("the file is no notebook: it holds no object")
    sheets = data.get("worksheets")  # of the format before 2015
    if isinstance(sheets, list) and sheets and isinstance(sheets[0], dict):
        data = sheets[0]
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise SubmissionError("the file is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise SubmissionError(f"{len(cells):,} cells are too many")
    return [_given(cell) for cell in cells if isinstance(cell, dict)]


def _given(cell):
    meta = cell.get("metadata")
    graded = meta.get("nbgrader") if isinstance(meta, dict) else None
    key = graded.get("grade_id") if isinstance(graded, dict) else None
    key = key if isinstance(key, str) else cell.get("id")
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = _text(cell.get("source", cell.get("input")))
    outputs = cell.get("outputs")
    outputs = outputs if isinstance(outputs, list) else []
    return _Cell(kind, source, key if isinstance(key, str) else "", outputs)


def _text(value):
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    text = value if isinstance(value, str) else ""
    text = text.encode("utf-8", errors="replace").decode()  # no lone surrogates
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _match_keys(given, cells):
    places = {}
    for index, cell in enumerate(cells):
        places |= {key: index for key in (cell.id, _grade_id(cell)) if key}
    for one in given:
        index = places.get(one.key, -1)
        if index >= 0 and cells[index].cell_type == one.kind:
            one.match = index


def _match_contents(given, cells, repairs):
    """Finds what lost its metadata: exercises by their names, other cells by their text."""
    texts = {cell.source.strip(): i for i, cell in enumerate(cells)}
    exercises = {_grade_id(cell): i for i, cell in enumerate(cells) if _is_exercise(cell)}
    stubs = {i: cells[i].source.strip() for i in exercises.values()}
    kept = {
        one.match for one in given if one.match in stubs and one.source.strip() != stubs[one.match]
    }
    for one in given:
        if one.match < 0 and one.source.strip() in texts:
            one.match = texts[one.source.strip()]
            continue
        if one.match < 0 and one.kind == "code":
            names = _defined(one.source)
            mine = [n for n in exercises if n in names and exercises[n] not in kept]
            if mine:
                one.match = exercises[mine[0]]
                repairs.append(f"the cell of `{mine[0]}` was found by the name that it defines")
            checks = [f"check_{name}" for name in exercises]
            copied = [i for i, c in enumerate(cells) if is_check(c) and _grade_id(c) in names]
            if not mine and copied and any(check in names for check in checks):
                one.match = copied[0]
    # What is still the student's own stands after the released cell that it followed.
    last = -1
    for one in given:
        if one.match >= 0:
            last = one.match
        else:
            one.match, one.key = last, "own"


def _match_answers(given, cells, repairs):
    """A written answer without metadata is what follows its question."""
    for index, cell in enumerate(cells):
        if not _is_answer(cell) or any(
            one.match == index and one.key != "own" and one.source.strip() != cell.source.strip()
            for one in given
        ):
            continue
        behind = [
            one
            for one in given
            if one.key == "own" and one.kind == "markdown" and one.match in (index - 1, index)
        ]
        if behind:
            text = "\n\n".join(one.source for one in behind)
            for one in behind[1:]:
                one.source = ""
            behind[0].source, behind[0].match, behind[0].key = text, index, ""
            name = _grade_id(cell)
            repairs.append(f"the answer `{name}` was found by its place behind the question")


def _choose(given, cells, repairs):
    """Dict from the index of a released cell to the cell that stands for it."""
    chosen = {}
    for index, cell in enumerate(cells):
        those = [one for one in given if one.match == index and one.key != "own"]
        if not those:
            continue
        changed = [one for one in those if one.source.strip() != cell.source.strip()]
        chosen[index] = (changed or those)[-1]
        if len(those) > 1 and _grade_id(cell):
            repairs.append(
                f"the cell `{_grade_id(cell)}` was there {len(those)} times; the last counts"
            )
        for one in those:
            if one is not chosen[index] and (is_check(cell) or one not in changed):
                one.source = ""  # a copy of what is there
    order = [one.match for one in given if one.key != "own" and one.source]
    if order != sorted(order):
        repairs.append("cells stood in another order; they were put back into that of the release")
    return chosen


def _released(cell, given, room, repairs):
    """A released cell with what the student made of it; None if it need not be there."""
    made = copy.deepcopy(cell)
    graded = _grade_id(cell)
    if cell.cell_type == "code":
        made.outputs, made.execution_count = [], None
    if given is None:
        if graded:
            repairs.append(f"the cell `{graded}` was missing; it was put back")
        elif cell.cell_type == "code" and not _defines(cell.source):
            return None
        elif cell.cell_type == "code":
            repairs.append(f"a cell was missing and was put back: {_first_line(cell.source)}")
        return made
    if is_check(cell):
        if given.source.strip() != cell.source.strip():
            repairs.append(f"the check `{graded}` had been changed; the original was used")
        return made
    made.source = given.source if cell.cell_type == "code" else _plain_markdown(given.source)
    if cell.cell_type == "markdown" and given.source.strip() == cell.source.strip():
        made.source = cell.source
    if cell.cell_type == "code":
        made.outputs = _plain_outputs(given.outputs, room)
    return made


def _own(given, cell_id, room):
    """A cell of the student's own."""
    if given.kind == "code":
        outputs = _plain_outputs(given.outputs, room)
        return new_code_cell(given.source, id=cell_id, outputs=outputs)
    return new_markdown_cell(_plain_markdown(given.source), id=cell_id)


def _is_needed(made, cell):
    if cell.cell_type != "code" or is_check(cell):
        return False
    return made.source.strip() != cell.source.strip() or _is_exercise(cell) or _defines(cell.source)


def _defines(source):
    """Whether a released cell may be needed: it does nothing but import, define and set names."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return True
    return all(
        isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
        or (
            isinstance(node, ast.Assign | ast.AnnAssign)
            and not any(
                isinstance(part, ast.Call) and getattr(part.func, "id", "") != "budget"
                for part in ast.walk(node)
            )
        )
        for node in body
    )


def _defined(source):
    """Names that a cell defines at its top level, also if it does not parse."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"^(?:def|class)\s+(\w+)", source, re.MULTILINE))
    names = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _first_line(source):
    return f"`{source.strip().splitlines()[0][:60]}`"


def _plain_markdown(source):
    """Markdown that no page runs: its tags are text, and its links and formulas call nothing."""
    return SCRIPT.sub(r"\1 :", MATH.sub(r"\\ ", TAG.sub("< ", source)))


def _plain_outputs(outputs, room):
    """Outputs as plain text and pictures; `room` is what is left of all outputs' characters."""
    kept = []
    for output in outputs:
        if not isinstance(output, dict):
            continue
        kind = output.get("output_type")
        if kind == "stream":
            name = "stderr" if output.get("name") == "stderr" else "stdout"
            text = _cut(_text(output.get("text")), room)
            made = nbformat.v4.new_output("stream", name=name, text=text)
        elif kind in ("display_data", "execute_result", "pyout"):
            made = nbformat.v4.new_output("display_data", data=_plain_data(output, room))
        elif kind in ("error", "pyerr"):
            made = nbformat.v4.new_output(
                "error",
                ename=_cut(_text(output.get("ename")), room)[:100],
                evalue=_cut(_text(output.get("evalue")), room)[:1000],
                traceback=[_cut(_text(output.get("traceback")), room)],
            )
        else:
            continue
        if made.get("text") or made.get("data") or kind == "error":
            kept.append(made)
    return kept


def _plain_data(output, room):
    data = output.get("data")
    data = data if isinstance(data, dict) else {}
    kept = {}
    for mime, magic in PICTURES.items():
        text = "".join(_text(data.get(mime)).split())
        if 0 < len(text) <= min(MOST_PICTURE, room[0]) and _decoded(text).startswith(magic):
            kept[mime] = text
            room[0] -= len(text)
    if "text/plain" in data and not kept:
        kept["text/plain"] = _cut(_text(data["text/plain"]), room)
    return kept


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _cut(text, room):
    longest = min(MOST_TEXT, room[0])
    room[0] -= min(len(text), longest)
    return text if len(text) <= longest else f"{text[:longest]} … (cut off)"
