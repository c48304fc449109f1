"""What the transformer learns: flow matching with prediction of the clean latents.

Legend: B clips, C latent channels, T latent frames, H rows, W columns.
Methods: Lipman et al. 2023 (flow matching); Esser et al. 2024 (logit-normal timesteps, shift).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from vitascope.model.text import Conditioning
from vitascope.model.transformer import Clips


@dataclass(frozen=True)
class Noising:
    """How noise levels are drawn: logit-normal with deviation `spread`, then moved towards noise by `shift`."""

    shift: float = 3.0
    spread: float = 1.0
    floor: float = 0.15

    def timesteps(self, batch: int, generator: torch.Generator) -> Float[Tensor, " B"]:
        """Random noise levels in 0 to 1."""
        t = torch.sigmoid(torch.randn(batch, generator=generator) * self.spread)
        return self.shift * t / (1 + (self.shift - 1) * t)


@dataclass(frozen=True, eq=False)
class Batch:
    """Clean latents, which latent frames are given, when they are, how long the clips are, and what the text says."""

    z_BCTHW: Float[Tensor, "B C T H W"]
    known_BT: Bool[Tensor, "B T"]
    when_BT: Float[Tensor, "B T"]
    length_B: Float[Tensor, " B"]
    text: Conditioning


def flow_loss(
    predict: Callable[[Tensor, Clips], Tensor],
    batch: Batch,
    noising: Noising,
    generator: torch.Generator,
    later_C: Float[Tensor, " C"] | None = None,
) -> Float[Tensor, ""]:
    """Mean squared velocity error over the latent frames that are not given.

    With x = (1 - t) z + t ε the velocity error is the error of the clean estimate divided by t; below `floor` the
    division stops growing. `later_C` weighs the channels of all frames but the first.
    """
    z = batch.z_BCTHW
    t_B = noising.timesteps(len(z), generator)
    noise = torch.randn(z.shape, generator=generator)
    t = t_B[:, None, None, None, None]
    given = batch.known_BT[:, None, :, None, None]
    x = torch.where(given, z, (1 - t) * z + t * noise)
    clips = Clips(t_B, batch.known_BT, batch.when_BT, batch.length_B, batch.text)
    error = (predict(x, clips) - z).square() / t.clamp_min(noising.floor).square()
    weight = (~given).float().expand_as(error)
    if later_C is not None:
        later = (batch.when_BT > 0)[:, None, :, None, None]
        weight = torch.where(later, weight * later_C[:, None, None, None], weight)
    return (error * weight).sum() / weight.sum().clamp_min(1)
