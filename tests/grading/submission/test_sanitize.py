"""What is taken from a student's file, and what is not."""

import base64
import copy
import hashlib
import html.parser
import json
import os
import random

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.preprocessors import CheckCellMetadata, OverwriteCells

from grading.classroom.record import register
from grading.course import course_config
from grading.submission import sanitize
from grading.submission.sanitize import SubmissionError, clean, find, plain_markdown
from tests.support.classes import (
    REPOSITORY,
    TOY,
    answered,
    behind,
    course,
    place,
    with_source,
    without,
)

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff" + bytes(100)).decode()


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    """Folder of a course, its release, and the release with all answers."""
    folder = tmp_path_factory.mktemp("toy")
    _, solution, released = course(folder, "01_toy", TOY)
    return folder, released, answered(solution, released)


@pytest.fixture
def released(toy):
    return toy[1]


@pytest.fixture
def full(toy):
    return copy.deepcopy(toy[2])


@pytest.fixture
def folder(tmp_path):
    """An empty folder where a student hands in."""
    made = tmp_path / "zoe" / "01_toy"
    made.mkdir(parents=True)
    return made


def content(nb):
    return nbformat.writes(nb, version=nbformat.NO_CONVERT).encode()


def lay(folder, *names, text="{}"):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text + name, "utf-8")


# find


def test_find_takes_the_notebook_of_the_right_name(folder):
    lay(folder, "01_toy.ipynb", "data.csv")
    assert find(folder, "01_toy") == (folder / "01_toy.ipynb", [])


@pytest.mark.parametrize(
    "name",
    ["homework.ipynb", "01_toy (1).ipynb", "01_TOY.IPYNB", "a/b/01_toy.ipynb", "01_toy.ipynb.txt"],
)
def test_find_takes_the_only_notebook_whatever_its_name(folder, name):
    lay(folder, name, "notes.txt", "data.json")
    where = f"the notebook was called {name}; it was taken for 01_toy.ipynb"
    assert find(folder, "01_toy") == (folder / name, [where])


def test_find_prefers_what_is_called_like_the_assignment(folder):
    lay(folder, "my_01_toy.ipynb", "scratch.ipynb", "old/other.ipynb")
    path, repairs = find(folder, "01_toy")
    assert path == folder / "my_01_toy.ipynb"
    told = "several notebooks: my_01_toy.ipynb was graded, and not old/other.ipynb, scratch.ipynb"
    assert repairs[1] == told


def test_find_leaves_alone_what_programs_put_there(folder):
    lay(folder, "a.ipynb", ".ipynb_checkpoints/b.ipynb", "__MACOSX/._a.ipynb", ".c.ipynb")
    path, repairs = find(folder, "01_toy")
    assert path == folder / "a.ipynb"
    assert len(repairs) == 1


def test_find_does_not_choose_between_different_notebooks(folder):
    lay(folder, "01_toy (1).ipynb", "01_toy (2).ipynb")
    with pytest.raises(SubmissionError, match=r"^no 01_toy\.ipynb, but several: 01_toy \(1\)"):
        find(folder, "01_toy")


def test_find_takes_either_of_two_equal_notebooks(folder):
    for name in ("01_toy (1).ipynb", "01_toy (2).ipynb"):
        (folder / name).write_text("{}")
    assert find(folder, "01_toy")[0] == folder / "01_toy (1).ipynb"


def test_find_says_what_is_there_instead(folder):
    with pytest.raises(SubmissionError, match=r"^no 01_toy\.ipynb; found an empty folder$"):
        find(folder, "01_toy")
    lay(folder, *(f"file_{number:03}.py" for number in range(500)))
    with pytest.raises(SubmissionError, match=r"found file_000\.py, .* …$") as caught:
        find(folder, "01_toy")
    assert len(str(caught.value)) < 300


def test_find_says_where_else_the_assignment_is(folder):
    folder.rmdir()
    lay(folder.parent, "homework/01_toy.ipynb")
    with pytest.raises(SubmissionError, match=r"no folder 01_toy; found homework/01_toy\.ipynb"):
        find(folder, "01_toy")


