"""From what a student handed in to a notebook that can be trusted in everything but its answers.

Grade ids, kinds, points, locked text and the order of the cells come from the released notebook.
From the submission come the text of answers, the student's own cells, and plain outputs.
"""

import ast
import base64
import binascii
import copy
import functools
import hashlib
import json
import re
import warnings
from dataclasses import dataclass, field, replace

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from grading.notebook import exercise_of, grade_id, is_answer, is_check, is_exercise

MOST_BYTES = 100 << 20  # of a submitted notebook
MOST_CELLS = 2_000
MOST_SOURCE = 1 << 20  # characters of one cell
MOST_SOURCES = 4 << 20  # characters of all cells together
MOST_PARSED = 50_000  # characters of a cell that is read as Python
MOST_TEXT = 20_000  # characters of one output
MOST_PICTURE = 2 << 20  # characters of one picture
MOST_OUTPUTS = 20 << 20  # characters of all outputs together
FOREIGN = 3  # exercises that tell the notebook of another assignment
OUTPUT = 100  # characters that every output counts more than its text
LONGEST_LINE = 60  # characters of a cell that is told
LONGEST_LIST = 200  # characters of a list of files
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
OTHERS = {"a PDF": b"%PDF", "a zip": b"PK\x03\x04", "a page": b"<"}
STUB = "*Your answer goes here.*"
TAG = re.compile(r"<(?=[A-Za-z/!?])")
ENTITY = re.compile(r"&(?=#|[A-Za-z][A-Za-z0-9]*;)")  # it could spell what is forbidden
MATH = re.compile(
    r"\\(?=(?:href|url|unicode|class|cssId|style|data|require|html|mmlToken|includegraphics)\b)"
)
SCRIPT = re.compile(r"(?i)(javascript|vbscript|data)[\s\\]*:(?!\s)")
PASTED = re.compile(r"!\[[^\]\n]{0,200}\]\((?:attachment|data):[^)\s]*\)?")
BINDING = re.compile(r"^(?:(?:async\s+)?def|class)\s+(\w+)|^([^\W\d]\w*)\s*=(?!=)", re.MULTILINE)


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


@dataclass(eq=False)
class _Cell:
    """A cell as it was handed in.

    Attributes:
        kind: 'code' or 'markdown'.
        source: its text.
        grade_id: as it was handed in, or ''.
        keys: what may name the released cell that it is, the surest first.
        outputs: as they were handed in.
        match: index of the released cell that it is; None if it is the student's own.
        place: `match`, or that of the cell that it stands behind; -1 before all of them.
    """

    kind: str
    source: str
    grade_id: str
    keys: list
    outputs: list
    match: int | None = None
    place: int = -1

    @property
    def names(self):
        """What its code binds outside of functions."""
        return _bound(self.source) if self.kind == "code" else frozenset()


