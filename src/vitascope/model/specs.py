"""Frozen sizes of the models: one row a model, and the shape arithmetic that follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vitascope.types import Request


@dataclass(frozen=True)
class AutoencoderSpec:
    """Latents from fixed patches of low-resolution frames, and the net that paints them large: its widths and depth.

    A latent covers `patch` × `patch` low-resolution pixels of `block` low-resolution frames; a low-resolution pixel
    covers `scale` × `scale` pixels, and each low-resolution frame gives `rate` frames. The first latent frame is the
    first frame alone.
    """

    patch: int = 10
    block: int = 3
    scale: int = 8
    rate: int = 2
    colour_channels: int = 96
    flow_channels: int = 10
    member_channels: int = 22
    paint_width: int = 64
    paint_depth: int = 8
    fine_width: int = 32

    @property
    def channels(self) -> int:
        """Channels of a latent."""
        return self.colour_channels + self.flow_channels + self.member_channels

    @property
    def spatial(self) -> int:
        """Pixels a side that one latent covers."""
        return self.patch * self.scale

    @property
    def temporal(self) -> int:
        """Frames that one latent frame covers, the first one aside."""
        return self.block * self.rate


@dataclass(frozen=True)
class TransformerSpec:
    """A diffusion transformer: `width` features, `depth` blocks, feed-forward layers `ratio` times as wide."""

    width: int = 256
    depth: int = 8
    heads: int = 4
    ratio: int = 4
    text_width: int = 384


@dataclass(frozen=True)
class ModelSpec:
    """A whole model, by name."""

    name: str
    autoencoder: AutoencoderSpec
    transformer: TransformerSpec


MINI = ModelSpec("mini", AutoencoderSpec(), TransformerSpec())
TINY = ModelSpec(
    "tiny",
    AutoencoderSpec(colour_channels=24, flow_channels=6, member_channels=6, paint_width=8, paint_depth=1, fine_width=8),
    TransformerSpec(width=48, depth=2, heads=2, ratio=2),
)
SPECS: dict[str, ModelSpec] = {"mini": MINI, "tiny": TINY}


@dataclass(frozen=True)
class LatentShape:
    """Shape of a clip's latents: `channels`, latent `frames`, `height` and `width`."""

    channels: int
    frames: int
    height: int
    width: int

    @classmethod
    def of(cls, spec: AutoencoderSpec, request: Request) -> LatentShape:
        """The shape that holds the request's clip; sizes must be multiples of `spec.spatial`."""
        if request.width % spec.spatial or request.height % spec.spatial:
            raise AssertionError(f"{request.width}x{request.height} is not a multiple of {spec.spatial}")
        frames = 1 + math.ceil((request.num_frames - 1) / spec.temporal)
        return cls(spec.channels, frames, request.height // spec.spatial, request.width // spec.spatial)

    @property
    def bcthw(self) -> tuple[int, int, int, int, int]:
        """As a tensor's shape, for one clip."""
        return 1, self.channels, self.frames, self.height, self.width

    @property
    def tokens(self) -> int:
        """Tokens that the transformer sees."""
        return self.frames * self.height * self.width
