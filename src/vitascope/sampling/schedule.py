"""When to evaluate: the times of a run from noise (t = 1) to data (t = 0), and the noise that it starts from.

Legend: M times of a run, one more than its steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float32, Float64, Shaped
from torch import Tensor

from vitascope.errors import OptionOutOfRange


def shifted(t: Shaped[Tensor, "*shape"], shift: float) -> Shaped[Tensor, "*shape"]:
    """Times moved towards noise: t' = shift t / (shift t + 1 - t). It keeps 0 and 1; a shift of 1 keeps all.

    With t' the ratio t' / (1 - t') of noise to data is `shift` times that of t. Source: Esser et al. 2024, "Scaling
    Rectified Flow Transformers", section 5.3.2 (there for resolution, here for any size of patch and length of clip).
    """
    return shift * t / (shift * t + (1 - t))


def timesteps(steps: int, shift: float = 1.0) -> Float64[Tensor, " M"]:
    """The times of a run of `steps` steps: float64 (steps + 1,), strictly falling, from 1 to 0 exactly.

    Raises `OptionOutOfRange` for less than one step or a shift that is not positive and finite.
    """
    if steps < 1:
        raise OptionOutOfRange(f"Got {steps} steps, expected 1 or more.")
    if not (math.isfinite(shift) and shift > 0):
        raise OptionOutOfRange(f"Got a flow shift of {shift}, expected a positive number.")
    return shifted(torch.linspace(1.0, 0.0, steps + 1, dtype=torch.float64), shift)


def gaussian_noise(shape: Sequence[int], seed: int, std: float = 1.0) -> Float32[Tensor, "*shape"]:
    """Float32 noise of `shape` with standard deviation `std`, made on the CPU: a seed means the same everywhere."""
    generator = torch.Generator(device="cpu").manual_seed(seed)
    return torch.randn(tuple(shape), generator=generator, dtype=torch.float32) * std
