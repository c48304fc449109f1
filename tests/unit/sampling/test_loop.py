"""The loop around the solvers: who is told, when it stops, how it is taken up again."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vitascope.errors import Cancelled, SamplingDiverged
from vitascope.sampling import SOLVERS, Clean, State, Watch, gaussian_noise, sample, timesteps, trajectory

NOISE = gaussian_noise((2, 3, 4, 5, 6), seed=3)


def towards_tanh(x: Tensor, t: float) -> Tensor:
    return torch.tanh(x) * (1 - t)


def test_each_step_is_reported_once_and_in_order() -> None:
    seen: list[tuple[int, int]] = []
    sample(towards_tanh, NOISE, timesteps(4), watch=Watch(on_step=lambda i, n: seen.append((i, n))))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_cancelling_stops_before_the_next_step() -> None:
    seen: list[int] = []
    calls: list[float] = []

    def counted(x: Tensor, t: float) -> Tensor:
        calls.append(t)
        return towards_tanh(x, t)

    watch = Watch(on_step=lambda i, _: seen.append(i), cancelled=lambda: len(seen) == 2)
    with pytest.raises(Cancelled, match="2 of 5"):
        sample(counted, NOISE, timesteps(5), watch=watch)
    assert len(calls) == 2


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_value_that_is_not_finite_stops_the_run_and_names_the_step(bad: float) -> None:
    def broken(x: Tensor, t: float) -> Tensor:
        x0 = towards_tanh(x, t)
        if t < 0.6:
            x0[0, 0, 0, 0, 0] = bad
        return x0

    with pytest.raises(SamplingDiverged, match="Step 3 of 4"):
        sample(broken, NOISE, timesteps(4))


@pytest.mark.parametrize("solver", SOLVERS)
def test_run_taken_up_from_any_step_gives_the_same_bits(solver: str) -> None:
    schedule = timesteps(6, 3.0)
    states = list(trajectory(towards_tanh, State(0, NOISE), schedule, solver))
    assert [s.step for s in states] == [1, 2, 3, 4, 5, 6]
    for kept in states[:-1]:
        *_, last = trajectory(towards_tanh, kept, schedule, solver)
        assert torch.equal(last.x, states[-1].x)
    assert torch.equal(sample(towards_tanh, NOISE, schedule, solver), states[-1].x)


def test_given_frames_broadcast_over_channels_and_space() -> None:
    frames = torch.zeros(1, 1, 4, 1, 1, dtype=torch.bool)
    frames[:, :, 0] = True
    out = sample(towards_tanh, NOISE, timesteps(3), clean=Clean(torch.full((1, 3, 1, 5, 6), 0.5), frames))
    assert bool((out[:, :, 0] == 0.5).all())
    assert not bool((out[:, :, 1:] == 0.5).any())


def test_noise_is_left_as_it_was() -> None:
    before = NOISE.clone()
    sample(towards_tanh, NOISE, timesteps(3), clean=Clean(torch.zeros(1), torch.ones(1, dtype=torch.bool)))
    assert torch.equal(NOISE, before)


def test_latents_carry_no_gradient() -> None:
    weight = torch.ones(1, requires_grad=True)
    assert not sample(lambda x, t: x * weight, NOISE, timesteps(2)).requires_grad


@pytest.mark.parametrize("times", [[1.0], [0.0, 1.0], [1.0, 0.5, 0.5, 0.0], [1.5, 0.0], [1.0, -0.1]])
def test_schedule_that_does_not_fall_within_one_and_zero_is_refused(times: list[float]) -> None:
    with pytest.raises(ValueError, match="falling times"):
        list(trajectory(towards_tanh, State(0, NOISE), torch.tensor(times, dtype=torch.float64)))