def find(folder, name):
    """The notebook in a student's folder for an assignment, and what is odd about where it is.

    Links are not followed.

    Args:
        folder: classroom/submitted/STUDENT/NAME.
        name: the assignment.

    Returns:
        path: of the notebook.
        repairs: a list of sentences.

    Raises:
        SubmissionError: no notebook is there, or none that stands out.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise SubmissionError(f"{folder.name} is a link, and links are not followed")
    if not folder.is_dir():
        found = _listed(_all(folder.parent, f"{name}*.ipynb"), folder.parent)
        raise SubmissionError(f"no folder {folder.name}; found {found}")
    there = [p for p in _all(folder, "*") if p.is_file() and not _linked(p, folder)]
    there = [p for p in there if not _hidden(p.relative_to(folder))]
    notebooks = [p for p in there if p.suffix.lower() == ".ipynb"]
    named = [p for p in notebooks if name.lower() in p.stem.lower()]
    # Some browsers add an ending to what they download.
    saved = [p for p in there if p.name.lower() in (f"{name}.ipynb.txt", f"{name}.ipynb.json")]
    exact = folder / f"{name}.ipynb"
    close = _one_of_each([exact] if exact in notebooks else named or notebooks or saved)
    if len(close) > 1:
        raise SubmissionError(f"no {name}.ipynb, but several: {_listed(close, folder)}")
    if not close:
        raise SubmissionError(f"no {name}.ipynb; found {_listed(there, folder)}")
    repairs = []
    if close[0] != exact:
        where = _listed(close, folder)
        repairs.append(f"the notebook was called {where}; it was taken for {name}.ipynb")
    others = [p for p in notebooks if p != close[0]]
    if others:
        graded, left = _listed(close, folder), _listed(others, folder)
        repairs.append(f"several notebooks: {graded} was graded, and not {left}")
    return close[0], repairs


def clean(content, released):
    """Makes a notebook that can be graded.

    Args:
        content: bytes of the notebook that was handed in.
        released: the notebook that students got, an nbformat node.

    Returns:
        A `Clean`.

    Raises:
        SubmissionError: it is no notebook, or that of another assignment.
    """
    repairs = []
    given, cells = _read(content, repairs), released.cells
    _demand_same_assignment(given, cells)
    _match_keys(given, cells, repairs)
    _match_texts(given, cells)
    _settle(given)
    _match_exercises(given, cells, repairs)
    _match_checks(given, cells)
    _match_answers(given, cells, repairs)
    chosen = _choose(given, cells, repairs)
    elsewhere = _elsewhere(given, cells, chosen, repairs)
    _note_missing(cells, chosen, elsewhere, repairs)
    nb = nbformat.v4.new_notebook(metadata=copy.deepcopy(released.metadata))
    needed, room = set(), _Room(MOST_OUTPUTS)
    for index, one in _in_order(given, cells, chosen):
        if one is None or one is chosen.get(index):
            made = _released(cells[index], one, room, elsewhere)
            is_needed = _is_needed(made, cells[index])
        else:
            made = _own(one, f"own-{len(nb.cells)}", room)
            is_needed = made.cell_type == "code"
        nb.cells.append(made)
        if is_needed:
            needed.add(made.id)
    digest = hashlib.sha256(content).hexdigest()
    return Clean(nb, needed, list(dict.fromkeys(repairs)), digest)


def plain_markdown(source):
    """Markdown that no page runs: its tags are text, and its links and formulas call nothing."""
    for pattern, plain in ((ENTITY, "& "), (TAG, "< "), (MATH, r"\\ "), (SCRIPT, r"\1 :")):
        source = pattern.sub(plain, source)
    return source


def _all(folder, pattern):
    try:
        return sorted(folder.rglob(pattern))
    except RecursionError:
        raise SubmissionError("its folders are nested too deeply") from None


def _linked(path, folder):
    return any(p.is_symlink() for p in (path, *path.parents) if folder in (p, *p.parents))


def _hidden(path):
    """Whether it is a program's own, as .ipynb_checkpoints or what a Mac puts into zips."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _listed(paths, folder):
    names = ", ".join(p.relative_to(folder).as_posix() for p in paths) or "an empty folder"
    names = names.encode("utf-8", errors="replace").decode()
    return names if len(names) <= LONGEST_LIST else f"{names[:LONGEST_LIST]} …"


def _one_of_each(paths):
    """Paths without those that hold the same bytes as an earlier one."""
    if len(paths) < 2:
        return paths
    found = {}
    for path in paths:
        size = path.stat().st_size
        found.setdefault((size, size <= MOST_BYTES and path.read_bytes()), path)
    return list(found.values())


