"""The loop: from noise to latents, step by step, with clean latents held fixed; cancellable between steps, resumable.

A run is a pure function of the denoiser, the noise and the schedule: nothing here draws a random number.
Legend: M times of a run, one more than its steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from vitascope.errors import Cancelled, SamplingDiverged
from vitascope.sampling.solver import DEFAULT_SOLVER, SOLVERS, Denoise, Slope, Stride


@dataclass(frozen=True, eq=False)
class Clean:
    """Latents that are given: where `mask` is True, x is `latents` at every time. Both broadcast to the shape of x."""

    latents: Float[Tensor, "*given"]
    mask: Bool[Tensor, "*where"]

    def hold(self, x: Tensor) -> Tensor:
        """`x` with the given latents in their places, bit for bit."""
        return torch.where(self.mask, self.latents.to(x.dtype), x)


@dataclass(frozen=True)
class Watch:
    """Who looks on: `on_step(done, total)` after each step; `cancelled()` is asked before each."""

    on_step: Callable[[int, int], None] = lambda _done, _total: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True, eq=False)
class State:
    """A run after `step` steps: all that the rest of it depends on, so that it can be kept and taken up again."""

    step: int
    x: Float[Tensor, "*shape"]
    past: Slope | None = None


def trajectory(
    denoise: Denoise,
    start: State,
    schedule: Float64[Tensor, " M"],
    solver: str = DEFAULT_SOLVER,
    clean: Clean | None = None,
) -> Iterator[State]:
    """The states after each step from `start` on; a run taken up from any of them gives the same bits as one in one go.

    Raises `SamplingDiverged` where a step gives a value that is not finite.
    """
    times = _checked(schedule)
    take_step = SOLVERS[solver]
    hold: Callable[[Tensor], Tensor] = clean.hold if clean is not None else lambda x: x

    def held(x: Tensor, t: float) -> Tensor:
        return hold(denoise(hold(x), t))

    state = State(start.step, hold(start.x), start.past)
    for step in range(start.step, len(times) - 1):
        stride = Stride(times[step], times[step + 1])
        x, past = take_step(held, state.x, stride, state.past)
        if not bool(torch.isfinite(x).all()):
            raise SamplingDiverged(
                f"Step {step + 1} of {len(times) - 1} (t from {stride.t:.4f} to {stride.s:.4f}, {solver}) gave values "
                "that are not finite; expected finite latents."
            )
        state = State(step + 1, hold(x), past)
        yield state


@torch.no_grad()
def sample(
    denoise: Denoise,
    noise: Float[Tensor, "*shape"],
    schedule: Float64[Tensor, " M"],
    solver: str = DEFAULT_SOLVER,
    clean: Clean | None = None,
    watch: Watch | None = None,
) -> Float[Tensor, "*shape"]:
    """The latents that `noise` flows to under `schedule` (falling times, the first of them that of `noise`).

    `noise` comes already scaled by whatever standard deviation the network was trained with. Raises `Cancelled`
    between steps where the watch says so, and `SamplingDiverged` for values that are not finite.
    """
    watch = watch if watch is not None else Watch()
    total = len(schedule) - 1
    state = State(0, noise)
    states = trajectory(denoise, state, schedule, solver, clean)
    for _ in range(total):
        if watch.cancelled():
            raise Cancelled(f"Cancelled after {state.step} of {total} steps.")
        state = next(states)
        watch.on_step(state.step, total)
    return state.x


def _checked(schedule: Tensor) -> list[float]:
    times: list[float] = schedule.tolist()
    falling = all(a > b for a, b in pairwise(times))
    if len(times) < 2 or not falling or times[0] > 1 or times[-1] < 0:
        raise ValueError(
            f"Got the schedule {times}, expected two or more falling times within 1 and 0; see `timesteps`."
        )
    return times
