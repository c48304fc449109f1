"""Training samples: which moments of a clip are looked at, and what the small frames show."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vitascope.model.autoencoder import LowFrames
from vitascope.model.specs import TINY
from vitascope.train.samples import Sample, draw_sample, low_frames
from vitascope.world.render import render
from vitascope.world.scene import UNCAPTIONED, Actor, Palette, Scene

SPEC = TINY.autoencoder
PALETTE = Palette(("fox", "car"), ("left", "rise"), ("desert",), ("static", "pan-left"), background_seeds=1)
SCENE = Scene("desert", 0, "day", "pan-left", 1.0, (Actor("fox", "rise", 0.0, 0.0, 0.5),))


@pytest.fixture(scope="module")
def low() -> LowFrames:
    return low_frames([Sample(SCENE, "a fox rises", 21, (0, 1, 20))], SPEC, 3, 4)


def test_samples_look_at_the_first_frame_and_some_later_ones() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        sample = draw_sample(rng, PALETTE, 3)
        assert sample.frames[0] == 0
        assert list(sample.frames) == sorted(set(sample.frames))
        assert len(sample.frames) == 3
        assert sample.when[0] == 0
        assert all(0 < when <= 1 for when in sample.when[1:])
        assert 5 <= sample.length <= 41


def test_most_clips_are_five_seconds_long() -> None:
    rng = np.random.default_rng(1)
    lengths = [draw_sample(rng, PALETTE, 1).length for _ in range(300)]
    assert 0.6 < lengths.count(21) / 300 < 0.85
    assert len(set(lengths)) > 20


def test_a_share_of_the_scenes_stands_before_a_picture_without_words() -> None:
    rng = np.random.default_rng(2)
    samples = [draw_sample(rng, PALETTE, 1, uncaptioned=0.5) for _ in range(200)]
    without = [s for s in samples if s.scene.background == UNCAPTIONED]
    assert 70 < len(without) < 130
    assert {len(s.scene.actors) for s in without} == {0, 1}
    assert not any("desert" in s.caption or "dune" in s.caption for s in without)


def test_small_frames_come_in_blocks(low: LowFrames) -> None:
    assert low.colour.shape == (1, 3, 3 * SPEC.block, 30, 40)
    assert low.motion.shape == (1, 5, 3 * SPEC.block, 30, 40)
    assert -1 <= float(low.colour.min()) < float(low.colour.max()) <= 1


def test_the_first_frame_is_held_for_a_block_and_tells_no_motion(low: LowFrames) -> None:
    for i in range(1, SPEC.block):
        assert torch.equal(low.colour[:, :, i], low.colour[:, :, 0])
    assert not low.motion[:, :, : SPEC.block].any()
    assert low.motion[:, 4, SPEC.block :].max() > 0.5


def test_the_last_small_frame_of_a_block_is_its_moment(low: LowFrames) -> None:
    last = render(SCENE, [1.0], 80, 60)
    colour = torch.from_numpy(last.colour[0]).permute(2, 0, 1).float() / 127.5 - 1
    small = torch.nn.functional.avg_pool2d(colour, 2)
    assert torch.allclose(low.colour[0, :, -1], small, atol=0.02)
    assert torch.allclose(low.motion[0, 0, -1], torch.full((30, 40), -0.36), atol=1e-4)


def test_motion_grows_evenly_within_a_block(low: LowFrames) -> None:
    shifts = low.motion[0, 0, SPEC.block : 2 * SPEC.block].mean((1, 2))
    assert shifts.tolist() == pytest.approx([-0.36 / 20 * (i + 1) / SPEC.block for i in range(SPEC.block)], abs=1e-5)
