"""Frames on their way to the encoder, as the stations before it would hand them on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from vitascope.types import Allowed, Decision, Frames, Marked, ModelId, Outside, Pixels, Progress, Request


@dataclass
class Watcher:
    """Keeps what the encoder reports; it has no decision to record."""

    events: list[Progress] = field(default_factory=list)

    def record(self, decision: Decision) -> None:
        raise AssertionError(f"the encoder decides nothing, but recorded {decision}")

    @property
    def outside(self) -> Outside:
        return Outside(self, progress=self.events.append)


def moving_gradient(frames: int, height: int, width: int) -> Pixels:
    """A smooth colour gradient that drifts by two pixels a frame; (T, H, W, 3)."""
    t, y, x = np.ogrid[:frames, :height, :width]
    red = 127 + 100 * np.sin((x + 2 * t) / 60 + 0 * y)
    green = 127 + 100 * np.cos((y + 2 * t) / 50 + 0 * x)
    blue = 127 + 90 * np.sin((x + y - 2 * t) / 80)
    return np.stack([red, green, blue], axis=-1).round().astype(np.uint8)


def chunked(pixels: Pixels, size: int = 16) -> Iterator[Pixels]:
    for start in range(0, len(pixels), size):
        yield pixels[start : start + size]


def mark(source: Pixels | Iterator[Pixels], request: Request | None = None) -> Marked:
    """`Marked` from frames (T, H, W, 3) at 24 a second, or from an iterator of chunks and its request."""
    if isinstance(source, np.ndarray):
        frames, height, width = source.shape[:3]
        request = request or Request("a gradient", width=width, height=height, seconds=(frames - 1) / 24)
        source = chunked(source)
    assert request is not None
    engine = Frames(Allowed(request, ()), ModelId("test", "1", "0" * 64), iter(()))
    return Marked(engine, source, b"12345678")
