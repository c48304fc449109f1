"""The frozen nouns that cross a border. Each station of the road takes one of them and gives back the next.

    Request ─policy.decide→ Allowed | Refused
    Allowed ─engine.frames→ Frames ─policy.review→ Reviewed ─provenance.mark→ Marked
    Marked ─media.encode→ Mp4 ─provenance.sign→ SignedClip ─store.put→ ClipRef

Only `policy` builds `Allowed`, `Refused` and `Reviewed`; only `provenance` builds `Marked` and `SignedClip`; only
`media` builds `Mp4`. A test walks the source and holds everybody to it.

Legend: T frames of a chunk, H rows, W columns, pixels uint8 sRGB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Surface = Literal["prompt", "negative_prompt", "image", "frames", "caption"]
Outcome = Literal["allow", "label", "refuse"]
Stage = Literal["load", "text", "steps", "decode", "encode", "sign"]

MAX_PROMPT_CHARS = 2_500


@dataclass(frozen=True, eq=False)
class Still:
    """A picture to animate: upright, opaque sRGB pixels (H, W, 3) and the SHA-256 of the file they came from."""

    pixels: Pixels
    sha256: str
    name: str = "still"


@dataclass(frozen=True)
class Request:
    """What a user asks for. Validated where it is built (`road.request`); sizes in pixels, lengths in seconds."""

    prompt: str
    negative_prompt: str = ""
    still: Still | None = None
    width: int = 1280
    height: int = 720
    fps: int = 24
    seconds: float = 5.0
    seed: int = 0
    steps: int = 12
    guidance_scale: float = 3.0
    model: str = "mini"
    policy: str = "default"
    label: bool = False
    private: bool = False

    @property
    def num_frames(self) -> int:
        """Frames of the clip: one first frame and `fps` more for each second (121 for 5 s at 24 fps)."""
        return round(self.seconds * self.fps) + 1


@dataclass(frozen=True)
class Span:
    """Characters [start, end) of the user's own text, and the words there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Decision:
    """One decision of the guard. `view` is the form of the text in which the rule matched ("as_written", …)."""

    id: str
    outcome: Outcome
    pack: str
    version: str
    surface: Surface
    rule: str | None = None
    topic: str | None = None
    spans: tuple[Span, ...] = ()
    view: str | None = None
    explanation: str = ""
    elapsed_ms: float = 0.0

    @property
    def refused(self) -> bool:
        """True where the outcome is a refusal."""
        return self.outcome == "refuse"


class DecisionLog(Protocol):
    """Where every decision is stored, refusals and permissions alike."""

    def record(self, decision: Decision) -> None: ...


class Checkpoints(Protocol):
    """Latents kept across a crash, by a key that names weights, request and step."""

    def load(self, key: str) -> npt.NDArray[np.float32] | None: ...

    def save(self, key: str, latents: npt.NDArray[np.float32]) -> None: ...


@dataclass(frozen=True)
class Progress:
    """Real work done so far in one stage: `done` of `total` units (denoising steps, decoded or encoded frames)."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True)
class Outside:
    """What the road needs from outside it, handed in: where decisions go, who watches, who may cancel."""

    log: DecisionLog
    progress: Callable[[Progress], None] = field(default=lambda _: None)
    cancelled: Callable[[], bool] = field(default=lambda: False)
    checkpoints: Checkpoints | None = None


@dataclass(frozen=True)
class Allowed:
    """A request that the guard let through, with the decisions that say so."""

    request: Request
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Refused:
    """A request that the guard stopped; `decision` is the one that refused."""

    decision: Decision
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class ModelId:
    """Which weights made a clip: model name, version of the weights and SHA-256 of their file."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames as an engine makes them: an iterator of uint8 chunks (T, H, W, 3), `num_frames` in all.

    `warnings` are sentences for the user, such as words of the prompt that the weights do not know.
    """

    allowed: Allowed
    model: ModelId
    chunks: Iterator[Pixels]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Reviewed:
    """Frames under the guard's eye: iterating `chunks` raises `FramesRefused` when what came out must not go on."""

    frames: Frames
    chunks: Iterator[Pixels]


@dataclass(frozen=True, eq=False)
class Marked:
    """Reviewed frames that carry the invisible watermark, and the visible label if asked. `payload` is its 64 bits."""

    frames: Frames
    chunks: Iterator[Pixels]
    payload: bytes


@dataclass(frozen=True, eq=False)
class Mp4:
    """An encoded file, not yet signed, at a temporary path. `pixels_sha256` is a hash of the marked frames in order."""

    path: Path
    frames: Frames
    payload: bytes
    pixels_sha256: str


@dataclass(frozen=True, eq=False)
class SignedClip:
    """A signed mp4 at a temporary path, with the manifest that it carries."""

    path: Path
    manifest: dict[str, Any]
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ClipRef:
    """Where a finished clip lies, and the SHA-256 of the file."""

    path: Path
    sha256: str