def _read(content, repairs):
    """The cells, whatever is wrong with the rest."""
    if len(content) > MOST_BYTES:
        raise SubmissionError(f"a notebook of {len(content) / 2**20:,.0f} MiB is too large")
    if not content.strip(b"\0 \t\r\n"):
        raise SubmissionError("the file is empty")
    for kind, magic in OTHERS.items():
        if content.startswith(magic):
            raise SubmissionError(f"the file is no notebook, but {kind}")
    try:
        data = json.loads(content.decode(json.detect_encoding(content), errors="replace"))
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"the file is no notebook: {str(error)[:200]}") from error
    if not isinstance(data, dict):
        raise SubmissionError("the file is no notebook: it holds no object")
    cells = data.get("cells")
    sheets = data.get("worksheets")  # of the format before 2015
    if not isinstance(cells, list) and isinstance(sheets, list):
        sheets = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(cells, list):
        raise SubmissionError("the file is no notebook: it has no list of cells")
    if len(cells) > MOST_CELLS:
        raise SubmissionError(f"{len(cells):,} cells are too many")
    given = [_given(cell, repairs) for cell in cells if isinstance(cell, dict)]
    size = sum(len(one.source) for one in given)
    if size > MOST_SOURCES:
        raise SubmissionError(f"cells with {size:,} characters of text are too much")
    return given


def _demand_same_assignment(given, cells):
    said, known = {one.grade_id for one in given} - {""}, {grade_id(cell) for cell in cells}
    foreign = sorted(said - known)
    if len(foreign) >= FOREIGN and len(foreign) > len(said & known):
        names = ", ".join(f"`{name[:LONGEST_LINE]}`" for name in foreign[:FOREIGN])
        raise SubmissionError(f"this is the notebook of another assignment: it has {names}")


def _given(cell, repairs):
    meta = cell.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    graded = meta.get("nbgrader")
    graded = graded if isinstance(graded, dict) else {}
    keys = (graded.get("grade_id"), cell.get("id"), meta.get("id"))  # the last one by Colab
    kind = "code" if cell.get("cell_type") == "code" else "markdown"
    source = _text(cell.get("source", cell.get("input")))
    if kind == "markdown" and PASTED.search(source):
        source = PASTED.sub("(picture)", source)
        repairs.append("pictures that were pasted into text were left out")
    if len(source) > MOST_SOURCE:
        repairs.append(f"a cell of {len(source):,} characters was left out")
        source = ""
    grade_id = keys[0] if isinstance(keys[0], str) else ""
    keys = [key for key in keys if isinstance(key, str)]
    outputs = cell.get("outputs")
    return _Cell(kind, source, grade_id, keys, outputs if isinstance(outputs, list) else [])


def _raw(value):
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _text(value):
    text = _raw(value).encode("utf-8", errors="replace").decode()  # no lone surrogates
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _match_keys(given, cells, repairs):
    """Finds what still has the name of a released cell."""
    places = {}
    for index, cell in enumerate(cells):
        places |= {key: index for key in (cell.id, grade_id(cell)) if key}
    others = []
    for one in given:
        index = next((places[key] for key in one.keys if key in places), None)
        if index is None:
            continue
        if cells[index].cell_type == one.kind:
            one.match = index
        elif grade_id(cells[index]):
            others.append((index, one))
    taken = {one.match for one in given}
    for index, one in others:
        if index not in taken:
            taken.add(index)
            one.match, one.kind = index, cells[index].cell_type
            kind = {"code": "code", "markdown": "text"}[one.kind]
            name = grade_id(cells[index])
            repairs.append(f"the cell `{name}` had become another kind; it was made {kind} again")


def _match_texts(given, cells):
    """Finds what lost its name by its text, the next one of several with the same text."""
    places = {}
    for index, cell in enumerate(cells):
        places.setdefault((cell.cell_type, _folded(cell.source)), []).append(index)
    taken, last = {one.match for one in given}, -1
    for one in given:
        if one.match is None:
            those = places.get((one.kind, _folded(one.source)), [])
            free = [i for i in those if i not in taken]
            if those:
                one.match = next((i for i in free if i > last), [*free, *those][0])
                taken.add(one.match)
        if one.match is not None:
            last = one.match


def _settle(given):
    """Says behind which released cell each of the student's own cells stands."""
    last, seen = -1, set()
    for one in given:
        if one.match is None:
            one.place = last
        else:
            one.place = one.match
            if one.match not in seen:  # a copy further down moves nothing
                last = one.match
            seen.add(one.match)


