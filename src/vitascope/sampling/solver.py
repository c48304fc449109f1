"""How to move: solvers of dx/dt = v(x, t) with v = (x - x0(x, t)) / t, as functions on values, in one table.

A solver takes x at `t` to x at `s` < t and gives back the velocity it met, which the next step may lean on. The last
step of a run (s = 0) lands on the network's own estimate x0 exactly, so that nothing is ever divided by a time of 0;
its error is of second order, as v(t) -> v(0), so the order of a solver stays what its name says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

Denoise = Callable[[Tensor, float], Tensor]
"""x and t to the estimate of x0, conditioning already bound (see `guidance.guided`)."""


@dataclass(frozen=True, eq=False)
class Slope:
    """The velocity v that was met at time `t`."""

    t: float
    v: Float[Tensor, "*shape"]


@dataclass(frozen=True)
class Stride:
    """One step in time, from `t` down to `s`: 1 >= t > s >= 0."""

    t: float
    s: float


Solver = Callable[[Denoise, Tensor, Stride, Slope | None], tuple[Tensor, Slope]]


def euler(denoise: Denoise, x: Float[Tensor, "*shape"], stride: Stride, past: Slope | None) -> tuple[Tensor, Slope]:
    """A straight line along the velocity at `t`; order 1, one evaluation. With x-prediction this is DDIM."""
    x0 = denoise(x, stride.t)
    return _line(x, x0, stride), _slope(x, x0, stride.t)


def heun(denoise: Denoise, x: Float[Tensor, "*shape"], stride: Stride, past: Slope | None) -> tuple[Tensor, Slope]:
    """The mean of the velocities at both ends; order 2, two evaluations (one in the last step).

    Source: Karras et al. 2022, "Elucidating the Design Space of Diffusion-Based Generative Models", algorithm 1.
    """
    x0 = denoise(x, stride.t)
    slope, guess = _slope(x, x0, stride.t), _line(x, x0, stride)
    if stride.s == 0:
        return guess, slope
    end = _slope(guess, denoise(guess, stride.s), stride.s)
    return x + (stride.s - stride.t) * (slope.v + end.v) / 2, slope


def multistep(denoise: Denoise, x: Float[Tensor, "*shape"], stride: Stride, past: Slope | None) -> tuple[Tensor, Slope]:
    """Velocity carried on linearly from the step before; order 2, one evaluation. The first and last step are Euler's.

    The second-order Adams-Bashforth method for steps of unequal length (Hairer, Norsett and Wanner, "Solving Ordinary
    Differential Equations I", III.5).
    """
    x0 = denoise(x, stride.t)
    slope = _slope(x, x0, stride.t)
    if past is None or stride.s == 0:
        return _line(x, x0, stride), slope
    width = stride.s - stride.t
    bend = (slope.v - past.v) * (width / (2 * (stride.t - past.t)))
    return x + width * (slope.v + bend), slope


SOLVERS: dict[str, Solver] = {
    "euler": euler,
    "heun": heun,
    "multistep": multistep,
}
DEFAULT_SOLVER = "multistep"


def _line(x: Tensor, x0: Tensor, stride: Stride) -> Tensor:
    """Where the straight line from x to x0 is at `s`; x0 itself, to the last bit, at s = 0."""
    return x0 + (x - x0) * (stride.s / stride.t)


def _slope(x: Tensor, x0: Tensor, t: float) -> Slope:
    return Slope(t, (x - x0) / t)
