"""The guard on what came out: frames must be pictures of the right shape, not blank, and moving.

Legend: T frames of a chunk, H rows, W columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from vitascope.errors import FramesRefused
from vitascope.policy.judge import milliseconds, new_id
from vitascope.policy.library import load_pack
from vitascope.policy.pack import Pack
from vitascope.types import Decision, DecisionLog, Frames, Outcome, Pixels, Reviewed

BLANK_BELOW = 1.0  # grey levels: standard deviation within a frame, of the liveliest frame
FROZEN_BELOW = 0.02  # grey levels: mean absolute difference from the first frame, of the frame furthest from it


def review(frames: Frames, log: DecisionLog) -> Reviewed:
    """The same frames under the guard's eye; nothing is read before somebody iterates `chunks`.

    Each chunk must be uint8 (T, H, W, 3) of the requested size. At the end the clip as a whole must not have been blank
    or exactly still. Either way the decision is recorded on the surface "frames"; iterating raises FramesRefused with
    it when the frames must not go on, and PackUnknown or PackInvalid when the request's pack cannot be read.
    """
    return Reviewed(frames, watched(frames, log))


def watched(frames: Frames, log: DecisionLog) -> Iterator[Pixels]:
    pack = load_pack(frames.allowed.request.policy)
    watch = Watch(frames.allowed.request.width, frames.allowed.request.height)
    for checker in pack.checkers:
        if "frames" in checker.surfaces:
            refuse(pack, log, watch, f"checker.{checker.name}")
    for chunk in frames.chunks:
        if fault := watch.see(chunk):
            refuse(pack, log, watch, fault)
        yield chunk
    if fault := watch.verdict():
        refuse(pack, log, watch, fault)
    log.record(frames_decision(pack, "allow", watch, None, "The frames are whole, not blank, and moving."))


class Watch:
    """What has been seen of a clip so far. Once a clip is neither blank nor still, frames cost next to nothing."""

    def __init__(self, width: int, height: int) -> None:
        self.shape = (height, width, 3)
        self.first: Pixels | None = None
        self.count = 0
        self.contrast = 0.0
        self.motion = 0.0
        self.elapsed_ms = 0.0
        self.got = ""

    def see(self, chunk: Pixels) -> str | None:
        """Takes in a chunk (T, H, W, 3); the rule that it breaks, if any."""
        started = perf_counter()
        if chunk.dtype != np.uint8 or chunk.ndim != 4 or chunk.shape[1:] != self.shape or not len(chunk):
            self.got = f"{chunk.dtype} {chunk.shape}"
            return "frames.malformed"
        for frame in chunk:
            if self.first is None:
                self.first = frame.copy()
            if self.contrast < BLANK_BELOW:
                self.contrast = max(self.contrast, float(frame.std(axis=(0, 1), dtype=np.float32).max()))
            if self.motion < FROZEN_BELOW:
                difference = np.maximum(frame, self.first) - np.minimum(frame, self.first)
                self.motion = max(self.motion, float(difference.mean(dtype=np.float64)))
            self.count += 1
        self.elapsed_ms += milliseconds(started)
        return None

    def verdict(self) -> str | None:
        """The rule that the whole clip breaks, if any."""
        if not self.count:
            return "frames.none"
        if self.contrast < BLANK_BELOW:
            return "frames.blank"
        if self.count > 1 and self.motion < FROZEN_BELOW:
            return "frames.frozen"
        return None


def refuse(pack: Pack, log: DecisionLog, watch: Watch, rule: str) -> None:
    """Records the refusal and raises it."""
    height, width, _ = watch.shape
    sentences = {
        "frames.malformed": f"The engine gave a chunk of {watch.got}; expected uint8 RGB frames of {width}×{height}.",
        "frames.none": "The engine gave no frames at all.",
        "frames.blank": f"The clip is blank: no frame varies by more than {watch.contrast:.2f} grey levels.",
        "frames.frozen": f"The clip stands still: no frame differs from the first by more than {watch.motion:.3f} grey "
        "levels.",
    }
    missing = f"The policy {pack.id} asks for {rule.partition('.')[2]!r} on the frames, and it is not installed."
    decision = frames_decision(pack, "refuse", watch, rule, sentences.get(rule, missing))
    log.record(decision)
    raise FramesRefused(decision.explanation, decision)


def frames_decision(pack: Pack, outcome: Outcome, watch: Watch, rule: str | None, explanation: str) -> Decision:
    return Decision(
        id=new_id(),
        outcome=outcome,
        pack=pack.id,
        version=pack.version,
        surface="frames",
        rule=rule,
        explanation=explanation,
        elapsed_ms=watch.elapsed_ms,
    )
