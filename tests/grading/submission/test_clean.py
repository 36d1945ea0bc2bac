"""What is taken from a student's file, and what is not."""

import base64
import copy
import hashlib
import json
import random

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from nbgrader.preprocessors import CheckCellMetadata, OverwriteCells

from grading.classroom.record import register
from grading.course import course_config
from grading.notebook import is_check
from grading.submission import SubmissionError, clean
from grading.submission.matching import STUB
from tests.support.classes import (
    REPOSITORY,
    behind,
    place,
    with_source,
    without,
)

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()


def content(nb):
    return nbformat.writes(nb, version=nbformat.NO_CONVERT).encode()


# what is no notebook


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
    monkeypatch.setattr("grading.submission.read.MOST_BYTES", 1 << 20)
    with pytest.raises(SubmissionError, match="a notebook of 2 MiB is too large"):
        clean(b" " * (2 << 20), released)


# the cells


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
    stubs = [c for c in released.cells if c.source == STUB]
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
    original = released.cells[place(released, "check_square")].source
    assert (check.source, check.outputs) == (original, [])


# markdown


def test_pasted_pictures_are_left_out_and_that_is_told(full, released):
    text = f"See ![a](attachment:a.png) and ![b](data:image/png;base64,{PNG})."
    nb = with_source(full, "why", text)
    nb.cells[place(nb, "why")].attachments = {"a.png": {"image/png": PNG}}
    made = clean(content(nb), released)
    cell = made.nb.cells[place(made.nb, "why")]
    assert cell.source == "See (picture) and (picture)."
    assert "attachments" not in cell
    assert made.repairs == ["pictures that were pasted into text were left out"]


def test_the_course_s_own_pictures_stay(full, released):
    """They stand in the text of cells, and other pictures beside them do not."""
    own, other = (f"![What it is.](data:image/png;base64,{png})" for png in (PNG, f"{PNG}aaaa"))
    course, nb = copy.deepcopy(released), copy.deepcopy(full)
    course.cells[0].source = nb.cells[0].source = f"{released.cells[0].source}\n\n{own}"
    made = clean(content(nb), course)
    assert made.nb.cells[0].source == course.cells[0].source
    assert made.repairs == []
    nb.cells[0].source = f"{course.cells[0].source}\n\n{other}"
    made = clean(content(nb), course)
    assert not [cell for cell in made.nb.cells if f"{PNG}aaaa" in cell.source]
    assert made.repairs == ["pictures that were pasted into text were left out"]


# always a notebook that nbgrader takes


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
        assert before.source == after.source or is_check(before)


@pytest.mark.parametrize("part", ["[],", '{"":0},', "0,", '"",'])
def test_what_would_take_far_more_memory_than_its_file_is_refused(full, released, part):
    text = json.dumps(full)
    bomb = text.replace('"metadata": {', f'"metadata": {{"a": [{part * 2_000_001}0], ', 1)
    with pytest.raises(SubmissionError, match="over 2,000,000 values is too large"):
        clean(bomb.encode(), released)


def test_what_stands_in_a_text_counts_as_one_value(full, released):
    full.cells[0].metadata["a"] = '[{,\\"' * 1_000_000
    assert clean(json.dumps(full).encode(), released).nb.cells