@pytest.mark.parametrize("which", ["student", "folder", "part", "notebook"])
def test_find_follows_no_link(tmp_path, which):
    real = tmp_path / "real"
    lay(real / "01_toy", "01_toy.ipynb", "part/01_toy.ipynb")
    mine = tmp_path / "zoe" / "01_toy"
    links = {
        "student": (mine.parent, real),
        "folder": (mine, real / "01_toy"),
        "part": (mine / "part", real / "01_toy" / "part"),
        "notebook": (mine / "01_toy.ipynb", real / "01_toy" / "01_toy.ipynb"),
    }
    path, target = links[which]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    with pytest.raises(SubmissionError, match=r"links are not followed|an empty folder"):
        find(mine, "01_toy")


def test_find_can_tell_names_that_are_no_text(folder):
    path = folder / os.fsdecode(b"na\xefve.ipynb")
    path.write_text("{}")
    found, repairs = find(folder, "01_toy")
    assert found == path
    repairs[0].encode()  # can be written to a file


# clean: what is no notebook


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"", "the file is empty"),
        (b"\0 \n", "the file is empty"),
        (b"{", "the file is no notebook: Expecting property name"),
        (b"PK\x03\x04\xff\x00", "the file is no notebook, but a zip"),
        (b"%PDF-1.7", "the file is no notebook, but a PDF"),
        (b"<!DOCTYPE html>", "the file is no notebook, but a page"),
        (b"[]", "the file is no notebook: it holds no object"),
        (b"{}", "the file is no notebook: it has no list of cells"),
        (b'{"cells": {}}', "the file is no notebook: it has no list of cells"),
        (b'{"cells": ' + b"[" * 100_000, "the file is no notebook: maximum recursion"),
        (b'{"cells": ' + b"9" * 5_000 + b"}", "the file is no notebook: Exceeds the limit"),
        (json.dumps({"cells": [{}] * 2_001}).encode(), "2,001 cells are too many"),
        (
            json.dumps({"cells": [{"source": "x" * 1_000_000}] * 5}).encode(),
            "cells with 5,000,000 characters of text are too much",
        ),
    ],
)
def test_clean_says_why_there_is_no_notebook(released, file, why):
    with pytest.raises(SubmissionError) as caught:
        clean(file, released)
    assert str(caught.value).startswith(why)


def test_clean_refuses_a_file_that_is_too_large(released, monkeypatch):
    monkeypatch.setattr(sanitize, "MOST_BYTES", 1 << 20)
    with pytest.raises(SubmissionError, match="a notebook of 2 MiB is too large"):
        clean(b" " * (2 << 20), released)


# clean: the cells


def test_an_untouched_release_stays_as_it_is(released):
    made = clean(content(released), released)
    assert made.repairs == []
    assert made.digest == hashlib.sha256(content(released)).hexdigest()
    assert [(c.id, c.source, c.metadata) for c in made.nb.cells] == [
        (c.id, c.source, c.metadata) for c in released.cells
    ]


def test_only_what_can_define_something_is_needed(full, released):
    nb = behind(full, "why", "print(double(3))")
    made = clean(content(nb), released)
    assert {cell.source for cell in made.nb.cells if cell.id in made.needed} == {
        "import sys",
        "SEED = 1",
        full.cells[place(full, "double")].source,
        full.cells[place(full, "square")].source,
        "print(double(3))",
    }


def test_own_cells_stay_where_they_stood(full, released):
    nb = with_source(full, "why", "Why?\n\nBecause.")
    nb = behind(behind(nb, "double", "1", "2"), "why", "3")
    nb.cells.insert(0, new_markdown_cell("mine"))
    made = clean(content(nb), released)
    assert [c.source for c in made.nb.cells] == [c.source for c in nb.cells]


