"""From a model's name to its engine: the one lazy import of torch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from vitascope.engines import Engine, catalog
from vitascope.types import Allowed, Frames, Outside, Progress


@cache
def load(name: str) -> Engine:
    """The engine of model `name`, its weights verified and in memory; opened once a process.

    Raises `ModelUnknown`, `WeightsMissing` or `WeightsDamaged`.
    """
    info = catalog.find(name)
    from vitascope.engines import mini  # torch comes in here, when a clip is really made

    return mini.open_engine(info.name)


@dataclass(frozen=True)
class OnFirstUse:
    """An engine that is opened when the first frames are asked of it, so that a refusal costs no loading."""

    name: str

    def frames(self, allowed: Allowed, outside: Outside) -> Frames:
        """Opens the engine, reports that as the stage `load`, and hands over to it."""
        outside.progress(Progress("load", 0, 1))
        engine = load(self.name)
        outside.progress(Progress("load", 1, 1))
        return engine.frames(allowed, outside)
