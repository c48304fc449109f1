"""Frames from the layers of one picture: each frame fetches its pixels from the first one, at full size.

Nothing goes through latents again, so what is sharp stays sharp and textures do not flicker.

Legend: Y rows, X columns of full-size pixels; moves are (2, 3) in frame heights, back to the first frame.
Method: Porter and Duff 1984 (premultiplied coverage).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.engines.layers import Field, Moves, Staging, to_pixels
from vitascope.types import Pixels

SHARPNESS = 0.98


@dataclass(frozen=True, eq=False)
class Picture:
    """The layers at full size: first frame and background (Y, X, 3), coverage (Y, X) in 0 to 1.

    `large` is a still's background with more pixels, where its file has them, and None for a painted picture.
    """

    frame: Pixels
    behind: Pixels
    member: Field
    large: Pixels | None
    is_still: bool


class MovingPicture:
    """`frame(i)` gives frame i (Y, X, 3) of a clip; `rate` frames go to each small frame of the staging."""

    def __init__(self, picture: Picture, staging: Staging, rate: int) -> None:
        self._picture = picture
        self._staging = staging
        self._rate = rate
        self._energy = laplacian_energy(picture.frame)
        self._cut = _cut_out(picture) if staging.has_subject else None

    def frame(self, index: int) -> Pixels:
        """Frame `index`; frame 0 is the first frame itself."""
        if index == 0:
            return self._picture.frame.copy()
        made = self._background(self._move(self._staging.behind, index))
        if self._cut is not None:
            _draw(made, self._cut, self._move(self._staging.front, index))
        return self._sharpened(made) if self._picture.is_still else made

    def _move(self, moves: Moves, index: int) -> Moves:
        low, part = divmod(index, self._rate)
        after = min(low + 1, len(moves) - 1)
        low = min(low, len(moves) - 1)
        return moves[low] + (moves[after] - moves[low]) * (part / self._rate)

    def _background(self, move: Moves) -> Pixels:
        picture = self._picture.behind
        rows, columns = picture.shape[:2]
        back = to_pixels(move, rows, columns)
        near = _fetched(picture, back, (columns, rows))
        large = self._picture.large
        if large is None:
            return near
        ratio = large.shape[0] / rows
        share = float(np.clip((1 / np.sqrt(abs(np.linalg.det(move[:, :2]))) - 1) / (ratio - 1), 0, 1))
        if share < 0.02:
            return near
        grow = np.array([[ratio, 0, (ratio - 1) / 2], [0, ratio, (ratio - 1) / 2]])
        far = _fetched(large, grow @ np.vstack([back, [0, 0, 1]]), (columns, rows))
        return np.asarray(cv2.addWeighted(near, 1 - share, far, share, 0), np.uint8)

    def _sharpened(self, made: Pixels) -> Pixels:
        """The frame with its finest detail raised to about that of the first one, where resampling took some away."""
        for _ in range(4):
            ratio = laplacian_energy(made) / max(self._energy, 1e-6)
            if ratio >= SHARPNESS:
                break
            gain = min(1.5, 1.1 * (np.sqrt(1 / max(ratio, 0.05)) - 1))
            blurred = cv2.GaussianBlur(made, (0, 0), 1.0)
            made = np.asarray(cv2.addWeighted(made, 1 + gain, blurred, -gain, 0), np.uint8)
        return made


def laplacian_energy(picture: Pixels) -> float:
    """Mean square of the Laplacian of the grey picture: how much finest detail there is."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return float(np.square(cv2.Laplacian(grey, cv2.CV_32F)).mean())


@dataclass(frozen=True, eq=False)
class _CutOut:
    """The subject alone: premultiplied RGBA (rows, columns, 4) in 0 to 255, and its corner in the frame."""

    rgba: Field
    x: int
    y: int


def _cut_out(picture: Picture) -> _CutOut | None:
    """The subject by the matting equation: frame = subject + (1 - coverage) · background."""
    inside = np.argwhere(picture.member > 0.02)
    if not len(inside):
        return None
    (y0, x0), (y1, x1) = inside.min(0), inside.max(0) + 1
    part = (slice(y0, y1), slice(x0, x1))
    alpha = picture.member[part][..., None]
    colour = picture.frame[part].astype(np.float32) - (1 - alpha) * picture.behind[part]
    rgba = np.concatenate([np.clip(colour, 0, 255 * alpha), alpha * 255], -1).astype(np.float32)
    return _CutOut(rgba, int(x0), int(y0))


def _draw(frame: Pixels, cut: _CutOut, move: Moves) -> None:
    """Draws the subject over the frame, in place; `move` leads back, so the subject goes the other way."""
    rows, columns = frame.shape[:2]
    back = np.vstack([to_pixels(move, rows, columns), [0, 0, 1]])
    if abs(np.linalg.det(back)) < 1e-3:
        return
    place = np.linalg.inv(back) @ np.array([[1, 0, cut.x], [0, 1, cut.y], [0, 0, 1.0]])
    high, wide = cut.rgba.shape[:2]
    corners = (place @ np.array([[0, wide, 0, wide], [0, 0, high, high], [1, 1, 1, 1.0]]))[:2]
    x0, y0 = np.maximum(np.floor(corners.min(1)).astype(int) - 1, 0)
    x1, y1 = np.minimum(np.ceil(corners.max(1)).astype(int) + 1, (columns, rows))
    if x1 <= x0 or y1 <= y0:
        return
    place[:2, 2] -= (x0, y0)
    moved = cv2.warpAffine(cut.rgba, place[:2], (int(x1 - x0), int(y1 - y0)), flags=cv2.INTER_CUBIC)
    alpha = np.clip(moved[..., 3:] / 255, 0, 1)
    region = frame[y0:y1, x0:x1]
    region[:] = np.clip(moved[..., :3] + region * (1 - alpha) + 0.5, 0, 255).astype(np.uint8)


def _fetched(picture: Pixels, back: npt.NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    if np.allclose(back, np.eye(3)[:2], atol=1e-4):
        return picture.copy()
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, back, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101), np.uint8)
