"""Engines: what turns an allowed request into frames.

`catalog` lists them and `load` opens one; neither loads torch by being imported.
"""

from __future__ import annotations

from typing import Protocol

from vitascope.types import Allowed, Frames, Outside

__all__ = ["Engine"]


class Engine(Protocol):
    """One contract for our own model, open weights and remote servers."""

    def frames(self, allowed: Allowed, outside: Outside) -> Frames:
        """Frames of the allowed request: `num_frames` of them in uint8 chunks (T, H, W, 3), made as they are taken.

        Reports `text`, `steps` and `decode` to `outside.progress` and raises `Cancelled` between steps and chunks
        once `outside.cancelled()` is true. The same weights, request and seed give the same frames on one machine.
        """
        ...