def test_what_is_put_back_stands_in_front_of_the_student_s_own(full, released):
    nb = without(behind(full, "predict_sum", "first"), "double", "check_double")
    sources = [cell.source for cell in clean(content(nb), released).nb.cells]
    check = released.cells[place(released, "check_double")].source
    heading = next(i for i, source in enumerate(sources) if "Exercise 1" in source)
    assert sources.index("first") < heading
    assert sources.index(check) == heading + 2


def test_of_two_answers_with_the_same_stub_each_finds_its_own():
    name, released = "07_pokemon_vae", None
    path = REPOSITORY / "course" / name / f"{name}.ipynb"
    released = nbformat.read(path, as_version=4)
    stubs = [c for c in released.cells if c.source == sanitize.STUB]
    assert [cell.id for cell in stubs] == ["five_bugs", "memorising"]
    for mine in ("five_bugs", "memorising"):
        nb = with_source(released, mine, "These are my words.")
        for cell in nb.cells:
            cell.metadata, cell.id = nbformat.from_dict({}), f"lost-{cell.id}"
        made = clean(content(nb), released)
        changed = {
            a.id for a, b in zip(made.nb.cells, released.cells, strict=True) if a.source != b.source
        }
        assert changed == {mine}
        assert made.repairs == [f"the answer `{mine}` was found in a cell that had lost its mark"]


def test_a_question_stays_with_an_answer_that_lost_it(full, released):
    at = place(full, "why")
    full.cells[at] = new_markdown_cell("Because.")
    assert clean(content(full), released).nb.cells[at].source == "Why?\n\nBecause."


def test_a_cell_that_is_too_long_is_left_out(full, released):
    nb = behind(full, "double", "x = 1  # " + "1" * (1 << 20))
    made = clean(content(nb), released)
    assert made.repairs == ["a cell of 1,048,585 characters was left out"]
    assert len(made.nb.cells) == len(released.cells)


@pytest.mark.parametrize(
    "source",
    [
        "-" * 40_000 + "1",
        "a" + ".b" * 20_000,
        "a" + ".b" * 500,
        "(" * 40_000,
        "x = " + "9" * 5_000,
        "x=" * 9_000 + "1",
        r"'\d'",
    ],
)
def test_code_that_is_hard_to_read_does_no_harm(full, released, source):
    made = clean(content(with_source(full, "double", f"{source}\ndef double(x):\n    0")), released)
    assert made.repairs == []


def test_metadata_come_from_the_release_alone(full, released):
    full.metadata = nbformat.from_dict({"kernelspec": {"name": "bash"}, "widgets": {}})
    for cell in full.cells:
        cell.metadata |= {"tags": ["skip-execution"], "editable": True, "format": "text/html"}
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] |= {"points": 100, "grade": False, "locked": False}
    made = clean(content(full), released).nb
    assert made.metadata == released.metadata
    assert [c.metadata for c in made.cells] == [c.metadata for c in released.cells]


def test_a_check_is_always_the_original(full, released):
    nb = with_source(full, "check_square", "assert True")
    nb.cells[place(nb, "check_square")].outputs = [new_output("stream", text="passed")]
    made = clean(content(nb), released).nb
    check = made.cells[place(made, "check_square")]
    original = "def check_square(square):\n    assert square(3) == 9\n\n\ncheck_square(square)"
    assert (check.source, check.outputs) == (original, [])


# clean: markdown


