"""The road from a request to a signed clip: the only file that knows the order of the stations.

    request ─decide→ allowed ─engine→ frames ─review→ reviewed ─mark→ marked ─encode→ mp4 ─sign→ signed ─put→ clip

Nothing here imports torch: the engine is handed in, and `engines.load.OnFirstUse` opens it after the guard has spoken.
"""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import tempfile
import threading
import time
import unicodedata
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict, TypeVar, Unpack

import numpy as np

from vitascope import errors, media, policy, provenance, settings, store
from vitascope.engines import Engine, catalog
from vitascope.types import (
    MAX_PROMPT_CHARS,
    Allowed,
    ClipRef,
    Decision,
    Frames,
    Marked,
    ModelId,
    Mp4,
    Outside,
    Pixels,
    Progress,
    Refused,
    Request,
    Stage,
    Still,
)

T = TypeVar("T")


SEEDS = 2**63
MAX_STEPS = 100
MAX_GUIDANCE = 20.0


class Options(TypedDict, total=False):
    """What can be said of a clip beside its prompt; None and absent both mean the default."""

    still: Still | None
    negative: str | None
    aspect: str | None
    """"16:9", "9:16" or "1:1"; not together with `size`."""
    size: str | tuple[int, int] | None
    """"WIDTHxHEIGHT" in pixels, or the pair."""
    fps: int | None
    seconds: float | None
    seed: int | None
    steps: int | None
    guidance: float | None
    model: str | None
    policy: str | None
    label: bool
    """Draw the visible AI label."""
    private: bool
    """Leave the prompt out of the manifest."""


def request(prompt: str, **options: Unpack[Options]) -> Request:
    """The request for a clip, every field within what the model can do; defaults come from the model's catalog row.

    Raises the `InvalidRequest` leaf that names what was got and what was expected: `PromptEmpty` (a still may go
    without words), `PromptTooLong`, `PromptControlCharacters`, `SecondsOutOfRange`, `SizeUnsupported`,
    `OptionOutOfRange`, `ModelUnknown`; and `TypeError` for an option that there is not.
    """
    if unknown := options.keys() - Options.__annotations__.keys():
        known = ", ".join(Options.__annotations__)
        raise TypeError(f"There is no option {', '.join(sorted(unknown))}; there is: {known}.")
    info = catalog.find(_given(options.get("model"), Request.model))
    still = options.get("still")
    width, height = _canvas(options.get("aspect"), options.get("size"), info)
    seconds = _given(options.get("seconds"), Request.seconds)
    if not _is_number(seconds) or not info.seconds[0] <= seconds <= info.seconds[1]:
        least, most = info.seconds
        raise errors.SecondsOutOfRange(f"{seconds!r} seconds were asked for; {info.name} makes {least:g} to {most:g}.")
    return Request(
        prompt=_text("prompt", prompt, may_be_empty=still is not None),
        negative_prompt=_text("negative prompt", _given(options.get("negative"), ""), may_be_empty=True),
        still=still,
        width=width,
        height=height,
        fps=_whole("fps", _given(options.get("fps"), Request.fps), *info.fps),
        seconds=float(seconds),
        seed=_whole("seed", _given(options.get("seed"), Request.seed), 0, SEEDS - 1),
        steps=_whole("steps", _given(options.get("steps"), info.steps), 1, MAX_STEPS),
        guidance_scale=_guidance(_given(options.get("guidance"), info.guidance_scale)),
        model=info.name,
        policy=_given(options.get("policy"), Request.policy),
        label=bool(options.get("label", False)),
        private=bool(options.get("private", False)),
    )


@dataclass(frozen=True)
class Timings:
    """Seconds of wall clock by stage. Stages take turns in one stream of frames, so their sum is `total` or less."""

    guard: float = 0.0
    load: float = 0.0
    text: float = 0.0
    steps: float = 0.0
    decode: float = 0.0
    encode: float = 0.0
    sign: float = 0.0
    total: float = 0.0


@dataclass(frozen=True, eq=False)
class Made:
    """A finished clip and everything that was learned on the way. `decisions` are in the order they were taken."""

    ref: ClipRef
    request: Request
    model: ModelId
    decisions: tuple[Decision, ...]
    manifest: dict[str, Any]
    pixels_sha256: str
    warnings: tuple[str, ...]
    timings: Timings


