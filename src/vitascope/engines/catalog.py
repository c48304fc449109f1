"""Which models there are, what each can be asked for and under which licence. No torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vitascope import errors

Task = Literal["text-to-video", "image-to-video"]

ASPECTS: dict[str, tuple[int, int]] = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (720, 720)}
"""Named shapes of the canvas, as (width, height) in pixels."""


@dataclass(frozen=True)
class SizeRule:
    """Canvas sizes a model can draw: both sides multiples of `multiple`, from `smallest` to `largest` pixels."""

    multiple: int
    smallest: int
    largest: int

    def admits(self, width: int, height: int) -> bool:
        """True where a canvas of `width` by `height` pixels can be drawn."""
        return all(self.smallest <= side <= self.largest and side % self.multiple == 0 for side in (width, height))

    def __str__(self) -> str:
        return f"both sides multiples of {self.multiple} from {self.smallest} to {self.largest} pixels"


@dataclass(frozen=True)
class EngineInfo:
    """One model: its ranges are inclusive; `steps` and `guidance_scale` are the defaults it was tuned for."""

    name: str
    summary: str
    licence: str
    tasks: tuple[Task, ...] = ("text-to-video", "image-to-video")
    sizes: SizeRule = SizeRule(multiple=80, smallest=320, largest=1280)
    fps: tuple[int, int] = (8, 60)
    seconds: tuple[float, float] = (1.0, 10.0)
    steps: int = 12
    guidance_scale: float = 3.0


CATALOG: tuple[EngineInfo, ...] = (
    EngineInfo("mini", "Our own small model; its weights ship in the package and run on two CPU cores.", "Apache-2.0"),
    EngineInfo(
        "tiny", "The same code with random weights: for tests, it draws nothing of sense.", "Apache-2.0", steps=2
    ),
)


def find(name: str) -> EngineInfo:
    """The row of the model called `name`. Raises `ModelUnknown` for a name that is not in the catalog."""
    for info in CATALOG:
        if info.name == name:
            return info
    known = ", ".join(info.name for info in CATALOG)
    raise errors.ModelUnknown(f"There is no model called {name!r}; there is: {known}.")
