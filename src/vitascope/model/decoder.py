"""The painter: the learned part of the decoder. It makes the layers of the first frame at full size.

A clip's later frames are its first frame, moved. So sharpness is needed once: from the painter, or from the still that
the user gave. The layers are the first frame itself, how much of each pixel is subject, and the background without it.

Legend: B clips, h rows, w columns of low-resolution pixels; Y rows and X columns of full-size pixels.
Method: Shi et al. 2016 (sub-pixel convolution).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from vitascope.model.specs import AutoencoderSpec


@dataclass(frozen=True, eq=False)
class Layers:
    """First frame and background behind the subject, colours in -1 to 1, and the subject's coverage in 0 to 1."""

    frame: Float[Tensor, "B 3 rows columns"]
    member: Float[Tensor, "B 1 rows columns"]
    behind: Float[Tensor, "B 3 rows columns"]

    def stacked(self) -> Float[Tensor, "B 7 rows columns"]:
        """All of it as the channels of one tensor."""
        return torch.cat([self.frame, self.member, self.behind], 1)


class Painter(nn.Module):
    """Layers at low resolution to layers at full size, `scale` times as large; they may come in blurred and wrong."""

    def __init__(self, spec: AutoencoderSpec) -> None:
        super().__init__()
        self.scale = spec.scale
        self.mid = spec.scale // 4
        self.stem = nn.Conv2d(7, spec.paint_width, 3, padding=1)
        self.blocks = nn.ModuleList(Residual(spec.paint_width) for _ in range(spec.paint_depth))
        self.widen = nn.Conv2d(spec.paint_width, spec.fine_width * self.mid**2, 3, padding=1)
        self.fine = nn.ModuleList(Residual(spec.fine_width) for _ in range(2))
        self.head = nn.Conv2d(spec.fine_width, 7 * 16, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        assert self.head.bias is not None
        nn.init.zeros_(self.head.bias)

    def forward(self, low: Layers) -> Layers:
        told = low.stacked()
        h = self.stem(told)
        for block in self.blocks:
            h = block(h)
        h = F.pixel_shuffle(self.widen(F.silu(h)), self.mid)
        for block in self.fine:
            h = block(h)
        detail = F.pixel_shuffle(self.head(F.silu(h)), 4)
        large = detail + F.interpolate(told, scale_factor=self.scale, mode="bilinear", align_corners=False)
        frame, member, behind = large.float().split([3, 1, 3], 1)
        return Layers(frame, member, behind)


class Residual(nn.Module):
    """Two 3×3 convolutions beside a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Float[Tensor, "B c h w"]) -> Float[Tensor, "B c h w"]:
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


def filled(picture: Float[Tensor, "B 3 h w"], hole: Float[Tensor, "B 1 h w"]) -> Float[Tensor, "B 3 h w"]:
    """The picture with its hole (1 there, 0 elsewhere) filled smoothly from around: normalised blurs, fine to coarse.

    Source: Knutsson and Westin 1993 (normalised convolution).
    """
    keep = (1 - hole).clamp(0, 1)
    made, weight = picture * keep, keep
    for size in (5, 11, 21, 41):
        near = F.avg_pool2d(picture * keep, size, 1, size // 2)
        amount = F.avg_pool2d(keep, size, 1, size // 2)
        open_ = 1 - weight
        made = made + open_ * near / amount.clamp_min(1e-3) * (amount > 0.02)
        weight = weight + open_ * (amount > 0.02)
    mean = (picture * keep).mean((2, 3), keepdim=True) / keep.mean((2, 3), keepdim=True).clamp_min(1e-3)
    return made + (1 - weight) * mean
