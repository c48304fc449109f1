"""Sampling as mathematics, in float64, on flows whose exact solution is known or integrated independently.

Data are Gaussian, N(mean, spread^2), so that the flow from noise z (standard deviation sigma) has a closed form:
x_t = (1 - t) mean + sqrt(((1 - t) spread)^2 + (t sigma)^2) z / sigma. A mixture of Gaussians makes it nonlinear.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from torch import Tensor

from vitascope.sampling import SOLVERS, Clean, gaussian_noise, sample, shifted, timesteps

MEAN, SPREAD, SIGMA = 0.7, 0.4, 1.5
MODES = torch.tensor([[-1.0, 0.3], [0.8, 0.9], [0.2, -1.1]], dtype=torch.float64)
ORDERS = {"euler": 1, "heun": 2, "multistep": 2}

Denoise = Callable[[Tensor, float], Tensor]


def gaussian(x: Tensor, t: float) -> Tensor:
    """The posterior mean of x0 given x_t: the best possible x-prediction."""
    variance = ((1 - t) * SPREAD) ** 2 + (t * SIGMA) ** 2
    return MEAN + (1 - t) * SPREAD**2 / variance * (x - (1 - t) * MEAN)


def mixture(x: Tensor, t: float) -> Tensor:
    """The same for a mixture of three Gaussians in the plane."""
    variance = ((1 - t) * SPREAD) ** 2 + (t * SIGMA) ** 2
    off = x[:, None] - (1 - t) * MODES
    weight = torch.softmax(-off.pow(2).sum(-1) / (2 * variance), -1)
    return (weight[..., None] * (MODES + (1 - t) * SPREAD**2 / variance * off)).sum(1)


def noise(*shape: int) -> Tensor:
    return gaussian_noise(shape, seed=7, std=SIGMA).double()


def at(t: float, z: Tensor) -> Tensor:
    return (1 - t) * MEAN + math.sqrt(((1 - t) * SPREAD) ** 2 + (t * SIGMA) ** 2) * z / SIGMA


def integrated(denoise: Denoise, z: Tensor, end: float) -> Tensor:
    """x at time `end` by an independent adaptive integrator (scipy, RK45) of dx/dt = (x - x0) / t."""

    def velocity(t: float, flat: np.ndarray) -> np.ndarray:
        x = torch.from_numpy(flat).reshape(z.shape)
        return ((x - denoise(x, t)) / t).flatten().numpy()

    solution = solve_ivp(velocity, (1.0, end), z.flatten().numpy(), method="RK45", rtol=1e-9, atol=1e-11)
    assert solution.success
    return torch.from_numpy(solution.y[:, -1]).reshape(z.shape)


@cache
def nonlinear() -> tuple[Tensor, Tensor]:
    """Noise, and where the mixture's flow takes it by t = 0.1."""
    z = noise(8, 2)
    return z, integrated(mixture, z, end=0.1)


def slope(errors: list[float]) -> float:
    """The order that the last halving of the step shows."""
    return math.log2(errors[-2] / errors[-1])