class Page(html.parser.HTMLParser):
    """What a page has that could run: tags, and where links and pictures lead."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Notes a tag."""
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("href", "src")]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<SCRIPT\nsrc=x>",
        "<img src=x onerror=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<!-- --><svg/onload=alert(1)>",
        "<javascript:alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt :alert(1))",
        "[a](&#106;avascript:alert(1))",
        "[a](&#x6A;avascript&colon;alert(1))",
        "[a](java&Tab;script:alert(1))",
        "[a][b]\n\n[b]: javascript:alert(1)",
        "![a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](data:text/html,<script>alert(1)</script>)",
        "[a](vbscript:msgbox)",
        "`<script>` then <script>alert(1)</script>",
        "$\\href{javascript:alert(1)}{x}$ $$\\unicode{<script>}$$",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
    ],
)
def test_markdown_runs_nothing(text):
    plain = plain_markdown(text)
    page = Page(markdown2html(plain))
    assert page.tags <= {"p", "a", "em", "strong", "img", "pre", "code", "span", "div"}
    for address in page.addresses:
        scheme = "".join(address.split()).partition(":")[0].lower()
        assert scheme not in ("javascript", "vbscript", "data"), address
    assert "\\href" not in plain
    assert "<script" not in plain.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Since $a < b$ and $x_1 \\leq \\frac{1}{2} \\& y$, **so** `a < b`.",
        "The data: 3 & 4, see [here](https://example.org/?a=1&b=2).",
        "| a | b |\n| --- | --- |\n| $x$ | 1 |",
        "$$\\begin{aligned} a &= b \\\\ &= c \\end{aligned}$$",
        "KL(q || p) >= 0, 学生, naïve – 1 << 3",
    ],
)
def test_markdown_of_honest_students_stays(text):
    assert plain_markdown(text) == text


def test_pasted_pictures_are_left_out_and_that_is_told(full, released):
    text = f"See ![a](attachment:a.png) and ![b](data:image/png;base64,{PNG})."
    nb = with_source(full, "why", text)
    nb.cells[place(nb, "why")].attachments = {"a.png": {"image/png": PNG}}
    made = clean(content(nb), released)
    cell = made.nb.cells[place(made.nb, "why")]
    assert cell.source == "See (picture) and (picture)."
    assert "attachments" not in cell
    assert made.repairs == ["pictures that were pasted into text were left out"]


# clean: outputs


def outputs(full, released, *given):
    """What comes of the outputs of one cell."""
    full.cells[place(full, "double")].outputs = list(given)
    nb = clean(json.dumps(full).encode(), released).nb
    nbformat.validate(nb)
    return nb.cells[place(nb, "double")].outputs


def test_outputs_are_kept_as_text_and_pictures_in_their_order(full, released):
    kept = outputs(
        full,
        released,
        new_output("stream", text="one\n"),
        new_output("stream", name="stderr", text="two\n"),
        new_output("execute_result", data={"text/plain": "3", "text/html": "<b>3</b>"}),
        new_output("display_data", data={"text/plain": "<Figure>", "image/png": PNG}),
        new_output("display_data", data={"image/jpeg": JPEG}),
        new_output("error", ename="E", evalue="4", traceback=["a", "b"]),
    )
    assert kept == [
        new_output("stream", text="one\n"),
        new_output("stream", name="stderr", text="two\n"),
        new_output("display_data", data={"text/plain": "3"}),
        new_output("display_data", data={"image/png": PNG}),
        new_output("display_data", data={"image/jpeg": JPEG}),
        new_output("error", ename="E", evalue="4", traceback=["a\nb"]),
    ]


@pytest.mark.parametrize(
    "data",
    [
        {"text/html": "<script>alert(1)</script>"},
        {"application/javascript": "alert(1)"},
        {"image/svg+xml": "<svg onload=alert(1)>"},
        {"text/markdown": "[a](javascript:alert(1))"},
        {"text/latex": "$\\href{javascript:alert(1)}{x}$"},
        {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}},
        {"image/png": base64.b64encode(b"<script>").decode()},
        {"image/png": '" onerror="alert(1)'},
        {"image/png": {"a": 1}},
        {"text/plain": 3},
        "nonsense",
        None,
    ],
)
def test_outputs_of_other_kinds_are_left_out(full, released, data):
    assert outputs(full, released, {"output_type": "display_data", "data": data}) == []


@pytest.mark.parametrize("one", [None, 3, {}, {"output_type": "update"}, {"output_type": ["x"]}])
def test_outputs_that_are_none_are_left_out(full, released, one):
    assert outputs(full, released, one, {"output_type": "stream", "text": ["a"]}) == [
        new_output("stream", text="a")
    ]


