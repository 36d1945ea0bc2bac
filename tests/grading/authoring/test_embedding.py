"""Pictures in a lesson's text: what is put into the notebook, and what is refused."""

import base64
import io

import pytest
from PIL import Image

from grading.authoring.assemble import notebook
from grading.authoring.build import checked
from grading.authoring.embedding import LARGEST
from grading.authoring.source import RefusedError
from tests.support.lessons import TOY, course

ADDRESS = "https://github.com/some-one/a.course"
TITLE = "# # Doubling and squaring\n"
SHOWN = f"{TITLE}#\n# ![A grey square.](pictures/toy.png)\n"


def png(size=8):
    file = io.BytesIO()
    Image.new("L", (size, size), 200).save(file, "PNG")
    return file.getvalue()


def lesson(folder, content, text=SHOWN):
    path = course(folder, TOY.replace(TITLE, text))
    if content is not None:
        (path.parent / "pictures").mkdir()
        (path.parent / "pictures" / "toy.png").write_bytes(content)
    return path


def test_a_picture_is_written_into_the_text(tmp_path):
    path = lesson(tmp_path, png())
    first = notebook(checked(path), ADDRESS).cells[0].source
    data = base64.b64encode(png()).decode("ascii")
    assert f"![A grey square.](data:image/png;base64,{data})" in first
    assert "pictures/" not in first


@pytest.mark.parametrize(
    ("content", "text", "said"),
    [
        (None, SHOWN, "there is no solutions/pictures/toy.png"),
        (b"GIF89a", SHOWN, "is no PNG"),
        (png() + bytes(LARGEST), SHOWN, "80,000 are the most"),
        (png(), SHOWN.replace("A grey square.", ""), "say in a sentence what there is to see"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused(tmp_path, content, text, said):
    with pytest.raises(RefusedError, match=f"line 1: .*{said}"):
        checked(lesson(tmp_path, content, text))
