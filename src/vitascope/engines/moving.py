"""Frames from one picture and its warps: each frame fetches its pixels from the first one, at full size.

Nothing is blurred by going through latents: where the warp says that the first frame shows a point, its own pixels
serve; elsewhere the net's colours do. Small wobbles of the predicted motion are taken out by fitting one affine camera
move a frame to what is far away from moving things, and keeping only what clearly departs from it.

Legend: F frames, h rows, w columns of the warps; Y rows, X columns of full-size pixels.
Method: iteratively reweighted least squares (Holland and Welsch 1977).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from vitascope.model.decoder import Warp
from vitascope.types import Pixels

Field = npt.NDArray[np.float32]

WOBBLE = 0.006
SHARPNESS = 0.92


@dataclass(frozen=True, eq=False)
class FirstFrame:
    """The first frame (Y, X, 3), and for a still the same crop with more pixels, where it has them."""

    canvas: Pixels
    large: Pixels | None


class MovingPicture:
    """`frame(i)` gives frame i (Y, X, 3) of a clip of `num_frames`."""

    def __init__(self, first: FirstFrame, warps: Sequence[Warp], num_frames: int) -> None:
        self._first = first
        self._motion = np.concatenate([w.motion[0].permute(0, 2, 3, 1).float().numpy() for w in warps])[:num_frames]
        self._seen = np.concatenate([w.seen[0, :, 0].float().numpy() for w in warps])[:num_frames]
        colour = np.concatenate([w.colour[0].permute(0, 2, 3, 1).float().numpy() for w in warps])[:num_frames]
        self._colour = ((colour + 1) * 127.5).round().clip(0, 255).astype(np.uint8)
        self._steady()
        self._still = first.large is not None
        self._energy = laplacian_energy(first.canvas)

    def frame(self, index: int) -> Pixels:
        """Frame `index`; frame 0 is the first frame itself."""
        canvas = self._first.canvas
        if index == 0:
            return canvas.copy()
        rows, columns = canvas.shape[:2]
        motion = cv2.resize(self._motion[index], (columns, rows), interpolation=cv2.INTER_LINEAR)
        y, x = np.ogrid[0:rows, 0:columns]
        motion *= rows
        motion[..., 0] += x
        motion[..., 1] += y
        moved = self._fetch(motion)
        seen = cv2.resize(self._seen[index], (columns, rows), interpolation=cv2.INTER_LINEAR)
        if self._still:
            seen[np.any(np.abs(motion * 2 / (columns, rows) - 1) > 1, axis=-1)] = 1
        painted = cv2.resize(self._colour[index], (columns, rows), interpolation=cv2.INTER_CUBIC)
        made = cv2.blendLinear(moved, painted, seen, 1 - seen)
        return self._sharpened(made) if self._still else made

    def _fetch(self, places: Field) -> Pixels:
        canvas, large = self._first.canvas, self._first.large
        near = cv2.remap(canvas, places, np.empty(0), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
        if large is None or large.shape == canvas.shape:
            return near
        enlarged = _magnification(places)
        share = float(np.clip((enlarged - 1) / (large.shape[0] / canvas.shape[0] - 1), 0, 1))
        if share < 0.02:
            return near
        ratio = np.array([large.shape[1] / canvas.shape[1], large.shape[0] / canvas.shape[0]], np.float32)
        far = cv2.remap(
            large, (places + 0.5) * ratio - 0.5, np.empty(0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        return cv2.addWeighted(near, 1 - share, far, share, 0)

    def _sharpened(self, made: Pixels) -> Pixels:
        """The frame with its finest detail raised to about that of the first one, where resampling took some away."""
        for _ in range(3):
            ratio = laplacian_energy(made) / max(self._energy, 1e-6)
            if ratio >= SHARPNESS:
                break
            gain = min(1.5, 0.9 * (np.sqrt(1 / max(ratio, 0.05)) - 1))
            made = cv2.addWeighted(made, 1 + gain, cv2.GaussianBlur(made, (0, 0), 1.0), -gain, 0)
        return made

    def _steady(self) -> None:
        """Replaces the motion by a smooth camera move and the clear departures from it."""
        frames, rows, columns = self._motion.shape[:3]
        y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
        points = np.stack([np.ones_like(x), (x + 0.5) / rows - columns / rows / 2, (y + 0.5) / rows - 0.5], -1)
        coarse, flows = points[::4, ::4].reshape(-1, 3), self._motion[:, ::4, ::4].reshape(frames, -1, 2)
        fits = np.stack([_robust_fit(coarse, flow) for flow in flows])
        fits = gaussian_filter1d(fits, sigma=2.0, axis=0, mode="nearest")
        fits *= np.minimum(1.0, np.arange(frames) / 6.0)[:, None, None] if frames > 6 else 1.0
        for i in range(frames):
            camera = points @ fits[i].astype(np.float32)
            rest = self._motion[i] - camera
            size = np.linalg.norm(rest, axis=-1, keepdims=True)
            self._motion[i] = camera + rest * (np.maximum(0, size - WOBBLE) / np.maximum(size, 1e-9))


def laplacian_energy(picture: Pixels) -> float:
    """Mean square of the Laplacian of the grey picture: how much finest detail there is."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    laplacian = cv2.Laplacian(grey, cv2.CV_32F)
    return float(np.square(laplacian).mean())


def _robust_fit(points: Field, flow: Field) -> npt.NDArray[np.float64]:
    """The affine motion (3, 2) that most of the flow follows."""
    weight = np.ones(len(points), np.float64)
    fit = np.zeros((3, 2))
    for _ in range(6):
        weighted = points * weight[:, None]
        fit = np.linalg.lstsq(weighted.T @ points + 1e-6 * np.eye(3), weighted.T @ flow, rcond=None)[0]
        error = np.linalg.norm(flow - points @ fit, axis=1)
        scale = max(0.004, 1.5 * float(np.median(error)))
        weight = 1 / (1 + (error / scale) ** 2) ** 2
    return fit


def _magnification(places: Field) -> float:
    """How many times the picture is enlarged, in the middle of the field of places."""
    rows, columns = places.shape[:2]
    a, b = places[rows // 4, columns // 4], places[3 * rows // 4, 3 * columns // 4]
    apart = float(np.linalg.norm(b - a))
    return float(np.hypot(rows // 2, columns // 2)) / max(apart, 1e-6)