def test_a_long_output_is_cut(full, released):
    (one,) = outputs(full, released, new_output("stream", text="x" * 50_000_000))
    assert one.text == "x" * 20_000 + " … (cut off)"


def test_pieces_of_one_stream_are_joined(full, released):
    pieces = [
        {"output_type": "stream", "name": "stdout", "text": f"{number}\n"}
        for number in range(20_000)
    ]
    (one,) = outputs(full, released, *pieces)
    assert one.text.startswith("0\n1\n2\n")
    assert len(one.text) < 20_100


def test_a_progress_bar_is_kept_in_its_last_state(full, released):
    (one,) = outputs(full, released, new_output("stream", text="1/2\r2/2\r\nloss 3\r\nlast\r"))
    assert one.text == "2/2\nloss 3\nlast"


def test_all_outputs_together_are_limited(full, released, monkeypatch):
    monkeypatch.setattr(sanitize, "MOST_OUTPUTS", 10_000)
    pictures = [new_output("display_data", data={"image/png": PNG}) for _ in range(1_000)]
    kept = outputs(full, released, new_output("stream", text="x" * 5_000), *pictures)
    assert len(json.dumps(kept)) < 20_000
    assert 10 < len(kept) < 100


# clean: always a notebook that nbgrader takes


def test_the_notebook_of_another_assignment_is_refused(released):
    names = ["double", "decode", "encode", "check_decode"]
    cells = [
        {"cell_type": "code", "source": "", "metadata": {"nbgrader": {"grade_id": name}}}
        for name in names
    ]
    with pytest.raises(
        SubmissionError, match="another assignment: it has `check_decode`, `decode`"
    ):
        clean(json.dumps({"cells": cells}).encode(), released)
    clean(json.dumps({"cells": cells[:3]}).encode(), released)


@pytest.fixture(scope="module")
def config(toy):
    """The configuration of a course whose gradebook knows the assignment."""
    made = course_config(toy[0])
    register("01_toy", made)
    return made


def odd(nb, number):
    """A notebook with much that is wrong with it, another for each number."""
    chance = random.Random(number)
    nb = copy.deepcopy(nb)
    for cell in list(nb.cells):
        what = chance.randrange(9)
        if what == 0:
            nb.cells.remove(cell)
        elif what == 1:
            nb.cells.append(copy.deepcopy(cell))
        elif what == 2:
            cell.metadata = nbformat.from_dict({"nbgrader": {"grade_id": "double"}})
        elif what == 3:
            cell.source = chance.choice(["", "def square(x):\n    return 1", "Why?", "%%time"])
        elif what == 4:
            cell.cell_type = chance.choice(["raw", "code", "markdown", "heading"])
    chance.shuffle(nb.cells)
    nb.cells.insert(chance.randrange(5), new_code_cell("mine", id="own-1"))
    return nb


@pytest.mark.parametrize("number", range(25))
def test_the_result_is_always_one_that_nbgrader_takes(full, released, config, number):
    made = clean(json.dumps(odd(full, number)).encode(), released)
    nbformat.validate(made.nb)
    ids = [cell.id for cell in made.nb.cells]
    assert len(set(ids)) == len(ids)
    assert made.needed <= set(ids)
    known = {cell.id for cell in released.cells}
    assert [one for one in ids if one in known] == [cell.id for cell in released.cells]
    nb, resources = copy.deepcopy(made.nb), {"unique_key": "01_toy"}
    resources["nbgrader"] = {
        "db_url": config.CourseDirectory.db_url,
        "assignment": "01_toy",
        "notebook": "01_toy",
        "student": "zoe",
    }
    for step in (OverwriteCells(), CheckCellMetadata()):
        nb, resources = step.preprocess(nb, resources)
    for before, after in zip(made.nb.cells, nb.cells, strict=True):
        assert before.source == after.source or sanitize.is_check(before)
