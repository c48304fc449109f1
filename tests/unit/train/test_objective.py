"""The loss of flow matching: what it weighs, what it leaves out, and which noise levels it draws."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from vitascope.model.text import Conditioning
from vitascope.model.transformer import Clips
from vitascope.train.objective import Batch, Noising, flow_loss


@pytest.fixture
def batch() -> Batch:
    generator = torch.Generator().manual_seed(1)
    known = torch.zeros(5, 3, dtype=torch.bool)
    known[:3, 0] = True
    return Batch(
        z_BCTHW=torch.randn(5, 2, 3, 4, 4, generator=generator),
        known_BT=known,
        when_BT=torch.rand(5, 3, generator=generator),
        length_B=torch.full((5,), 21.0),
        text=Conditioning(torch.randn(5, 2, 8, generator=generator), torch.ones(5, 2, dtype=torch.bool)),
    )


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(9)


def test_noise_levels_lie_between_data_and_noise_and_shift_moves_them_to_noise() -> None:
    plain, moved = (Noising(shift=shift).timesteps(20_000, seeded()) for shift in (1.0, 3.0))
    for t in (plain, moved):
        assert t.min() > 0
        assert t.max() < 1
    assert float(plain.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(plain.median()) == pytest.approx(0.5, abs=0.02)
    assert float(moved.median()) == pytest.approx(0.75, abs=0.02)


def test_the_right_answer_costs_nothing(batch: Batch) -> None:
    assert float(flow_loss(lambda x, clips: batch.z_BCTHW, batch, Noising(), seeded())) == 0


def test_it_is_the_mean_squared_error_of_the_velocity(batch: Batch) -> None:
    batch = replace(batch, known_BT=torch.zeros_like(batch.known_BT))
    errors: list[Tensor] = []

    def predict(x: Tensor, clips: Clips) -> Tensor:
        t = clips.t_B[:, None, None, None, None]
        guess = 0.3 * x
        noise = (x - (1 - t) * batch.z_BCTHW) / t
        velocity, guessed = noise - batch.z_BCTHW, (x - guess) / t
        errors.append((guessed - velocity).square().mean())
        return guess

    loss = flow_loss(predict, batch, Noising(floor=1e-6), seeded())
    assert float(loss) == pytest.approx(float(errors[0]), rel=1e-4)


def test_below_the_floor_the_weight_stops_growing(batch: Batch) -> None:
    nearly_clean = Noising(shift=1e-3, floor=0.5)
    loss = flow_loss(lambda x, clips: batch.z_BCTHW + 1, batch, nearly_clean, seeded())
    assert float(loss) == pytest.approx(1 / 0.5**2, rel=1e-4)


def test_given_frames_come_clean_and_are_not_counted(batch: Batch) -> None:
    given = batch.known_BT[:, None, :, None, None].expand_as(batch.z_BCTHW)

    def predict(x: Tensor, clips: Clips) -> Tensor:
        assert torch.equal(x[given], batch.z_BCTHW[given])
        assert not torch.isclose(x[~given], batch.z_BCTHW[~given]).any()
        assert torch.equal(clips.known_BT, batch.known_BT)
        return torch.where(given, 100.0, batch.z_BCTHW)

    assert float(flow_loss(predict, batch, Noising(), seeded())) == 0


def test_the_same_generator_gives_the_same_loss(batch: Batch) -> None:
    one, same = (float(flow_loss(lambda x, clips: x, batch, Noising(), seeded())) for _ in range(2))
    assert one == same


def test_channels_of_later_frames_are_weighed_and_those_of_the_first_are_not(batch: Batch) -> None:
    when = torch.tensor([0.0, 0.4, 1.0]).expand(5, 3)
    batch = replace(batch, known_BT=torch.zeros_like(batch.known_BT), when_BT=when)
    weights, ones = torch.tensor([0.0, 3.0]), torch.ones(2)

    def loss(frame: int, channel: int, later_C: Tensor) -> float:
        guess = batch.z_BCTHW.clone()
        guess[:, channel, frame] += 1
        return float(flow_loss(lambda x, clips: guess, batch, Noising(), seeded(), later_C))

    # the weights of two channels of one first and two later frames sum up to 2 + 2 · 3 instead of 6
    share = 6 / 8
    assert loss(0, 0, weights) == pytest.approx(share * loss(0, 0, ones), rel=1e-4)
    assert loss(1, 0, weights) == 0
    assert loss(2, 1, weights) == pytest.approx(3 * share * loss(2, 1, ones), rel=1e-4)
