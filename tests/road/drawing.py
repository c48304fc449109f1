"""An engine that draws: a disc that moves over a gradient, coloured by the seed. A real engine, not a learned one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vitascope import errors
from vitascope.types import Allowed, Frames, ModelId, Outside, Pixels, Progress, Request

CHUNK = 4


@dataclass
class DrawingEngine:
    """Counts how many clips were asked of it and how many frames it drew; `still` frames do not move."""

    moves: bool = True
    clips: int = 0
    drawn: int = 0

    def frames(self, allowed: Allowed, outside: Outside) -> Frames:
        self.clips += 1
        outside.progress(Progress("text", 1, 1))
        model = ModelId("drawing", "1", hashlib.sha256(b"drawing").hexdigest())
        return Frames(allowed, model, self._chunks(allowed.request, outside), ("the words 'qwx' are unknown",))

    def _chunks(self, request: Request, outside: Outside) -> Iterator[Pixels]:
        for first in range(0, request.num_frames, CHUNK):
            if outside.cancelled():
                raise errors.Cancelled("The drawing was cancelled.")
            last = min(first + CHUNK, request.num_frames)
            chunk = np.stack([self._frame(request, number) for number in range(first, last)])
            self.drawn = last
            outside.progress(Progress("decode", last, request.num_frames))
            yield chunk

    def _frame(self, request: Request, number: int) -> Pixels:
        rows, columns = np.mgrid[0 : request.height, 0 : request.width]
        place = 40 + (8 * number if self.moves else 0)
        disc = (rows - request.height / 2) ** 2 + (columns - place) ** 2 < 40**2
        colour = np.random.default_rng(request.seed).integers(64, 255, 3)
        ground = (64 + 96 * columns / request.width + 48 * rows / request.height)[..., None]
        return np.where(disc[..., None], colour, ground).astype(np.uint8)
