"""Shapes of latents follow from the request and the autoencoder's spec."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.engines import catalog
from vitascope.model.specs import MINI, SPECS, AutoencoderSpec, LatentShape
from vitascope.types import Request

SPEC = MINI.autoencoder


def test_five_seconds_at_720p() -> None:
    shape = LatentShape.of(SPEC, Request("a fox"))
    assert shape.bcthw == (1, 128, 21, 9, 16)
    assert shape.tokens == 3_024


@pytest.mark.parametrize(("width", "height", "grid"), [(1280, 720, (9, 16)), (720, 1280, (16, 9)), (720, 720, (9, 9))])
def test_every_aspect_has_its_grid(width: int, height: int, grid: tuple[int, int]) -> None:
    shape = LatentShape.of(SPEC, Request("a fox", width=width, height=height))
    assert (shape.height, shape.width) == grid


@settings(deadline=None)
@given(seconds=st.floats(1, 10), fps=st.integers(8, 60), rate=st.integers(1, 4), block=st.integers(1, 6))
def test_latent_frames_hold_all_frames_and_none_in_vain(seconds: float, fps: int, rate: int, block: int) -> None:
    spec = AutoencoderSpec(rate=rate, block=block)
    request = Request("a fox", seconds=seconds, fps=fps)
    frames = LatentShape.of(spec, request).frames
    assert 1 + spec.temporal * (frames - 1) >= request.num_frames > 1 + spec.temporal * (frames - 2)


def test_a_size_between_latents_is_our_own_mistake() -> None:
    with pytest.raises(AssertionError, match="1300x720"):
        LatentShape.of(SPEC, Request("a fox", width=1300))


@pytest.mark.parametrize("name", SPECS)
def test_the_catalog_offers_sizes_that_the_latents_can_hold(name: str) -> None:
    assert catalog.find(name).sizes.multiple % SPECS[name].autoencoder.spatial == 0