def _match_exercises(given, cells, repairs):
    """Finds exercises that were typed into new cells, by the names that they define.

    Only one that stands near becomes the exercise's cell: any other may need what is before it.
    """
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if not is_exercise(cell) or _changed(given, cells, index):
            continue
        checks = (i for i in range(index, len(cells)) if is_check(cells[i]))
        check = next((i for i in checks if exercise_of(cells[i]) == name), index + 1)
        near = [
            one
            for one in given
            if one.match is None and name in one.names and index - 1 <= one.place < check
        ]
        if near:
            _leave_out(given, index)
            near[-1].match = near[-1].place = index
            repairs.append(f"`{name}` was found in a cell that had lost nbgrader's mark")


def _match_checks(given, cells):
    """A check that lost its name and was changed is no cell of the student's own."""
    checks = {f"check_{exercise_of(cell)}": i for i, cell in enumerate(cells) if is_check(cell)}
    taken = {one.match for one in given}
    for one in given:
        mine = [i for name, i in checks.items() if name in one.names and i not in taken]
        if one.match is None and mine:
            one.match = one.place = mine[0]
            taken.add(mine[0])


def _match_answers(given, cells, repairs):
    """Finds written answers that lost their names: by their question, or else by their place."""
    for index, cell in enumerate(cells):
        if not is_answer(cell) or _changed(given, cells, index):
            continue
        question = cell.source.replace(STUB, "").strip()
        before = max((one.match for one in given if -1 < _at(one) < index), default=-1)
        own = [one for one in given if one.match is None and one.source.strip()]
        asked = [one for one in own if question and _folded(question) in _folded(one.source)]
        behind = [one for one in own if before <= one.place <= index and _is_prose(one)]
        if not asked and not behind:
            continue
        _leave_out(given, index)
        first, *others = asked or behind
        first.source = "\n\n".join(one.source for one in (first, *others))
        if not asked and question:
            first.source = f"{question}\n\n{first.source}"
        for one in others:
            one.source = ""
        first.match, first.place, first.kind = index, index, "markdown"
        repairs.append(f"the answer `{grade_id(cell)}` was found in a cell that had lost its mark")


def _leave_out(given, index):
    """Leaves out the untouched cells of an exercise or answer that was found in another cell."""
    given[:] = [one for one in given if one.match != index]


def _at(one):
    return -1 if one.match is None else one.match


def _changed(given, cells, index):
    """The cells that stand for a released one and say anything else."""
    return [one for one in given if one.match == index and not _same(one, cells[index])]


def _choose(given, cells, repairs):
    """Dict from the index of a released cell to the cell that stands for it.

    Copies that say nothing new lose their text.
    """
    chosen = {}
    for index, cell in enumerate(cells):
        those = [one for one in given if one.match == index]
        if not those:
            continue
        name, changed = grade_id(cell), _changed(given, cells, index)
        defining = [one for one in changed if name in one.names]
        chosen[index] = (defining or changed or those)[-1]
        if is_check(cell):
            if changed:
                repairs.append(f"the check `{name}` differed from the current one, which was used")
            _keep_what_checks_define(given, cell, changed)
            changed = []
        elif len(those) > 1 and name:
            which = "the one with an answer" if len(changed) == 1 else "the last"
            repairs.append(f"the cell `{name}` was there {len(those)} times; {which} counts")
        for one in those:
            if one is not chosen[index] and one not in changed:
                one.source = ""
    order = list(dict.fromkeys(one.match for one in given if one.match is not None))
    if order != sorted(order):
        repairs.append("cells stood in another order; they were put back into that of the release")
    return chosen


def _keep_what_checks_define(given, cell, changed):
    """What a student wrote into a check may be needed: it is kept as a cell in front of it."""
    for one in changed:
        if one.names - _bound(cell.source):
            given.insert(given.index(one), replace(one, match=None, outputs=[]))


