"""The visible label "AI生成 · AI generated" in the upper left corner, on every frame.

GB 45438-2025 (China) asks for characters of at least 5 % of the shorter side, for two seconds or more; a label that
stays also marks every excerpt. The picture of the text was drawn once from Noto Sans CJK (SIL Open Font License 1.1) by
`recipes/label_picture.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.types import Pixels

_TEXT_SHARE = 0.06
_WIDEST_SHARE = 0.9
_PLATE = 0.55


def draw(chunks: Iterable[Pixels]) -> Iterator[Pixels]:
    """Copies of the chunks (T, H, W, 3), uint8 RGB, with the label on each frame."""
    plate: npt.NDArray[np.float32] | None = None
    for chunk in chunks:
        if plate is None:
            plate = _plate(chunk.shape[1], chunk.shape[2])
        labelled = chunk.copy()
        rows, columns = plate.shape
        top = left = _margin(chunk.shape[1], chunk.shape[2])
        corner = labelled[:, top : top + rows, left : left + columns]
        # white text on a plate that darkens what is under it
        under = corner.astype(np.float32) * (1.0 - _PLATE)
        alpha = plate[None, :, :, None]
        corner[...] = np.rint(under + (255.0 - under) * alpha).astype(np.uint8)
        yield labelled


def _margin(height: int, width: int) -> int:
    return round(0.025 * min(height, width))


def _plate(height: int, width: int) -> npt.NDArray[np.float32]:
    """How white each pixel of the plate is (rows, columns), 0 to 1: the text with a border of a third of its height."""
    text = _text()
    tall = max(1.0, _TEXT_SHARE * min(height, width))
    scale = min(tall / text.shape[0], _WIDEST_SHARE * (width - 2 * _margin(height, width)) / text.shape[1])
    size = (max(1, round(text.shape[1] * scale)), max(1, int(np.ceil(text.shape[0] * scale))))
    border = size[1] // 3
    room = (height - _margin(height, width), width - _margin(height, width))
    small = cv2.resize(text, size, interpolation=cv2.INTER_AREA)
    return np.pad(small, border)[: room[0], : room[1]].astype(np.float32)


@cache
def _text() -> npt.NDArray[np.float32]:
    data = resources.files("vitascope.provenance").joinpath("label.png").read_bytes()
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise AssertionError("label.png is part of the package and is a PNG")
    return picture.astype(np.float32) / 255.0
