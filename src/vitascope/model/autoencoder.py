"""Latents and back. Fixed low-resolution patches hold colour and motion; a learned painter makes them large.

A latent frame is a short block of low-resolution frames. Each pixel there has a colour and a motion in two layers:
where its background was in the first frame, where a subject here was then, and how much of it is subject. Patches are
projected on their principal components, so the encoder needs no training (`decoder.py` has the part that does).

Legend: B clips, C latent channels, T latent frames, H rows, W columns of latents; F low-resolution frames, h rows,
w columns of low-resolution pixels; Y rows and X columns of full-size pixels; P values of a patch.
Method: Karhunen-Loève transform of patches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from einops import rearrange, repeat
from jaxtyping import Float
from torch import Tensor, nn

from vitascope.model.decoder import Painter
from vitascope.model.specs import AutoencoderSpec


@dataclass(frozen=True, eq=False)
class LowFrames:
    """Low-resolution frames: colour (B, 3, F, h, w) in -1 to 1 and motion (B, 5, F, h, w).

    Motion is (dx, dy) of the background, (dx, dy) of the subject, both in frame heights back to the first frame, and
    `member`, 0 to 1. F is a multiple of the spec's block: the first frame stands there `block` times, with no motion
    and no member.
    """

    colour: Float[Tensor, "B 3 F h w"]
    motion: Float[Tensor, "B 5 F h w"]


class PatchBasis(nn.Module):
    """An affine map between patches of P values and fewer channels: principal components, scaled."""

    def __init__(self, values: int, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean_P", torch.zeros(values))
        self.register_buffer("basis_PC", torch.zeros(values, channels))
        self.register_buffer("scale_C", torch.ones(channels))

    def fit(self, patches_NP: Float[Tensor, "N P"], mean_P: Float[Tensor, " P"], power: float = 0.5) -> None:
        """Sets the components from example patches around `mean_P`, which becomes the zero of all channels.

        A channel's root mean square is its own to the power of 1 - `power`; over all channels the mean square is 1.
        """
        centred = patches_NP.double() - mean_P.double()
        values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
        count = self._basis.shape[1]
        top, basis = values.flip(0)[:count].clamp_min(1e-8), vectors.flip(1)[:, :count]
        scale = top.sqrt() ** power
        level = (top / scale**2).mean().sqrt()
        self._mean.copy_(mean_P)
        self._basis.copy_(basis)
        self._scale.copy_(scale * level)

    def encode(self, patches: Float[Tensor, "*N P"]) -> Float[Tensor, "*N C"]:
        """Channels of patches; over all channels their mean square is about 1."""
        return (patches - self._mean) @ self._basis / self._scale

    def decode(self, z: Float[Tensor, "*N C"]) -> Float[Tensor, "*N P"]:
        """The patches nearest to the channels' values."""
        return (z * self._scale) @ self._basis.T + self._mean

    @property
    def _mean(self) -> Tensor:
        return cast(Tensor, self.mean_P)

    @property
    def _basis(self) -> Tensor:
        return cast(Tensor, self.basis_PC)

    @property
    def _scale(self) -> Tensor:
        return cast(Tensor, self.scale_C)


class Autoencoder(nn.Module):
    """Both ways: `encode` low-resolution frames to latents, `expand` latents to them; the `painter` goes on."""

    def __init__(self, spec: AutoencoderSpec) -> None:
        super().__init__()
        self.spec = spec
        pixels = spec.block * spec.patch**2
        self.colour = PatchBasis(pixels * 3, spec.colour_channels)
        self.flow = PatchBasis(pixels * 4, spec.flow_channels)
        self.member = PatchBasis(pixels, spec.member_channels)
        self.painter = Painter(spec)

    def patches(self, x: Float[Tensor, "B c F h w"]) -> Float[Tensor, "B T H W P"]:
        """Low-resolution values cut into space-time patches."""
        return rearrange(
            x, "b c (t f) (h p) (w q) -> b t h w (f p q c)", f=self.spec.block, p=self.spec.patch, q=self.spec.patch
        )

    def encode(self, low: LowFrames) -> Float[Tensor, "B C T H W"]:
        """Latents of low-resolution frames."""
        parts = ((self.colour, low.colour), (self.flow, low.motion[:, :4]), (self.member, low.motion[:, 4:]))
        z = torch.cat([basis.encode(self.patches(values)) for basis, values in parts], -1)
        return rearrange(z, "b t h w c -> b c t h w")

    def expand(self, z_BCTHW: Float[Tensor, "B C T H W"]) -> LowFrames:
        """Low-resolution frames of latents."""
        spec = self.spec
        z = rearrange(z_BCTHW, "b c t h w -> b t h w c")
        colour, flow, member = z.split([spec.colour_channels, spec.flow_channels, spec.member_channels], -1)
        motion = [self._unpatch(self.flow.decode(flow)), self._unpatch(self.member.decode(member))]
        return LowFrames(self._unpatch(self.colour.decode(colour)), torch.cat(motion, 1))

    def _unpatch(self, patches: Float[Tensor, "B T H W P"]) -> Float[Tensor, "B c F h w"]:
        return rearrange(
            patches,
            "b t h w (f p q c) -> b c (t f) (h p) (w q)",
            f=self.spec.block,
            p=self.spec.patch,
            q=self.spec.patch,
        )

    def shrink(self, frames_BCFYX: Float[Tensor, "B 3 F Y X"]) -> Float[Tensor, "B 3 F h w"]:
        """Full-size frames averaged down to low resolution."""
        batch = frames_BCFYX.shape[0]
        small = F.avg_pool2d(rearrange(frames_BCFYX, "b c f y x -> (b f) c y x"), self.spec.scale)
        return rearrange(small, "(b f) c y x -> b c f y x", b=batch)

    def still_latents(self, still_BCYX: Float[Tensor, "B 3 Y X"]) -> Float[Tensor, "B C 1 H W"]:
        """Latents of one picture as a first frame: the picture held for a block, nothing moved yet."""
        colour = repeat(self.shrink(still_BCYX[:, :, None]), "b c 1 h w -> b c f h w", f=self.spec.block)
        return self.encode(LowFrames(colour, torch.zeros_like(colour[:, :1]).expand(-1, 5, -1, -1, -1)))