def _elsewhere(given, cells, chosen, repairs):
    """Names of exercises whose own cell is untouched or missing, and that another cell defines."""
    found = set()
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if not is_exercise(cell):
            continue
        others = [
            one
            for one in given
            if one.match != index
            and name in one.names
            and (one.match is None or not _same(one, cells[one.match]))
            and not (one.match is not None and is_check(cells[one.match]))
        ]
        mine = chosen.get(index)
        if others and (mine is None or _same(mine, cell)):
            found.add(name)
            repairs.append(f"`{name}` was found in another cell; its own had no answer")
        elif not others and mine and mine.names and name not in mine.names:
            defined = ", ".join(f"`{other}`" for other in sorted(mine.names)[:3])
            repairs.append(f"left as it was: the cell `{name}` defines {defined}, but no `{name}`")
    return found


def _note_missing(cells, chosen, elsewhere, repairs):
    for index, cell in enumerate(cells):
        name = grade_id(cell)
        if index not in chosen and name and name not in elsewhere:
            repairs.append(f"the cell `{name}` was missing; it was put back")
        elif index not in chosen and not name and cell.cell_type == "code" and _defines(cell):
            lines = [line for line in cell.source.splitlines() if line and line[0] != "#"]
            first = lines[0][:LONGEST_LINE]
            repairs.append(f"a cell was missing; it was put back: `{first}`")


def _in_order(given, cells, chosen):
    """Pairs of a released cell's index and a cell at this place, None for a missing one.

    The student's own cells come after what is put back before them, so that theirs count.
    """
    kept = [one for one in given if one.source.strip() or one is chosen.get(one.match)]
    waiting = [one for one in kept if one.place < 0]
    for index in range(len(cells)):
        if index not in chosen:
            yield index, None
            continue
        yield from ((index, one) for one in waiting)
        group = [one for one in kept if one.place == index]
        until = group.index(chosen[index]) + 1
        yield from ((index, one) for one in group[:until])
        waiting = group[until:]
    yield from ((len(cells), one) for one in waiting)


def _released(cell, given, room, elsewhere):
    """A released cell with what the student made of it."""
    made = copy.deepcopy(cell)
    if cell.cell_type == "code":
        made.outputs, made.execution_count = [], None
    if grade_id(cell) in elsewhere:
        made.source = f"# `{grade_id(cell)}` is in another cell."
    elif given and not is_check(cell) and given.source.strip() != cell.source.strip():
        if cell.cell_type == "code":
            made.source = given.source
        elif not _same(given, cell):
            made.source = plain_markdown(given.source)
    if given and cell.cell_type == "code" and not is_check(cell):
        made.outputs = _plain_outputs(given.outputs, room)
    return made


def _own(given, cell_id, room):
    """A cell of the student's own."""
    if given.kind == "code":
        outputs = _plain_outputs(given.outputs, room)
        return new_code_cell(given.source, id=cell_id, outputs=outputs)
    return new_markdown_cell(plain_markdown(given.source), id=cell_id)


def _is_needed(made, cell):
    if cell.cell_type != "code" or is_check(cell):
        return False
    return made.source.strip() != cell.source.strip() or is_exercise(cell) or _defines(cell)


