"""The guard on what came out: whole, not blank, moving; chunk by chunk, and never a frame before it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pytest

from vitascope import policy
from vitascope.errors import FramesRefused
from vitascope.types import Allowed, Decision, Frames, ModelId, Pixels, Request

H, W = 36, 64


@dataclass
class Log:
    decisions: list[Decision] = field(default_factory=list)

    def record(self, decision: Decision) -> None:
        self.decisions.append(decision)


def scene(count: int, shift: int = 1) -> Pixels:
    """A textured picture that moves `shift` pixels a frame: (count, H, W, 3)."""
    texture = np.random.default_rng(0).integers(0, 256, (H, W, 3), dtype=np.uint8)
    return np.stack([np.roll(texture, frame * shift, axis=1) for frame in range(count)])


def frames(*chunks: Pixels) -> Frames:
    allowed = policy.decide(Request("a fox", width=W, height=H), Log())
    assert isinstance(allowed, Allowed)
    return Frames(allowed, ModelId("test", "1", "0" * 64), iter(chunks))


def refusal(*chunks: Pixels) -> str | None:
    """The rule by which the frames are refused; checks that the record says the same."""
    log = Log()
    with pytest.raises(FramesRefused) as caught:
        list(policy.review(frames(*chunks), log).chunks)
    (decision,) = log.decisions
    assert decision is caught.value.decision
    assert decision.refused
    assert decision.surface == "frames"
    assert str(caught.value) == decision.explanation
    return decision.rule


def test_moving_frames_pass_unchanged_and_the_permission_is_recorded() -> None:
    log = Log()
    chunks = [scene(4)[:1], scene(4)[1:]]
    came = list(policy.review(frames(*chunks), log).chunks)
    assert all(got is given for got, given in zip(came, chunks, strict=True))
    assert [(decision.outcome, decision.surface, decision.pack) for decision in log.decisions] == [
        ("allow", "frames", "default")
    ]


def test_nothing_is_read_before_it_is_asked_for() -> None:
    read: list[int] = []

    def chunks() -> Iterator[Pixels]:
        for number in range(3):
            read.append(number)
            yield scene(3)[number : number + 1]

    source = frames()
    reviewed = policy.review(Frames(source.allowed, source.model, chunks()), Log())
    assert read == []
    next(reviewed.chunks)
    assert read == [0]


@pytest.mark.parametrize(
    "bad",
    [
        scene(2).astype(np.float32),
        scene(2)[:, :, :-1],
        scene(2)[0],
        scene(2)[..., :1],
        scene(2)[:0],
    ],
    ids=["floats", "narrow", "one frame without time", "grey", "empty"],
)
def test_a_malformed_chunk_is_refused_at_once(bad: Pixels) -> None:
    assert refusal(bad) == "frames.malformed"
    assert refusal(scene(2), bad) == "frames.malformed"


def test_no_frames_at_all_are_refused() -> None:
    assert refusal() == "frames.none"


@pytest.mark.parametrize("level", [0, 127, 255])
def test_a_blank_clip_is_refused(level: int) -> None:
    assert refusal(np.full((3, H, W, 3), level, np.uint8)) == "frames.blank"


def test_a_blank_clip_whose_grey_changes_is_still_blank() -> None:
    levels = np.arange(5, dtype=np.uint8)[:, None, None, None] * 40
    assert refusal(np.broadcast_to(levels, (5, H, W, 3))) == "frames.blank"


def test_a_flat_colour_is_blank_however_its_channels_differ() -> None:
    assert refusal(np.broadcast_to(np.uint8([255, 0, 90]), (3, H, W, 3))) == "frames.blank"


def test_a_clip_that_fades_in_from_black_passes() -> None:
    faded = scene(4, shift=0) // np.array([255, 8, 4, 2], np.uint8)[:, None, None, None]
    faded[0] = 0
    assert len(list(policy.review(frames(faded), Log()).chunks)) == 1


def test_a_frozen_clip_is_refused() -> None:
    assert refusal(scene(2, shift=0), scene(3, shift=0)) == "frames.frozen"


def test_a_clip_with_the_smallest_real_motion_passes() -> None:
    quiet = scene(5, shift=0)
    quiet[3, :6, :6] ^= 8  # one corner of one frame stirs
    assert len(list(policy.review(frames(quiet), Log()).chunks)) == 1


def test_a_chunk_that_the_engine_writes_over_does_not_hide_motion() -> None:
    moving = scene(4)

    def chunks() -> Iterator[Pixels]:
        buffer = np.empty((1, H, W, 3), np.uint8)
        for frame in moving:
            buffer[0] = frame
            yield buffer

    source = frames()
    assert len(list(policy.review(Frames(source.allowed, source.model, chunks()), Log()).chunks)) == 4
