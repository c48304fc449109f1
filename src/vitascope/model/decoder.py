"""The decoder's nets. The painter makes the first frame; the warper moves it and paints what it did not show.

A clip's later frames are mostly its first frame, moved. So sharpness is needed once: from the painter, or from the
still that the user gave. The warper refines the latents' coarse motion to twice the low resolution, says where the
first frame can serve, and gives colours for the rest.

Legend: B clips, R frames a low-resolution frame gives, h rows, w columns of low-resolution pixels, Y rows and X columns
of full-size pixels. Motion is (dx, dy) in frame heights from a pixel to where it was in the first frame.
Methods: Shi et al. 2016 (sub-pixel convolution); Ronneberger et al. 2015 (U-Net); warping with occlusion masks after
Siarohin et al. 2019 (first-order motion model).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Float
from torch import Tensor, nn

from vitascope.model.specs import AutoencoderSpec


class Painter(nn.Module):
    """A low-resolution frame (B, 3, h, w) to a full-size one (B, 3, Y, X), both in -1 to 1."""

    def __init__(self, spec: AutoencoderSpec) -> None:
        super().__init__()
        self.scale = spec.scale
        self.mid = spec.scale // 4
        self.stem = nn.Conv2d(3, spec.paint_width, 3, padding=1)
        self.blocks = nn.ModuleList(Residual(spec.paint_width) for _ in range(spec.paint_depth))
        self.widen = nn.Conv2d(spec.paint_width, spec.fine_width * self.mid**2, 3, padding=1)
        self.fine = nn.ModuleList(Residual(spec.fine_width) for _ in range(2))
        self.head = nn.Conv2d(spec.fine_width, 3 * 16, 3, padding=1)
        _silence(self.head)

    def forward(self, low_BChw: Float[Tensor, "B 3 h w"]) -> Float[Tensor, "B 3 Y X"]:
        h = self.stem(low_BChw)
        for block in self.blocks:
            h = block(h)
        h = F.pixel_shuffle(self.widen(F.silu(h)), self.mid)
        for block in self.fine:
            h = block(h)
        detail = F.pixel_shuffle(self.head(F.silu(h)), 4)
        return detail + F.interpolate(low_BChw, scale_factor=self.scale, mode="bilinear", align_corners=False)


@dataclass(frozen=True, eq=False)
class Warp:
    """How to make frames from the first one, at twice the low resolution: motion, where it serves, other colours."""

    motion: Float[Tensor, "B R 2 hh ww"]
    seen: Float[Tensor, "B R 1 hh ww"]
    colour: Float[Tensor, "B R 3 hh ww"]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Low-resolution frames i and i + 1, with their motion, and the clip's first one; colours in -1 to 1."""

    colour: Float[Tensor, "B 2 3 h w"]
    motion: Float[Tensor, "B 2 3 h w"]
    first: Float[Tensor, "B 3 h w"]


class Warper(nn.Module):
    """Two neighbouring low-resolution frames give the `rate` frames from the first of them up to the second."""

    def __init__(self, spec: AutoencoderSpec) -> None:
        super().__init__()
        self.rate = spec.rate
        width, deep = spec.warp_width, spec.warp_deep_width
        self.stem = nn.Conv2d(18, width, 3, padding=1)
        self.down = nn.Conv2d(width, deep, 4, stride=2, padding=1)
        self.deep = nn.ModuleList(Residual(deep) for _ in range(spec.warp_depth))
        self.up = nn.Conv2d(deep, width * 4, 3, padding=1)
        self.fine = nn.ModuleList(Residual(width) for _ in range(2))
        self.head = nn.Conv2d(width, spec.rate * 6 * 4, 3, padding=1)
        _silence(self.head)

    def forward(self, near: Neighbours) -> Warp:
        rows, columns = near.first.shape[-2:]
        moved = [warp(near.first, near.motion[:, i, :2].float()) for i in range(2)]
        told = torch.cat([near.colour.flatten(1, 2), near.motion.flatten(1, 2), *moved], 1)
        fine = self.stem(F.pad(told, (0, columns % 2, 0, rows % 2), mode="replicate"))
        h = self.down(fine)
        for block in self.deep:
            h = block(h)
        h = fine + F.pixel_shuffle(self.up(F.silu(h)), 2)
        for block in self.fine:
            h = block(h)
        out = F.pixel_shuffle(self.head(F.silu(h)), 2)[..., : 2 * rows, : 2 * columns].float()
        out = rearrange(out, "b (r c) h w -> b r c h w", c=6)
        part = torch.arange(self.rate, device=out.device).view(1, -1, 1, 1, 1) / self.rate
        motion = _between(near.motion.float(), part, 2)
        colour = _between(near.colour.float(), part, 2)
        seen = torch.sigmoid(4 * (motion[:, :, 2:] - 0.5) + 4 * out[:, :, 2:3])
        return Warp(motion[:, :, :2] + 0.25 * out[:, :, :2], seen, colour + out[:, :, 3:])


class Residual(nn.Module):
    """Two 3×3 convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Float[Tensor, "B c h w"]) -> Float[Tensor, "B c h w"]:
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


def warp(picture: Float[Tensor, "B c Y X"], motion: Float[Tensor, "B 2 Y X"]) -> Float[Tensor, "B c Y X"]:
    """The picture as seen through `motion`: each pixel fetches from where it was; beyond the border it is mirrored."""
    rows, columns = motion.shape[-2:]
    y = (torch.arange(rows, device=motion.device, dtype=torch.float32) + 0.5) / rows * 2 - 1
    x = (torch.arange(columns, device=motion.device, dtype=torch.float32) + 0.5) / columns * 2 - 1
    gx = x + motion[:, 0] * (2 * rows / columns)
    gy = y[:, None] + motion[:, 1] * 2
    grid = torch.stack([gx, gy], -1)
    fetched = F.grid_sample(picture.float(), grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    return fetched.to(picture.dtype)


def compose(first: Float[Tensor, "B 3 Y X"], how: Warp) -> Float[Tensor, "B R 3 Y X"]:
    """Frames from the first one at the warp's own resolution."""
    rate = how.motion.shape[1]
    moved = torch.stack([warp(first, how.motion[:, r]) for r in range(rate)], 1)
    return how.seen * moved + (1 - how.seen) * how.colour


def _between(values: Float[Tensor, "B 2 c h w"], part: Tensor, scale: int) -> Float[Tensor, "B R c hh ww"]:
    mixed = values[:, :1] + (values[:, 1:] - values[:, :1]) * part
    large = F.interpolate(mixed.flatten(0, 1), scale_factor=scale, mode="bilinear", align_corners=False)
    return large.unflatten(0, mixed.shape[:2])


def _silence(layer: nn.Conv2d) -> None:
    """Starts a layer at zero, so that the net begins as the plain interpolation beside it."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