def _defines(cell):
    """Whether a released cell may be needed: it does nothing but import, define and set names."""
    tree = _tree(cell.source)
    body = tree.body if tree else []
    return bool(body) and all(
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


def _tree(source):
    """The syntax tree, or None if this is no Python or too much of it."""
    if len(source) > MOST_PARSED:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


@functools.lru_cache(maxsize=MOST_CELLS)
def _bound(source):
    """Names that a cell binds outside of functions, also if it does not parse."""
    tree = _tree(source)
    if tree is None:
        return frozenset(n for names in BINDING.findall(source) for n in names if n)
    names, todo = set(), [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).split(".")[0] for one in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            todo += ast.iter_child_nodes(node)
    return frozenset(names)


def _same(one, cell):
    """Whether a cell says what the released one says; comments in code do not count."""
    if one.source.strip() == cell.source.strip():
        return True
    if one.kind == "markdown":
        return _folded(one.source) == _folded(cell.source)
    said = _said(one.source)
    return said is not None and said == _said(cell.source)


@functools.lru_cache(maxsize=MOST_CELLS)
def _said(source):
    """A hash of what code says, without its comments; None if it is no Python."""
    tree = _tree(source)
    try:
        return tree and hashlib.sha256(ast.dump(tree).encode(errors="replace")).digest()
    except RecursionError:
        return None


def _folded(text):
    """A text without what its spaces and line ends say."""
    return " ".join(text.split())


def _is_prose(one):
    """Whether a cell holds words: text, comments, or what Jupyter would not run."""
    if one.kind == "markdown":
        return True
    tree = _tree(one.source)
    if tree is None:
        return not one.source.lstrip().startswith(("%", "!"))
    values = [node.value if isinstance(node, ast.Expr) else node for node in tree.body]
    return all(isinstance(v, ast.Constant) and isinstance(v.value, str) for v in values)


class _Room:
    """What is left for all outputs of a notebook, in characters."""

    def __init__(self, left):
        self.left = left

    def cut(self, text, longest=MOST_TEXT):
        """The text, or its beginning if it is too long."""
        longest = min(longest, self.left)
        self.left -= min(len(text), longest)
        return text if len(text) <= longest else f"{text[:longest]} … (cut off)"

    def picture(self, text):
        """The text of a picture, or '' if it is too long."""
        if len(text) > min(MOST_PICTURE, self.left):
            return ""
        self.left -= len(text)
        return text


def _plain_outputs(outputs, room):
    """Outputs as plain text and pictures."""
    kept = []
    for output in _joined(outputs):
        kind = output.get("output_type")
        if room.left <= OUTPUT:
            break
        room.left -= OUTPUT
        if kind == "stream":
            name = "stderr" if "stderr" in (output.get("name"), output.get("stream")) else "stdout"
            text = room.cut(_shown(output.get("text")))
            kept += [nbformat.v4.new_output("stream", name=name, text=text)] * bool(text)
        elif kind in ("display_data", "execute_result", "pyout"):
            data = _plain_data(output, room)
            kept += [nbformat.v4.new_output("display_data", data=data)] * bool(data)
        elif kind in ("error", "pyerr"):
            made = nbformat.v4.new_output(
                "error",
                ename=room.cut(_text(output.get("ename")), 100),
                evalue=room.cut(_text(output.get("evalue")), 1_000),
                traceback=[room.cut(_traceback(output.get("traceback")))],
            )
            kept.append(made)
    return kept


def _joined(outputs):
    """Outputs, with pieces of the same stream that follow each other made one."""
    joined = []
    for output in outputs:
        if not isinstance(output, dict):
            continue
        last = joined[-1] if joined else {}
        same = all(output.get(key) == last.get(key) for key in ("output_type", "name", "stream"))
        if output.get("output_type") == "stream" and same:
            last["text"].append(_raw(output.get("text")))
        elif output.get("output_type") == "stream":
            joined.append(output | {"text": [_raw(output.get("text"))]})
        else:
            joined.append(output)
    return joined


def _shown(pieces):
    """What a terminal would show of a stream: of a line that was written over, its last state."""
    lines = "".join(pieces).replace("\r\n", "\n").split("\n")
    return _text("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def _traceback(value):
    parts = value if isinstance(value, list) else [value]
    return "\n".join(_text(part) for part in parts)


def _plain_data(output, room):
    data = output.get("data")
    if not isinstance(data, dict):  # of the format before 2015
        old = {"image/png": "png", "image/jpeg": "jpeg", "text/plain": "text"}
        data = {mime: output.get(key) for mime, key in old.items()}
    for mime, magic in PICTURES.items():
        text = "".join(_text(data.get(mime)).split())
        if text and _decoded(text).startswith(magic) and room.picture(text):
            return {mime: text}
    text = room.cut(_text(data.get("text/plain")))
    return {"text/plain": text} if text else {}


def _decoded(text):
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
