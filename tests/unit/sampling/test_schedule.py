"""Settings of a run: what is refused, and that noise is a function of its seed."""

from __future__ import annotations

import pytest
import torch

from vitascope.errors import OptionOutOfRange
from vitascope.sampling import gaussian_noise, timesteps


def test_plain_schedule_is_evenly_spaced() -> None:
    assert timesteps(4).tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]


def test_shift_spends_more_steps_near_noise() -> None:
    assert timesteps(2, shift=3.0).tolist() == [1.0, 0.75, 0.0]


@pytest.mark.parametrize("steps", [0, -3])
def test_less_than_one_step_is_refused(steps: int) -> None:
    with pytest.raises(OptionOutOfRange, match=f"{steps} steps"):
        timesteps(steps)


@pytest.mark.parametrize("shift", [0.0, -1.0, float("inf"), float("nan")])
def test_shift_that_is_not_positive_and_finite_is_refused(shift: float) -> None:
    with pytest.raises(OptionOutOfRange, match="shift"):
        timesteps(4, shift)


def test_noise_is_a_function_of_its_seed() -> None:
    a, b, other = (gaussian_noise((3, 4), seed) for seed in (5, 5, 6))
    assert torch.equal(a, b)
    assert not torch.equal(a, other)


def test_noise_leaves_the_global_generator_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    gaussian_noise((100,), seed=2)
    assert torch.equal(torch.rand(3), expected)


def test_noise_has_the_standard_deviation_asked_for() -> None:
    noise = gaussian_noise((100_000,), seed=0, std=4.0)
    assert noise.dtype == torch.float32
    assert float(noise.std()) == pytest.approx(4.0, rel=0.02)
    assert float(noise.mean()) == pytest.approx(0.0, abs=0.05)
