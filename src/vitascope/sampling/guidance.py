"""Classifier-free guidance on the estimates of x0.

Legend: B samples; the axis after B is channels, the rest is space and time.
Sources: Ho and Salimans 2022, "Classifier-Free Diffusion Guidance"; Kynkäänniemi et al. 2024, "Applying Guidance in a
Limited Interval"; Lin et al. 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", 3.4 (rescale).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from jaxtyping import Float
from torch import Tensor

from vitascope.errors import OptionOutOfRange
from vitascope.model.text import Conditioning
from vitascope.sampling.solver import Denoise


class Predict(Protocol):
    """The one contract of the network: noisy latents (B, C, ...), times (B,) in their dtype, conditioning of B prompts.

    Returns the estimate of the clean latents, of the shape of `x`.
    """

    def __call__(self, x: Tensor, t_B: Tensor, cond: Conditioning) -> Tensor: ...


@dataclass(frozen=True)
class Guidance:
    """How far to go beyond the conditional estimate, and when.

    `scale`: 1 is the conditional estimate, 0 the negative one, more pushes away from the negative one. `interval`:
    times (low, high), both included, in which guidance acts; outside it the conditional estimate stands alone and the
    step costs half. `rescale` in [0, 1] draws each channel's standard deviation back to the conditional one's.
    `together` evaluates both in one call of twice the batch, for a network that takes any batch.
    """

    scale: float = 3.0
    interval: tuple[float, float] = (0.0, 1.0)
    rescale: float = 0.0
    together: bool = True

    def __post_init__(self) -> None:
        low, high = self.interval
        if not 0 <= low <= high <= 1:
            raise OptionOutOfRange(f"Got a guidance interval of {self.interval}, expected 0 <= low <= high <= 1.")
        if not 0 <= self.rescale <= 1:
            raise OptionOutOfRange(f"Got a guidance rescale of {self.rescale}, expected 0 to 1.")

    def acts(self, t: float) -> bool:
        """Whether the negative estimate is needed at time `t`."""
        low, high = self.interval
        return self.scale != 1 and low <= t <= high


def guided(predict: Predict, cond: Conditioning, negative: Conditioning, guidance: Guidance) -> Denoise:
    """The estimate of x0 as a function of x and t alone, with both conditionings and the guidance bound in.

    `negative` is the empty prompt's conditioning, or a negative prompt's. Both have as many rows as x has samples.
    """
    both = Conditioning.cat([cond, negative])

    def denoise(x: Tensor, t: float) -> Tensor:
        t_B = torch.full((x.shape[0],), t, dtype=x.dtype, device=x.device)
        if not guidance.acts(t):
            return predict(x, t_B, cond)
        if guidance.scale == 0:
            return predict(x, t_B, negative)
        if guidance.together:
            towards, away = predict(torch.cat([x, x]), torch.cat([t_B, t_B]), both).chunk(2)
        else:
            towards, away = predict(x, t_B, cond), predict(x, t_B, negative)
        return rescaled(away + guidance.scale * (towards - away), towards, guidance.rescale)

    return denoise


def rescaled(
    x0: Float[Tensor, "B C *grid"], towards: Float[Tensor, "B C *grid"], amount: float
) -> Float[Tensor, "B C *grid"]:
    """`x0` with each sample's and channel's deviation moved by `amount` to that of `towards`, around its mean."""
    if amount == 0:
        return x0
    axes = tuple(range(2, x0.ndim))
    mean, std = x0.mean(axes, keepdim=True), x0.std(axes, keepdim=True, correction=0)
    wanted = towards.std(axes, keepdim=True, correction=0)
    factor = torch.where(std > 0, wanted / std.clamp_min(torch.finfo(x0.dtype).tiny), torch.ones_like(std))
    return mean + (x0 - mean) * (1 + amount * (factor - 1))
