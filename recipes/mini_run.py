"""What all stages of a training run share: where it lives, what it trains on which part of the world, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vitascope.model.specs import ModelSpec
from vitascope.world.scene import Palette


@dataclass(frozen=True)
class Run:
    """A training run: its folder, the model that it trains, and the part of the world that it learns."""

    folder: Path
    spec: ModelSpec
    palette: Palette


@dataclass(frozen=True)
class Budget:
    """How long a run goes on: `minutes` in all, and `steps` in all where they are counted.

    The learning rate's course is laid out over `course` minutes, or over the steps where they are counted.
    """

    minutes: float
    course: float
    steps: int | None = None

    def lasts(self, seconds: float, step: int) -> bool:
        """True where a run that has taken `seconds` and `step` steps goes on."""
        return seconds < self.minutes * 60 and (self.steps is None or step < self.steps)

    def progress(self, seconds: float, step: int) -> float:
        """The share of the course that is behind."""
        return seconds / self.course / 60 if self.steps is None else step / self.steps


@dataclass(frozen=True)
class Course:
    """How one net is trained: for how long, on what batches, how fast, and how often that is logged and saved."""

    budget: Budget
    batch: int
    rate: float
    threads: int = 1
    log_every: int = 50
    save_every: int = 200
