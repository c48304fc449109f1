"""Patch bases and the fixed half of the autoencoder: what goes in comes out."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vitascope.model.autoencoder import Autoencoder, LowFrames, PatchBasis
from vitascope.model.specs import MINI, TINY, AutoencoderSpec

WHOLE = AutoencoderSpec(
    patch=2, block=3, colour_channels=36, flow_channels=48, member_channels=12, paint_width=4, paint_depth=1
)
"""As many channels as a patch has values: nothing is lost."""


def low_rank(count: int = 400, values: int = 30, rank: int = 6) -> Tensor:
    generator = torch.Generator().manual_seed(0)
    strengths = torch.tensor([10.0, 5.0, 2.0, 1.0, 0.5, 0.2])[:rank]
    directions = torch.linalg.qr(torch.randn(values, rank, generator=generator))[0]
    return (torch.randn(count, rank, generator=generator) * strengths) @ directions.T + 3.0


def frames(batch: int = 2, blocks: int = 2) -> LowFrames:
    generator = torch.Generator().manual_seed(1)
    size = (WHOLE.block * blocks, 6, 8)
    return LowFrames(
        torch.randn(batch, 3, *size, generator=generator), torch.randn(batch, 5, *size, generator=generator)
    )


@pytest.fixture(scope="module")
def whole() -> Autoencoder:
    autoencoder = Autoencoder(WHOLE)
    generator = torch.Generator().manual_seed(2)
    for basis in (autoencoder.colour, autoencoder.flow, autoencoder.member):
        values = basis.get_buffer("mean_P").shape[0]
        basis.fit(torch.randn(1_000, values, generator=generator), torch.zeros(values))
    return autoencoder


def test_a_basis_keeps_data_of_its_rank() -> None:
    patches = low_rank()
    basis = PatchBasis(30, 6)
    basis.fit(patches, patches.mean(0))
    assert torch.allclose(basis.decode(basis.encode(patches)), patches, atol=1e-4)


def test_a_smaller_basis_keeps_the_strongest_components() -> None:
    patches = low_rank()
    error = []
    for channels in (2, 3, 4):
        basis = PatchBasis(30, channels)
        basis.fit(patches, patches.mean(0))
        error.append(float((basis.decode(basis.encode(patches)) - patches).square().sum(1).mean()))
    # what is lost is the variance of the components left out
    assert error == pytest.approx([2**2 + 1 + 0.5**2 + 0.2**2, 1 + 0.5**2 + 0.2**2, 0.5**2 + 0.2**2], rel=0.2)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_channels_have_a_mean_square_of_one_and_the_spread_asked_for(power: float) -> None:
    patches = low_rank()
    basis = PatchBasis(30, 4)
    basis.fit(patches, patches.mean(0), power)
    z = basis.encode(patches)
    assert float(z.square().mean()) == pytest.approx(1, rel=1e-3)
    ratio = float(z[:, 0].std() / z[:, 3].std())
    assert ratio == pytest.approx(10 ** (1 - power), rel=0.15)


def test_the_mean_given_is_the_zero_of_all_channels() -> None:
    patches = low_rank()
    basis = PatchBasis(30, 4)
    basis.fit(patches, torch.full((30,), 0.25))
    assert torch.allclose(basis.encode(torch.full((2, 30), 0.25)), torch.zeros(2, 4), atol=1e-5)
    assert torch.allclose(basis.decode(torch.zeros(4)), torch.full((30,), 0.25))


def test_encoding_and_expanding_give_the_same_frames(whole: Autoencoder) -> None:
    low = frames()
    z = whole.encode(low)
    assert z.shape == (2, WHOLE.channels, 2, 3, 4)
    back = whole.expand(z)
    assert torch.allclose(back.colour, low.colour, atol=1e-4)
    assert torch.allclose(back.motion, low.motion, atol=1e-4)


def test_a_latent_is_its_own_patch_of_its_own_block(whole: Autoencoder) -> None:
    low = frames(batch=1)
    changed = LowFrames(low.colour.clone(), low.motion.clone())
    changed.colour[:, :, 3:, 2:4, 6:8] += 1
    difference = (whole.encode(low) - whole.encode(changed)).abs().sum((0, 1))
    assert difference.nonzero().tolist() == [[1, 1, 3]]


def test_colour_and_motion_have_channels_of_their_own(whole: Autoencoder) -> None:
    low = frames(batch=1)
    still = whole.encode(LowFrames(low.colour, torch.zeros_like(low.motion)))
    assert still[:, : WHOLE.colour_channels].abs().max() > 0.1
    assert still[:, WHOLE.colour_channels :].abs().max() < 1e-5


def test_shrinking_averages() -> None:
    autoencoder = Autoencoder(TINY.autoencoder)
    scale = TINY.autoencoder.scale
    small = torch.rand(2, 3, 4, 5, 6)
    large = small.repeat_interleave(scale, 3).repeat_interleave(scale, 4)
    assert torch.allclose(autoencoder.shrink(large), small, atol=1e-6)


@pytest.mark.parametrize("spec", [MINI.autoencoder, TINY.autoencoder], ids=["mini", "tiny"])
def test_a_still_is_one_latent_frame(spec: AutoencoderSpec) -> None:
    still = torch.rand(1, 3, 2 * spec.spatial, 3 * spec.spatial)
    assert Autoencoder(spec).still_latents(still).shape == (1, spec.channels, 1, 2, 3)


def test_a_still_is_held_for_a_block_and_has_not_moved(whole: Autoencoder) -> None:
    still = torch.rand(1, 3, 6 * WHOLE.scale, 8 * WHOLE.scale) * 2 - 1
    back = whole.expand(whole.still_latents(still))
    small = whole.shrink(still[:, :, None])
    assert torch.allclose(back.colour, small.expand_as(back.colour), atol=1e-4)
    assert back.motion.abs().max() < 1e-4
