"""Outputs are kept as text and pictures, and not too much of them."""

import base64
import json

import nbformat
import pytest
from nbformat.v4 import new_output

from grading.submission import clean
from tests.support.classes import place

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(100)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff" + bytes(100)).decode()


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
    monkeypatch.setattr("grading.submission.outputs.MOST_OUTPUTS", 10_000)
    pictures = [new_output("display_data", data={"image/png": PNG}) for _ in range(1_000)]
    kept = outputs(full, released, new_output("stream", text="x" * 5_000), *pictures)
    assert len(json.dumps(kept)) < 20_000
    assert 10 < len(kept) < 100


def png(width, height):
    """The beginning of a picture of this size."""
    size = width.to_bytes(4) + height.to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + size + bytes(100)


def jpeg(width, height):
    """The beginning of a picture of this size, with a smaller copy before it."""
    frames = [
        b"\xff\xc0\0\x11\x08" + high.to_bytes(2) + wide.to_bytes(2)
        for wide, high in ((9, 9), (width, height))
    ]
    return b"\xff\xd8\xff" + b"".join(frames) + bytes(100)


@pytest.mark.parametrize(("mime", "made"), [("image/png", png), ("image/jpeg", jpeg)])
def test_a_picture_of_more_pixels_than_a_page_can_show_is_left_out(full, released, mime, made):
    for size, kept in (((32_000, 32_000), []), ((4_000, 3_000), [mime])):
        data = {mime: base64.b64encode(made(*size)).decode()}
        given = outputs(full, released, new_output("display_data", data=data))
        assert [kind for one in given for kind in one.data] == kept


def test_all_pictures_together_have_no_more_pixels_than_a_page_can_show(full, released):
    data = {"image/png": base64.b64encode(png(6_000, 6_000)).decode()}
    given = [new_output("display_data", data=data) for _ in range(100)]
    assert len(outputs(full, released, *given)) == 11
