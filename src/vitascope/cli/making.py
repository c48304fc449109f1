"""What `generate` and `animate` share: the names of the files, the walk, the lines printed at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from anyascii import anyascii
from rich.text import Text

from vitascope import errors, road, settings, store
from vitascope.cli import console, interrupt, progress
from vitascope.engines.load import OnFirstUse
from vitascope.types import Outside, Request

MAX_CLIPS = 64
_MAX_SLUG = 60


@dataclass(frozen=True)
class Order:
    """What to make: the request of the first clip, how many, and where to."""

    request: Request
    count: int
    output: Path | None
    name: str
    as_json: bool


def make(order: Order) -> None:
    """Makes the clips one after the other and prints each. Every destination is checked before the first is begun."""
    if not 1 <= order.count <= MAX_CLIPS:
        raise errors.OptionOutOfRange(f"-n is {order.count}; a whole number from 1 to {MAX_CLIPS} was expected.")
    jobs = list(_jobs(order))
    for _, destination in jobs:
        store.check_destination(destination)
    engine = OnFirstUse(order.request.model)
    log = store.FileDecisionLog(settings.load().home)
    for request, destination in jobs:
        with progress.shown(quiet=order.as_json) as sink:
            outside = Outside(log=log, progress=sink, cancelled=interrupt.requested)
            made = road.make(request, destination, engine, outside)
        if order.as_json:
            console.print_json(as_json(made))
        else:
            _print_made(made)


def slug(text: str) -> str:
    """A file name made of the words of a text in any script; "clip" where no letter is left."""
    words = re.sub(r"[^a-z0-9]+", "-", anyascii(text).lower()).strip("-")
    if len(words) > _MAX_SLUG:
        words = words[: _MAX_SLUG + 1].rsplit("-", 1)[0][:_MAX_SLUG]
    return words or "clip"


def as_json(made: road.Made) -> dict[str, Any]:
    """What `--json` prints of a finished clip."""
    request = made.request
    return {
        "path": str(made.ref.path),
        "sha256": made.ref.sha256,
        "width": request.width,
        "height": request.height,
        "fps": request.fps,
        "frames": request.num_frames,
        "seconds": request.seconds,
        "seed": request.seed,
        "model": asdict(made.model),
        "decision": asdict(made.decisions[0]),
        "decisions": [decision.id for decision in made.decisions],
        "warnings": list(made.warnings),
        "pixels_sha256": made.pixels_sha256,
        "timings": {stage: round(seconds, 3) for stage, seconds in asdict(made.timings).items()},
    }


def _jobs(order: Order) -> Iterator[tuple[Request, Path]]:
    output = order.output if order.output is not None else Path(f"{order.name}.mp4")
    place = _free if order.output is None else Path
    if order.count == 1:
        yield order.request, place(output)
        return
    first = order.request.seed
    if first + order.count > road.SEEDS:
        raise errors.OptionOutOfRange(f"seed is {first} and -n is {order.count}; the last seed would be too large.")
    for seed in range(first, first + order.count):
        named = output.with_name(f"{output.stem}-{seed}{output.suffix}")
        yield replace(order.request, seed=seed), place(named)


def _free(path: Path) -> Path:
    """The path itself, or the first of `name-2`, `name-3`, … that is not taken."""
    number = 1
    candidate = path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _print_made(made: road.Made) -> None:
    request, took = made.request, made.timings
    shape = f"{request.width}x{request.height}, {request.seconds:g} s, {request.fps} fps, seed {request.seed}"
    console.out.print(Text.assemble((str(made.ref.path), "bold green"), f"  {shape}"))
    stages = ("load", "text", "steps", "decode", "encode", "sign")
    parts = ", ".join(f"{stage} {getattr(took, stage):.1f}" for stage in stages)
    console.out.print(Text.assemble(("made in ", "dim"), f"{took.total:.1f} s ({parts})"))
    console.out.print(Text.assemble(("guard   ", "dim"), console.decision_summary(made.decisions[0])))
    for warning in made.warnings:
        console.err.print(Text.assemble(("warning ", "yellow"), warning))
