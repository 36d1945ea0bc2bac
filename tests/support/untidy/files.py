"""What the file is called, how it is written, and what lies beside it."""

import base64
import json

from nbformat.v4 import new_output

from tests.support.classes import place, with_source
from tests.support.untidy.case import ANSWER, DOUBLE, RENAMED, UNMARKED, case, dumped, written


@case()
def it_is_tidy(nb, released):
    return nb


@case(points=(0, 0), answered=False)
def it_is_untouched(nb, released):
    return released


for student, file in {
    "downloaded_twice": "01_toy (1).ipynb",
    "called_homework": "homework.ipynb",
    "shouted": "01_TOY.IPYNB",
    "called_in_another_script": "zadanie Łukasz 学生.ipynb",
    "saved_by_a_browser": "01_toy.ipynb.txt",
    "unzipped_into_a_folder": "01_toy/01_toy.ipynb",
}.items():
    case(RENAMED.format(file), student=student, file=file)(it_is_tidy)


@case(
    "several notebooks: 01_toy.ipynb was graded, and not scratch.ipynb",
    beside={
        "scratch.ipynb": b"{",
        "data.csv": b"1,2",
        ".ipynb_checkpoints/01_toy-checkpoint.ipynb": b"{}",
        "__pycache__/a.pyc": b"",
        "__MACOSX/._01_toy.ipynb": b"\x00",
    },
)
def with_other_files(nb, released):
    return nb


@case(
    RENAMED.format("homework.ipynb"),
    file="homework.ipynb",
    beside={".ipynb_checkpoints/homework-checkpoint.ipynb": b"{}"},
)
def with_a_checkpoint(nb, released):
    return nb


@case(student="Łukasz Żółć")
def a_polish_student(nb, released):
    return nb


@case(student="学生")
def a_chinese_student(nb, released):
    return nb


@case(student="O'Brien, Ana (2)")
def a_student_with_spaces(nb, released):
    return nb


@case()
def windows_line_ends(nb, released):
    data = json.loads(written(nb))
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    return json.dumps(data, indent=1).replace("\n", "\r\n").encode()


@case()
def a_mark_at_the_start_of_the_file(nb, released):
    return written(nb).decode().encode("utf-8-sig")


@case()
def utf_16(nb, released):
    return written(nb).decode().encode("utf-16")


@case()
def letters_that_are_not_ascii(nb, released):
    text = 'def double(größe):\n    """倍にする – ≥ 2×, naïve 🙂."""\n    return größe * 2'
    return with_source(nb, "double", text)


@case()
def letters_in_another_encoding(nb, released):
    nb = with_source(nb, "double", f"# naïve\n{DOUBLE}")
    return dumped(json.loads(written(nb))).decode().encode("latin-1", errors="replace")


@case(UNMARKED.format("double"), UNMARKED.format("square"), ANSWER)
def the_format_of_2013(nb, released):
    cells = [
        {"cell_type": "heading", "level": 1, "source": [cell.source], "metadata": {}}
        if cell.cell_type == "markdown" and cell.source.startswith("# ")
        else {"cell_type": "markdown", "source": [cell.source], "metadata": {}}
        if cell.cell_type == "markdown"
        else {
            "cell_type": "code",
            "input": cell.source.splitlines(keepends=True),
            "language": "python",
            "prompt_number": 1,
            "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["6"]}],
        }
        for cell in nb.cells
    ]
    half = len(cells) // 2
    sheets = [{"cells": cells[:half], "metadata": {}}, {"cells": cells[half:]}]
    return dumped({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": sheets})


@case()
def sources_are_strings_and_fields_are_missing(nb, released):
    data = json.loads(written(nb))
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"])
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
    return dumped({"cells": data["cells"]})


@case()
def metadata_of_another_version(nb, released):
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] |= {"schema_version": 99, "points": "many", "grade": None}
    nb.metadata["kernelspec"] = {"name": "my-env", "display_name": "Mine"}
    return dumped(nb | {"nbformat_minor": 99})


@case()
def outputs_are_cleared(nb, released):
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nb


@case()
def outputs_are_huge(nb, released):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(1 << 20)).decode()
    nb.cells[place(nb, "double")].outputs = [
        new_output("stream", text="a line\n" + "x" * 50_000_000),
        new_output("display_data", data={"image/png": picture, "text/html": "<script>"}),
    ]
    return nb


@case("pictures that were pasted into text were left out")
def a_picture_is_pasted_into_the_answer(nb, released):
    text = "Why?\n\nBecause ![image.png](attachment:image.png), see above."
    nb = with_source(nb, "why", text)
    nb.cells[place(nb, "why")].attachments = {"image.png": {"image/png": "AAAA"}}
    return nb


@case()
def tags_and_attachments(nb, released):
    for cell in nb.cells:
        cell.metadata |= {"tags": ["skip-execution", "hide"], "collapsed": True, "slideshow": {}}
    return nb
