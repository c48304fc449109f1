"""The transformer: what it looks at, what it must not look at, and where its tokens stand."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from vitascope.model.specs import TINY
from vitascope.model.text import Conditioning
from vitascope.model.transformer import TIME_SPAN, Clips, Transformer, positions

CHANNELS = 6
FRAMES, ROWS, COLUMNS = 3, 2, 4
TOKENS = 5


@pytest.fixture(scope="module")
def model() -> Transformer:
    made = Transformer(TINY.transformer, CHANNELS).eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.2)
    return made.requires_grad_(False)


@pytest.fixture
def x() -> Tensor:
    return torch.randn(2, CHANNELS, FRAMES, ROWS, COLUMNS, generator=torch.Generator().manual_seed(4))


@pytest.fixture
def clips() -> Clips:
    generator = torch.Generator().manual_seed(5)
    tokens = torch.randn(2, TOKENS, TINY.transformer.text_width, generator=generator)
    mask = torch.tensor([[True] * 5, [True, True, True, False, False]])
    return Clips(
        t_B=torch.tensor([0.8, 0.3]),
        known_BT=torch.zeros(2, FRAMES, dtype=torch.bool),
        when_BT=torch.tensor([[0.0, 0.5, 1.0], [0.0, 0.2, 0.7]]),
        length_B=torch.tensor([21.0, 5.0]),
        text=Conditioning(tokens, mask),
    )


def differ(one: Tensor, other: Tensor) -> Tensor:
    """Which clips of the batch differ."""
    return (one - other).abs().amax((1, 2, 3, 4)) > 1e-3


def test_a_fresh_transformer_says_zero(x: Tensor, clips: Clips) -> None:
    fresh = Transformer(TINY.transformer, CHANNELS)
    with torch.no_grad():
        assert torch.equal(fresh(x, clips), torch.zeros_like(x))


def test_the_estimate_has_the_shape_of_the_latents_and_is_full_precision(
    model: Transformer, x: Tensor, clips: Clips
) -> None:
    assert model(x, clips).shape == x.shape
    low = Transformer(TINY.transformer, CHANNELS).bfloat16()
    with torch.no_grad():
        made = low(x.bfloat16(), replace(clips, text=clips.text.to("cpu", torch.bfloat16)))
    assert made.dtype == torch.float32


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("t_B", torch.tensor([0.8, 0.6])),
        ("known_BT", torch.tensor([[False] * 3, [True, False, False]])),
        ("when_BT", torch.tensor([[0.0, 0.5, 1.0], [0.0, 0.2, 0.9]])),
        ("length_B", torch.tensor([21.0, 9.0])),
    ],
)
def test_each_thing_it_is_told_matters_to_its_own_clip(
    model: Transformer, x: Tensor, clips: Clips, field: str, value: Tensor
) -> None:
    changed = replace(clips, **{field: value})
    assert differ(model(x, clips), model(x, changed)).tolist() == [False, True]


def test_the_text_matters(model: Transformer, x: Tensor, clips: Clips) -> None:
    tokens = clips.text.tokens_BLD.clone()
    tokens[0, 3] *= -1
    changed = replace(clips, text=Conditioning(tokens, clips.text.mask_BL))
    assert differ(model(x, clips), model(x, changed)).tolist() == [True, False]


def test_what_stands_in_padding_does_not_matter(model: Transformer, x: Tensor, clips: Clips) -> None:
    tokens = clips.text.tokens_BLD.clone()
    tokens[1, 3:] = 100.0
    spoiled = replace(clips, text=Conditioning(tokens, clips.text.mask_BL))
    assert torch.allclose(model(x, clips), model(x, spoiled), atol=1e-5)


def test_how_much_padding_there_is_does_not_matter(model: Transformer, x: Tensor, clips: Clips) -> None:
    longer = Conditioning(
        torch.cat([clips.text.tokens_BLD, torch.randn(2, 7, TINY.transformer.text_width)], 1),
        torch.cat([clips.text.mask_BL, torch.zeros(2, 7, dtype=torch.bool)], 1),
    )
    assert torch.allclose(model(x, clips), model(x, replace(clips, text=longer)), atol=1e-4)


def test_every_frame_sees_every_other(model: Transformer, x: Tensor, clips: Clips) -> None:
    for source in range(FRAMES):
        changed = x.clone()
        changed[:, :, source, 0, 0] += 1
        moved = (model(changed, clips) - model(x, clips)).abs().amax((0, 1, 3, 4))
        assert (moved > 1e-4).all()


def test_clips_of_a_batch_do_not_see_each_other(model: Transformer, x: Tensor, clips: Clips) -> None:
    alone = Clips(
        clips.t_B[1:],
        clips.known_BT[1:],
        clips.when_BT[1:],
        clips.length_B[1:],
        clips.text.select(torch.tensor([1])),
    )
    assert torch.allclose(model(x, clips)[1:], model(x[1:], alone), atol=1e-4)


def test_training_and_inference_attend_alike(model: Transformer, x: Tensor, clips: Clips) -> None:
    still = model(x, clips)
    try:
        assert torch.allclose(model.train()(x, clips), still, atol=1e-4)
    finally:
        model.eval()


def test_frames_are_known_by_their_time_and_not_by_their_place(model: Transformer, x: Tensor, clips: Clips) -> None:
    order = torch.tensor([2, 0, 1])
    shuffled = replace(clips, when_BT=clips.when_BT[:, order], known_BT=clips.known_BT[:, order])
    assert torch.allclose(model(x[:, :, order], shuffled), model(x, clips)[:, :, order], atol=1e-4)


def test_positions_are_centred_in_space_and_real_in_time(clips: Clips) -> None:
    half = 12
    angles = positions(clips, TOKENS, ROWS, COLUMNS, half)
    assert angles.shape == (2, TOKENS + FRAMES * ROWS * COLUMNS, half)
    assert torch.equal(angles[:, :TOKENS], torch.zeros(2, TOKENS, half))
    video = angles[:, TOKENS:].unflatten(1, (FRAMES, ROWS, COLUMNS))
    time, row, column = video[..., 0], video[..., 3], video[..., 7]
    assert torch.allclose(time[:, :, 0, 0], clips.when_BT * TIME_SPAN)
    assert torch.allclose(row[0, 0, :, 0], torch.tensor([-0.5, 0.5]))
    assert torch.allclose(column[0, 0, 0], torch.tensor([-1.5, -0.5, 0.5, 1.5]))
    assert torch.allclose(video[:, :, :, :, 3:].sum((2, 3)), torch.zeros(2, FRAMES, half - 3), atol=1e-5)