def make(request: Request, destination: Path, engine: Engine, outside: Outside) -> Made:
    """Walks the whole road and returns the clip that now lies at `destination` (an mp4, signed).

    Raises `Refusal` with its decision, `Cancelled`, `OutputUnwritable`, `DiskFull`, or whatever the engine raises;
    then `destination` is as it was and nothing else is left behind. The folder of `destination` must exist.
    """
    store.check_destination(destination)
    walk = _Walk.begin(outside)
    with _workshop(destination) as folder:
        mp4 = _encoded(request, engine, walk, folder)
        walk.stop_if_cancelled()
        signed = provenance.sign(mp4, settings.load().identity_folder)
        walk.outside.progress(Progress("sign", 1, 1))
        ref = store.put(signed, destination)
    return Made(
        ref=ref,
        request=request,
        model=mp4.frames.model,
        decisions=walk.decisions,
        manifest=signed.manifest,
        pixels_sha256=mp4.pixels_sha256,
        warnings=signed.warnings,
        timings=walk.timings(),
    )


def stream(request: Request, engine: Engine, outside: Outside) -> Iterator[Pixels]:
    """The clip's frames as they are made: uint8 chunks (T, H, W, 3), reviewed and marked, never stored.

    Raises `Refusal` on the first `next` where the guard says no to the request, later where it says no to frames.
    """
    yield from _marked(request, engine, _Walk.begin(outside)).chunks


@dataclass(frozen=True)
class Reproduction:
    """A clip made again from its own manifest. `same`: its frames equal the recorded ones bit for bit.

    `differences` are sentences that may explain why not: other weights, other versions of what it runs on.
    """

    same: bool
    request: Request
    recorded_sha256: str
    pixels_sha256: str
    model: ModelId
    differences: tuple[str, ...]


def reproduce(request: Request, record: provenance.Record, engine: Engine, outside: Outside) -> Reproduction:
    """Makes the recorded clip again and compares its frames; no file is written. `request` is `record.request(…)`.

    The guard decides again, under its policies of today. Raises what `make` raises, output errors aside.
    """
    walk = _Walk.begin(outside)
    marked = _marked(request, engine, walk)
    digest = hashlib.sha256()
    for chunk in marked.chunks:
        walk.stop_if_cancelled()
        digest.update(np.ascontiguousarray(chunk).data)
    model = marked.frames.model
    return Reproduction(
        same=digest.hexdigest() == record.pixels_sha256,
        request=request,
        recorded_sha256=record.pixels_sha256,
        pixels_sha256=digest.hexdigest(),
        model=model,
        differences=tuple(_differences(record, model)),
    )


def _differences(record: provenance.Record, model: ModelId) -> Iterator[str]:
    if model.sha256 != record.model.sha256:
        yield f"The weights are others: {record.model.sha256[:12]} was recorded, {model.sha256[:12]} is installed."
    for package, recorded in record.packages.items():
        installed = metadata.version(package)
        if installed != recorded:
            yield f"{package} {recorded} was recorded, {installed} is installed."


@dataclass(frozen=True)
class _Walk:
    """One walk down the road: the caller's `Outside`, with its progress timed and its decisions remembered."""

    outside: Outside
    watch: _Stopwatch
    taken: list[Decision]

    @classmethod
    def begin(cls, outside: Outside) -> _Walk:
        watch = _Stopwatch(outside.progress)
        taken: list[Decision] = []
        return cls(replace(outside, progress=watch, log=_Remembering(outside, taken)), watch, taken)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(self.taken)

    def stop_if_cancelled(self) -> None:
        if self.outside.cancelled():
            raise errors.Cancelled("The clip was cancelled before it was finished.")

    def timings(self) -> Timings:
        return self.watch.timings()


@dataclass(frozen=True)
class _Remembering:
    """A decision log that also keeps what this walk decided."""

    outside: Outside
    taken: list[Decision]

    def record(self, decision: Decision) -> None:
        self.outside.log.record(decision)
        self.taken.append(decision)


@dataclass
class _Stopwatch:
    """Gives the time since the last report to the stage that reports work done, and passes the report on."""

    sink: Callable[[Progress], None]
    began: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    spent: dict[str, float] = field(default_factory=dict[str, float])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, progress: Progress) -> None:
        self.lap(progress.stage if progress.done else None)
        self.sink(progress)

    def lap(self, stage: str | None) -> None:
        with self.lock:
            now = time.perf_counter()
            if stage is not None:
                self.spent[stage] = self.spent.get(stage, 0.0) + now - self.last
            self.last = now

    def timings(self) -> Timings:
        return Timings(**self.spent, total=time.perf_counter() - self.began)


_CRF = 18
_CRF_STILL = 13
"""Photographs hold finer detail than drawn clips, and at 18 the encoder takes up to a sixth of it."""


