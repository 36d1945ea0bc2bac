"""Outputs as plain text and pictures, and how much of them is kept."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.submission.pictures import JPEG, PNG, n_pixels
from grading.submission.read import joined, text

MOST_OUTPUTS = 20 << 20  # characters of all outputs together
MOST_TEXT = 20_000  # characters of one output
MOST_STREAM = 8 << 20  # characters of one output that are looked at
MOST_PICTURE = 2 << 20  # characters of one picture
MOST_PIXELS = 40_000_000  # of one picture, which a browser needs 160 MB for
MOST_PIXELS_OF_ALL = 400_000_000
OUTPUT = 100  # characters that every output counts more than its text
PICTURES = {"image/png": PNG, "image/jpeg": JPEG}


class Room:
    """What is left for all outputs of a notebook, in characters."""

    def __init__(self, left: int | None = None) -> None:
        self.left = MOST_OUTPUTS if left is None else left
        self.pixels = MOST_PIXELS_OF_ALL

    def cut(self, whole: str, longest: int = MOST_TEXT) -> str:
        """The text, or its beginning if it is too long."""
        longest = min(longest, self.left)
        self.left -= min(len(whole), longest)
        return whole if len(whole) <= longest else f"{whole[:longest]} … (cut off)"

    def picture(self, whole: str, pixels: int) -> str:
        """The text of a picture, or '' if it is too long or shows too much."""
        if len(whole) > min(MOST_PICTURE, self.left) or pixels > min(MOST_PIXELS, self.pixels):
            return ""
        self.left -= len(whole)
        self.pixels -= pixels
        return whole


def plain_outputs(outputs: Iterable[Any], room: Room) -> list[NotebookNode]:
    """Outputs as plain text and pictures.

    Args:
        outputs: as they were handed in, whatever they are.
        room: what is left for them, and becomes less.
    """
    kept: list[NotebookNode] = []
    for output in _with_whole_streams(outputs):
        kind = output.get("output_type")
        if room.left <= OUTPUT:
            break
        room.left -= OUTPUT
        if kind == "stream":
            name = "stderr" if "stderr" in (output.get("name"), output.get("stream")) else "stdout"
            shown = room.cut(_shown(output.get("text")))
            kept += [nbformat.v4.new_output("stream", name=name, text=shown)] * bool(shown)
        elif kind in ("display_data", "execute_result", "pyout"):
            data = _plain_data(output, room)
            kept += [nbformat.v4.new_output("display_data", data=data)] * bool(data)
        elif kind in ("error", "pyerr"):
            made = nbformat.v4.new_output(
                "error",
                ename=room.cut(text(output.get("ename")), 100),
                evalue=room.cut(text(output.get("evalue")), 1_000),
                traceback=[room.cut(_traceback(output.get("traceback")))],
            )
            kept.append(made)
    return kept


def _with_whole_streams(outputs: Iterable[Any]) -> list[dict[str, Any]]:
    """Outputs, with pieces of the same stream that follow each other made one."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        if not isinstance(output, dict):
            continue
        last = whole[-1] if whole else {}
        same = all(output.get(key) == last.get(key) for key in ("output_type", "name", "stream"))
        if output.get("output_type") == "stream" and same:
            last["text"].append(joined(output.get("text")))
        elif output.get("output_type") == "stream":
            whole.append(output | {"text": [joined(output.get("text"))]})
        else:
            whole.append(output)
    return whole


def _shown(pieces: Any) -> str:
    """What a terminal would show of a stream: of a line that was written over, its last state."""
    lines = "".join(pieces)[:MOST_STREAM].replace("\r\n", "\n").split("\n")
    return text("\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines))


def _traceback(value: Any) -> str:
    parts = value if isinstance(value, list) else [value]
    return "\n".join(text(part) for part in parts)


def _plain_data(output: dict[str, Any], room: Room) -> dict[str, str]:
    data = output.get("data")
    if not isinstance(data, dict):  # of the format before 2015
        old = {"image/png": "png", "image/jpeg": "jpeg", "text/plain": "text"}
        data = {mime: output.get(key) for mime, key in old.items()}
    for mime, magic in PICTURES.items():
        picture = "".join(text(data.get(mime)).split())
        decoded = _decoded(picture)
        if decoded.startswith(magic) and room.picture(picture, n_pixels(decoded)):
            return {mime: picture}
    plain = room.cut(text(data.get("text/plain")))
    return {"text/plain": plain} if plain else {}


def _decoded(picture: str) -> bytes:
    try:
        return base64.b64decode(picture, validate=True)
    except (binascii.Error, ValueError):
        return b""