@pytest.mark.parametrize("solver", SOLVERS)
def test_solver_converges_with_its_order_to_the_closed_form(solver: str) -> None:
    z = noise(64)
    errors = [float((sample(gaussian, z, timesteps(n), solver) - at(0, z)).abs().max()) for n in (64, 128, 256, 512)]
    assert slope(errors) == pytest.approx(ORDERS[solver], abs=0.12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("shift", [0.5, 3.0])
def test_solver_keeps_its_order_when_the_schedule_is_shifted(solver: str, shift: float) -> None:
    z = noise(64)
    errors = [float((sample(gaussian, z, timesteps(n, shift), solver) - at(0, z)).abs().max()) for n in (256, 512)]
    assert slope(errors) == pytest.approx(ORDERS[solver], abs=0.15)


@pytest.mark.parametrize("solver", SOLVERS)
def test_solver_keeps_its_order_on_a_nonlinear_flow(solver: str) -> None:
    z, exact = nonlinear()
    schedules = [torch.linspace(1.0, 0.1, n + 1, dtype=torch.float64) for n in (128, 256)]
    errors = [float((sample(mixture, z, schedule, solver) - exact).pow(2).mean().sqrt()) for schedule in schedules]
    assert slope(errors) == pytest.approx(ORDERS[solver], abs=0.2)


@pytest.mark.parametrize(("solver", "steps"), [("heun", 300), ("multistep", 600)])
def test_solver_agrees_with_an_independent_integrator(solver: str, steps: int) -> None:
    z, exact = nonlinear()
    schedule = torch.linspace(1.0, 0.1, steps + 1, dtype=torch.float64)
    assert torch.allclose(sample(mixture, z, schedule, solver), exact, atol=1e-5)


def test_the_closed_form_itself_agrees_with_the_independent_integrator() -> None:
    z = noise(16)
    assert torch.allclose(integrated(gaussian, z, end=0.25), at(0.25, z), atol=1e-8)


def test_multistep_is_the_most_exact_for_its_number_of_evaluations() -> None:
    z = noise(64)
    evaluations = 12
    steps = {"euler": evaluations, "heun": evaluations // 2, "multistep": evaluations}
    error = {name: float((sample(gaussian, z, timesteps(n), name) - at(0, z)).abs().max()) for name, n in steps.items()}
    assert error["multistep"] < min(error["euler"], error["heun"]) / 1.5


@pytest.mark.parametrize("solver", SOLVERS)
def test_every_solver_is_exact_when_the_data_are_one_point(solver: str) -> None:
    """Straight paths: the velocity is constant, so that any number of steps gives the point."""
    z = noise(8, 3)
    point = noise(8, 3) / 2
    for steps in (1, 2, 5):
        assert torch.allclose(sample(lambda x, t: point, z, timesteps(steps, 3.0), solver), point, atol=1e-14)


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_last_step_lands_on_the_estimate_to_the_bit(solver: str) -> None:
    seen: list[Tensor] = []

    def watched(x: Tensor, t: float) -> Tensor:
        assert t > 0
        seen.append(mixture(x, t))
        return seen[-1]

    assert torch.equal(sample(watched, noise(4, 2), timesteps(6), solver), seen[-1])


@given(steps=st.integers(1, 200), shift=st.floats(0.05, 20))
def test_schedule_falls_strictly_from_one_to_zero(steps: int, shift: float) -> None:
    t = timesteps(steps, shift)
    assert t.dtype == torch.float64
    assert t.shape == (steps + 1,)
    assert t[0] == 1
    assert t[-1] == 0
    assert bool((t.diff() < 0).all())


@given(shift=st.floats(0.05, 20))
def test_shift_multiplies_the_ratio_of_noise_to_data(shift: float) -> None:
    t = torch.linspace(0.01, 0.99, 21, dtype=torch.float64)
    moved = shifted(t, shift)
    assert torch.allclose(moved / (1 - moved), shift * t / (1 - t), rtol=1e-10)


@given(a=st.floats(0.1, 10), b=st.floats(0.1, 10))
def test_two_shifts_are_one_by_their_product_and_one_is_none(a: float, b: float) -> None:
    t = torch.linspace(0, 1, 21, dtype=torch.float64)
    assert torch.allclose(shifted(shifted(t, a), b), shifted(t, a * b), rtol=1e-10)
    assert torch.equal(shifted(t, 1.0), t)


@pytest.mark.parametrize("solver", SOLVERS)
def test_given_latents_stay_to_the_bit_and_the_rest_flows_as_told(solver: str) -> None:
    """Rows are independent in this flow: holding some of them must not touch the others."""
    z, given_rows = noise(6, 2), noise(6, 2) * 0.37
    mask = torch.tensor([True, False, False, True, False, False])[:, None]
    met: list[Tensor] = []

    def watched(x: Tensor, t: float) -> Tensor:
        met.append(x[mask[:, 0]])
        return mixture(x, t)

    out = sample(watched, z, timesteps(9, 2.0), solver, Clean(given_rows, mask))
    free = sample(mixture, z, timesteps(9, 2.0), solver)
    assert torch.equal(out[mask[:, 0]], given_rows[mask[:, 0]])
    assert all(torch.equal(rows, given_rows[mask[:, 0]]) for rows in met)
    assert torch.equal(out[~mask[:, 0]], free[~mask[:, 0]])


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_same_noise_and_schedule_give_the_same_bits(solver: str) -> None:
    z = noise(16, 2)
    first, again = (sample(mixture, z.clone(), timesteps(12, 3.0), solver) for _ in range(2))
    assert torch.equal(first, again)


def test_samples_of_a_gaussian_have_its_mean_and_spread() -> None:
    out = sample(gaussian, noise(20_000), timesteps(40))
    assert float(out.mean()) == pytest.approx(MEAN, abs=1e-2)
    assert float(out.std()) == pytest.approx(SPREAD, abs=1e-2)


def test_float32_stays_within_rounding_of_float64() -> None:
    z = noise(256, 2)
    double = sample(mixture, z, timesteps(16))
    single = sample(lambda x, t: mixture(x.double(), t).float(), z.float(), timesteps(16))
    assert single.dtype == torch.float32
    assert torch.allclose(single.double(), double, atol=1e-4)
