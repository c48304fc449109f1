"""Small pictures of clips: contact sheets for benches and the README, a poster, and PNG files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from vitascope.media.disk import output_error
from vitascope.types import Pixels

_GAP = 6
_PAPER = (24, 24, 27)
_INK = (228, 228, 231)


def contact_sheet(
    frames: Sequence[Pixels], columns: int, width_each: int, captions: Sequence[str] | None = None
) -> Pixels:
    """The frames (H, W, 3), each scaled to `width_each` pixels, in rows of `columns` on dark paper, captions below.

    A caption takes two lines at most and is cut with an ellipsis. Raises `ValueError` where there is nothing to show or
    captions and frames differ in number.
    """
    if not frames or columns < 1 or width_each < 8:
        raise ValueError(f"{len(frames)} frames in {columns} columns of {width_each} pixels: nothing to show.")
    if captions is not None and len(captions) != len(frames):
        raise ValueError(f"{len(captions)} captions were given for {len(frames)} frames.")
    cells = [_scaled(frame, width_each) for frame in frames]
    font = ImageFont.load_default(size=max(10, width_each // 22))
    line = round(font.size * 1.35) if isinstance(font, ImageFont.FreeTypeFont) else 14
    caption_height = 2 * line + _GAP if captions is not None else 0
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(cell.height for cell in row) + caption_height + _GAP for row in rows]
    across = min(columns, len(cells))
    sheet = Image.new("RGB", (across * (width_each + _GAP) + _GAP, sum(heights) + _GAP), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for index, cell in enumerate(cells):
        row, column = divmod(index, columns)
        left, top = _GAP + column * (width_each + _GAP), _GAP + sum(heights[:row])
        sheet.paste(cell, (left, top))
        if captions is not None:
            for number, words in enumerate(_wrapped(captions[index], font, width_each)):
                draw.text((left, top + cell.height + 3 + number * line), words, font=font, fill=_INK)
    return np.array(sheet)


def poster(frames: Sequence[Pixels]) -> Pixels:
    """The sharpest frame of the clip's middle half (most Laplacian energy), to stand for the whole."""
    if not frames:
        raise ValueError("A poster needs at least one frame.")
    quarter = len(frames) // 4
    return max(frames[quarter : len(frames) - quarter], key=_sharpness)


def save_png(path: Path, pixels: Pixels) -> None:
    """Write pixels (H, W, 3) as PNG. Raises `OutputUnwritable`, `DiskFull` or `OutputError`; then no file is left."""
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG", optimize=True)
    path = Path(path)
    try:
        with path.open("wb") as file:
            try:
                file.write(packed.getvalue())
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise output_error(error, path) from error


def _scaled(frame: Pixels, width: int) -> Image.Image:
    height = max(1, round(frame.shape[0] * width / frame.shape[1]))
    return Image.fromarray(frame).resize((width, height), Image.Resampling.LANCZOS)


def _sharpness(frame: Pixels) -> float:
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    return float(np.square(cv2.Laplacian(grey, cv2.CV_32F)).mean())


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines[:2]
    if len(lines) > 2:
        shown[1] += " …"
    for number, line in enumerate(shown):
        if font.getlength(line) > width:
            body = line.removesuffix(" …")
            while body and font.getlength(body + "…") > width:
                body = body[:-1]
            shown[number] = body.rstrip() + "…"
    return shown
