"""The painter starts as plain interpolation, and holes are filled from around."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from vitascope.model.decoder import Layers, Painter, filled
from vitascope.model.specs import TINY

SCALE = TINY.autoencoder.scale


def layers(rows: int = 5, columns: int = 7, batch: int = 2) -> Layers:
    generator = torch.Generator().manual_seed(0)
    stacked = torch.rand(batch, 7, rows, columns, generator=generator)
    return Layers(stacked[:, :3], stacked[:, 3:4], stacked[:, 4:])


def test_a_fresh_painter_interpolates() -> None:
    low = layers()
    with torch.no_grad():
        made = Painter(TINY.autoencoder)(low)
    plain = F.interpolate(low.stacked(), scale_factor=SCALE, mode="bilinear", align_corners=False)
    assert torch.allclose(made.stacked(), plain)


@pytest.mark.parametrize(("rows", "columns"), [(10, 20), (9, 16), (5, 3)])
def test_painted_layers_are_as_many_times_as_large(rows: int, columns: int) -> None:
    with torch.no_grad():
        made = Painter(TINY.autoencoder)(layers(rows, columns, batch=1))
    assert made.frame.shape == made.behind.shape == (1, 3, rows * SCALE, columns * SCALE)
    assert made.member.shape == (1, 1, rows * SCALE, columns * SCALE)


def test_a_painter_in_low_precision_gives_full_precision() -> None:
    low = layers()
    painter = Painter(TINY.autoencoder).bfloat16()
    with torch.no_grad():
        made = painter(Layers(low.frame.bfloat16(), low.member.bfloat16(), low.behind.bfloat16()))
    assert {made.frame.dtype, made.member.dtype, made.behind.dtype} == {torch.float32}


def test_every_layer_can_learn_from_every_other() -> None:
    painter = Painter(TINY.autoencoder)
    nn.init.normal_(painter.head.weight, std=0.1)
    low = layers(batch=1)
    low.member.requires_grad_()
    painter(low).behind.sum().backward()
    assert low.member.grad is not None
    assert low.member.grad.abs().max() > 0


def test_what_is_no_hole_stays_as_it_is() -> None:
    picture, hole = torch.rand(2, 3, 30, 40), torch.zeros(2, 1, 30, 40)
    hole[:, :, 10:20, 10:25] = 1
    made = filled(picture, hole)
    free = (hole == 0).expand_as(picture)
    assert torch.equal(made[free], picture[free])


def test_a_hole_in_a_flat_picture_vanishes() -> None:
    picture = torch.full((1, 3, 60, 80), 0.4)
    hole = torch.zeros(1, 1, 60, 80)
    hole[:, :, 15:45, 20:60] = 1
    spoiled = torch.where(hole == 1, -1.0, picture)
    assert torch.allclose(filled(spoiled, hole), picture, atol=1e-4)


def test_a_hole_takes_its_colour_from_nearby() -> None:
    picture = torch.linspace(-1, 1, 80).expand(1, 3, 60, 80).clone()
    hole = torch.zeros(1, 1, 60, 80)
    hole[:, :, 25:35, 60:70] = 1
    inside = filled(picture, hole)[:, :, 25:35, 60:70]
    assert torch.allclose(inside, picture[:, :, 25:35, 60:70], atol=0.2)


def test_a_picture_that_is_all_hole_stays_finite() -> None:
    assert torch.isfinite(filled(torch.rand(1, 3, 20, 20), torch.ones(1, 1, 20, 20))).all()
