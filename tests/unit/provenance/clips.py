"""What the tests of provenance are made of: moving pictures from a seed, and clips that went down the real stations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from vitascope import media, provenance
from vitascope.types import Allowed, Decision, Frames, Marked, ModelId, Mp4, Outside, Pixels, Request, Reviewed, Span

PROMPT = "a vermilion heron wades through still water"
NEGATIVE = "umbrellas"
MODEL = ModelId("tiny", "0.1", "5a" * 32)


class Forgetful:
    """A decision log for clips that no one decided on."""

    def record(self, decision: Decision) -> None:
        del decision


def texture(frames: int, width: int, height: int, *, seed: int = 0, speed: float = 2.0) -> Pixels:
    """A picture with detail of every size, over which the camera pans: (T, H, W, 3)."""
    draw = np.random.default_rng(seed)
    size = (width + round(frames * speed) + 1, height)
    picture = np.zeros((height, size[0], 3), np.float32)
    for cells in (4, 9, 19, 40, 90, 200):
        noise = draw.standard_normal((cells, cells, 3)).astype(np.float32)
        picture += cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC) / cells**0.6
    picture = np.clip(120 + 75 * picture, 0, 255).astype(np.uint8)
    starts = [round(t * speed) for t in range(frames)]
    return np.stack([picture[:, start : start + width] for start in starts])


def flat(frames: int, width: int, height: int) -> Pixels:
    """A smooth still gradient, where a watermark shows most: (T, H, W, 3)."""
    row = np.linspace(70, 110, width, dtype=np.float32)
    column = np.linspace(0, 30, height, dtype=np.float32)
    grey = row[None, :] + column[:, None]
    return np.repeat(np.stack([grey, grey + 20, grey + 60], -1).astype(np.uint8)[None], frames, 0)


def reviewed(chunks: Sequence[Pixels], request: Request) -> Reviewed:
    """Frames that the guard has let through, with a decision that quotes the user's words."""
    frames, height, width, _ = np.concatenate(chunks).shape
    request = replace(request, width=width, height=height, fps=24, seconds=(frames - 1) / 24)
    quoted = (Span(0, len(request.prompt), request.prompt),)
    decision = Decision("decision-1", "label", "default", "3", "prompt", spans=quoted, explanation=request.prompt)
    made = Frames(Allowed(request, (decision,)), MODEL, iter(chunks), ("a warning",))
    return Reviewed(made, made.chunks)


def marked(chunks: Sequence[Pixels], request: Request) -> Marked:
    """The chunks after `provenance.mark`."""
    return provenance.mark(reviewed(chunks, request))


def encoded(folder: Path, request: Request, frames: Pixels | None = None) -> Mp4:
    """An mp4 in `folder`, not yet signed, with the AIGC key in its metadata."""
    ready = marked([texture(25, 640, 360) if frames is None else frames], request)
    options = media.EncodeOptions(metadata={"AIGC": provenance.aigc_metadata(ready)})
    return media.encode(ready, folder, options, Outside(log=Forgetful()))


def signed(folder: Path, request: Request, frames: Pixels | None = None) -> Path:
    """A signed clip in `folder`, whose identity lies in `folder/identity`."""
    return provenance.sign(encoded(folder, request, frames), folder / "identity").path