def _encoded(request: Request, engine: Engine, walk: _Walk, folder: Path) -> Mp4:
    marked = _marked(request, engine, walk)
    crf = _CRF if request.still is None else _CRF_STILL
    options = media.EncodeOptions(crf=crf, metadata={"AIGC": provenance.aigc_metadata(marked)})
    return media.encode(marked, folder, options, walk.outside)


def _marked(request: Request, engine: Engine, walk: _Walk) -> Marked:
    allowed = _allowed(request, walk)
    frames = engine.frames(allowed, walk.outside)
    watched = replace(frames, chunks=_until_cancelled(frames, walk))
    return provenance.mark(policy.review(watched, walk.outside.log))


def _allowed(request: Request, walk: _Walk) -> Allowed:
    answer = policy.decide(request, walk.outside.log)
    walk.watch.lap("guard")
    if isinstance(answer, Refused):
        raise errors.Refusal(answer.decision.explanation or "The guard refused the request.", answer.decision)
    return answer


def _until_cancelled(frames: Frames, walk: _Walk) -> Iterator[Pixels]:
    """The chunks, until the user cancels. Time spent between two chunks belongs to those who took the first."""
    chunks = iter(frames.chunks)
    after: Stage | None = None
    while True:
        walk.watch.lap(after)
        chunk = next(chunks, None)
        walk.watch.lap("decode")
        if chunk is None:
            return
        walk.stop_if_cancelled()
        yield chunk
        after = "encode"


def _given(value: T | None, default: T) -> T:
    return default if value is None else value


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(name: str, value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise errors.OptionOutOfRange(f"{name} is {value!r}; a whole number from {least} to {most} was expected.")
    return value


def _guidance(value: float) -> float:
    if not _is_number(value) or not 0 <= value <= MAX_GUIDANCE:
        raise errors.OptionOutOfRange(f"guidance is {value!r}; a number from 0 to {MAX_GUIDANCE:g} was expected.")
    return float(value)


def _text(name: str, text: object, *, may_be_empty: bool) -> str:
    if not isinstance(text, str):
        raise errors.InvalidRequest(f"The {name} is of type {type(text).__name__}; a text was expected.")
    if len(text) > MAX_PROMPT_CHARS:
        raise errors.PromptTooLong(f"The {name} has {len(text):,} characters; {MAX_PROMPT_CHARS:,} is the most.")
    for place, character in enumerate(text):
        # Cc are control characters, Cs lone surrogates: what is left of bytes that are no UTF-8
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t":
            raise errors.PromptControlCharacters(
                f"The {name} holds the control character U+{ord(character):04X} at character {place + 1}."
            )
    if not may_be_empty and not any(character.isprintable() and not character.isspace() for character in text):
        raise errors.PromptEmpty(f"The {name} is empty.")
    return text


def _canvas(aspect: str | None, size: str | tuple[int, int] | None, info: catalog.EngineInfo) -> tuple[int, int]:
    if size is None:
        canvas = catalog.ASPECTS.get(_given(aspect, "16:9"))
        if canvas is None:
            raise errors.SizeUnsupported(f"The aspect {aspect!r} is not one of {', '.join(catalog.ASPECTS)}.")
        return canvas
    if aspect is not None:
        raise errors.SizeUnsupported(f"Both the aspect {aspect} and the size {size} were given; give one of them.")
    width, height = _parsed(size, info)
    if not info.sizes.admits(width, height):
        raise errors.SizeUnsupported(f"{info.name} does not draw {width}x{height}; it needs {info.sizes}.")
    return width, height


def _parsed(size: str | tuple[int, int], info: catalog.EngineInfo) -> tuple[int, int]:
    if isinstance(size, str):
        found = re.fullmatch(r"([0-9]{1,5})[x×*]([0-9]{1,5})", size.strip().lower())
        if found:
            return int(found[1]), int(found[2])
    elif len(size) == 2 and all(type(side) is int for side in size):
        return size
    raise errors.SizeUnsupported(f"The size {size!r} is not WIDTHxHEIGHT, such as 1280x720: {info.sizes}.")


@contextmanager
def _workshop(destination: Path) -> Generator[Path]:
    """A folder beside the destination (so that the last step is a rename), gone in the end whatever happens."""
    with store.file_errors(destination):
        folder = Path(tempfile.mkdtemp(prefix=".vitascope-", dir=destination.parent))
    try:
        with store.room_errors(destination):
            yield folder
    except errors.DiskFull as error:  # told of a file in the workshop, which is gone when the user reads it
        raise errors.DiskFull(f"No room to write {destination}: the disk is full.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
