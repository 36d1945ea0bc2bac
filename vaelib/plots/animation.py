"""Frames to a GIF, and the GIF into the notebook."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw, ImageFont

from vaelib.plots.grids import tile as tile
from vaelib.training import under_grading

GREYS = 12  # enough for smooth strokes; a file with 256 is six times as large
SHADES = 16  # of red, green and blue each: nobody sees it, and the file is half as large
SIDE = 384  # about how many pixels the longer side gets
TEXT = 16  # height of the caption's letters, in pixels


def frame_epochs(n_epochs: int, n_frames: int) -> list[int]:
    """The epochs that become frames: dense at first, when the pictures change most.

    They are the distinct values of n_epochs · (i / (n_frames − 1))² for i from 0 to n_frames − 1,
    rounded, with 1 in place of 0.

    Args:
        n_epochs: how many epochs there are.
        n_frames: how many frames there may be; where values repeat there are fewer.

    Returns:
        A growing list of ints, the first 1 and the last n_epochs. For one frame, [n_epochs].

    Raises:
        ValueError: either is below 1.
    """
    if n_epochs < 1 or n_frames < 1:
        raise ValueError(
            f"frame_epochs: both must be at least 1, got n_epochs={n_epochs}, n_frames={n_frames}"
        )
    if n_frames == 1:
        return [n_epochs]
    # One division of ints, so that a half is exactly a half and rounds the same everywhere.
    rounded = (round(n_epochs * i**2 / (n_frames - 1) ** 2) for i in range(n_frames))
    return sorted({max(1, epoch) for epoch in rounded})


def write_gif(
    path: str | os.PathLike[str],
    frames: Sequence[ArrayLike] | np.ndarray,
    captions: Sequence[str] | None = None,
    *,
    seconds_per_frame: float = 0.4,
    hold_last: float = 2.0,
    scale: int | None = None,
) -> Path:
    """Write frames as a GIF that starts over and over again.

    Grey is shown as 1 black and 0 white, as the image grids of `vaelib.plots` are.

    Args:
        path: the file, which is replaced if it is there.
        frames: (n, height, width) or (n, height, width, 1) for grey, (n, height, width, 3) for
            colour, in [0, 1]. A list of frames of one shape will do.
        captions: a short text under each frame, such as "epoch 3"; None for none.
        seconds_per_frame: how long a frame stays.
        hold_last: how long the last one stays, in seconds.
        scale: each pixel becomes scale × scale; if None, what makes the longer side about 384.

    Returns:
        The path, as a `pathlib.Path`.

    Raises:
        ValueError: frames of another shape or out of [0, 1], not one caption for each frame, a
            time or a scale that is too small.
    """
    frames = _checked(frames)
    if captions is not None and len(captions) != len(frames):
        raise ValueError(f"write_gif: {len(captions)} captions for {len(frames)} frames")
    if min(seconds_per_frame, hold_last) < 0.02:
        raise ValueError(
            "write_gif: browsers do not show a frame for less than 0.02 s, "
            f"got seconds_per_frame={seconds_per_frame}, hold_last={hold_last}"
        )
    scale = max(1, round(SIDE / max(frames.shape[1:3]))) if scale is None else scale
    if scale < 1 or scale != int(scale):
        raise ValueError(f"write_gif: scale must be a whole number from 1, got {scale}")
    pixels = _pixels(frames).repeat(int(scale), axis=1).repeat(int(scale), axis=2)
    if captions is not None:
        pixels = np.stack([_captioned(p, text) for p, text in zip(pixels, captions, strict=True)])
    times = [round(1000 * seconds_per_frame)] * (len(frames) - 1) + [round(1000 * hold_last)]
    iio.imwrite(
        Path(path),
        pixels,
        extension=".gif",
        is_batch=True,
        duration=times if len(times) > 1 else times[0],  # Pillow wants a number for one frame
        loop=0,
        optimize=True,
    )
    return Path(path)


def show_gif(path: str | os.PathLike[str]) -> Any:
    """Show a GIF in the notebook, and on Colab offer it for download, too.

    Args:
        path: the file.

    Returns:
        An `IPython.display.Image` with the file inside, so that the notebook keeps it.
    """
    from IPython.display import Image as Shown

    shown = Shown(data=Path(path).read_bytes(), format="gif")
    if _on_colab() and not under_grading():
        from google.colab import files

        files.download(str(path))
    return shown


def _checked(frames: Sequence[ArrayLike] | np.ndarray) -> np.ndarray:
    """The frames as one array, (n, height, width, 1 or 3)."""
    shapes = {np.shape(frame) for frame in frames}
    if len(shapes) != 1:
        raise ValueError(f"write_gif: frames of one shape are needed, got {sorted(shapes)}")
    frames = np.asarray(frames)
    if frames.ndim == 3:
        frames = frames[..., None]
    if frames.ndim != 4 or frames.shape[-1] not in (1, 3):
        raise ValueError(
            "write_gif: frames must have shape (n, height, width), or with 1 or 3 at the end, "
            f"got {frames.shape}"
        )
    if not (frames.min() >= 0 and frames.max() <= 1):
        raise ValueError(
            f"write_gif: frames must lie in [0, 1], got {frames.min():.3g} to {frames.max():.3g}; "
            "divide by 255, or use np.clip"
        )
    return frames


def _pixels(frames: np.ndarray) -> np.ndarray:
    """uint8 (n, height, width) for grey and (n, height, width, 3) for colour, in few shades."""
    if frames.shape[-1] == 3:
        return _in_steps(frames, SHADES)
    return _in_steps(1 - frames[..., 0], GREYS)


def _in_steps(brightness: np.ndarray, n: int) -> np.ndarray:
    """uint8 from 0 to 255, of which n values are used, for brightness in [0, 1]."""
    return np.round(np.round(brightness * (n - 1)) * (255 / (n - 1))).astype("uint8")


def _captioned(pixels: np.ndarray, text: str) -> np.ndarray:
    """The frame with a line of text under it."""
    picture = Image.fromarray(pixels)
    whole = Image.new(picture.mode, (picture.width, picture.height + 2 * TEXT), "white")
    whole.paste(picture)
    place = (TEXT / 2, picture.height + TEXT)
    font = ImageFont.load_default(TEXT)
    ImageDraw.Draw(whole).text(place, text, fill="black", font=font, anchor="lm")
    return np.asarray(whole)


def _on_colab() -> bool:
    try:
        return importlib.util.find_spec("google.colab") is not None
    except ModuleNotFoundError:  # there is no package `google` at all
        return False
