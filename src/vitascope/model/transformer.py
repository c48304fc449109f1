"""The diffusion transformer: text tokens and latents of all frames in one sequence, attending to each other.

It predicts the clean latents. Conditioning frames (first, last, the frames to go on from) are clean latents that a
mask marks; the same weights serve text, stills and continuation.

Legend: B clips, C latent channels, T latent frames, H rows, W columns, L text tokens, N = L + T·H·W tokens, D width,
K width of a head half.
Methods: Peebles and Xie 2023 (DiT); PixArt-α 2023 (one shared modulation with an offset a block); rotary positions
after Su et al. 2021, here over real-valued time and centred space; Li and He 2025, "Back to Basics" (x-prediction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange, repeat
from jaxtyping import Bool, Float
from torch import Tensor, nn

from vitascope.model.specs import TransformerSpec
from vitascope.model.text import Conditioning

TIME_SPAN = 20.0


@dataclass(frozen=True, eq=False)
class Clips:
    """What the transformer is told of a batch of clips besides the noisy latents.

    `t_B` is the noise level (1 pure noise, 0 clean); `known_BT` marks latent frames that are given clean; `when_BT`
    places latent frames between 0, the first, and 1, the last frame; `length_B` counts latent frames of the clip.
    """

    t_B: Float[Tensor, " B"]
    known_BT: Bool[Tensor, "B T"]
    when_BT: Float[Tensor, "B T"]
    length_B: Float[Tensor, " B"]
    text: Conditioning


class Transformer(nn.Module):
    """`forward(x_BCTHW, clips)` gives the estimate of the clean latents, float32, of the same shape."""

    def __init__(self, spec: TransformerSpec, channels: int) -> None:
        super().__init__()
        self.spec = spec
        width = spec.width
        self.stem = nn.Conv2d(channels + 1, width, 3, padding=1)
        self.text_in = nn.Sequential(nn.LayerNorm(spec.text_width), nn.Linear(spec.text_width, width))
        self.known = nn.Parameter(torch.zeros(2, width))
        self.time = nn.Sequential(nn.Linear(2 * _FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width))
        self.modulation = nn.Linear(width, 6 * width)
        self.trunk = Trunk(spec)
        self.norm_out = nn.LayerNorm(width, elementwise_affine=False)
        self.modulation_out = nn.Linear(width, 2 * width)
        self.head = nn.Conv2d(width, channels, 3, padding=1)
        self.when = nn.Linear(_FREQUENCIES, width)
        for layer in (self.modulation, self.modulation_out, self.head, self.when):
            nn.init.zeros_(layer.weight)
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)

    def forward(self, x_BCTHW: Float[Tensor, "B C T H W"], clips: Clips) -> Float[Tensor, "B C T H W"]:
        frames, rows, columns = x_BCTHW.shape[2:]
        flag = repeat(clips.known_BT.to(x_BCTHW.dtype), "b t -> (b t) 1 h w", h=rows, w=columns)
        stem = self.stem(torch.cat([rearrange(x_BCTHW, "b c t h w -> (b t) c h w"), flag], 1))
        video_BND = rearrange(stem, "(b t) d h w -> b t (h w) d", t=frames)
        moment = _waves(clips.when_BT.flatten() * 2 * TIME_SPAN).to(video_BND.dtype).unflatten(0, clips.when_BT.shape)
        frame_BTD = self.known[clips.known_BT.long()] + self.when(moment)
        video_BND = (video_BND + frame_BTD[:, :, None]).flatten(1, 2)
        text_BLD = self.text_in(clips.text.tokens_BLD)
        signal = torch.cat([_waves(clips.t_B * 100), _waves(clips.length_B)], -1).to(video_BND.dtype)
        time_BD = F.silu(self.time(signal))
        modulation = rearrange(self.modulation(time_BD), "b (six d) -> six b 1 d", six=6)
        angles_BNK = positions(clips, text_BLD.shape[1], rows, columns, self.spec.width // self.spec.heads // 2)
        seen_BN = F.pad(clips.text.mask_BL, (0, video_BND.shape[1]), value=True)
        h_BND = self.trunk(torch.cat([text_BLD, video_BND], 1), modulation, angles_BNK, seen_BN)
        shift, scale = rearrange(self.modulation_out(time_BD), "b (two d) -> two b 1 d", two=2)
        out_BND = self.norm_out(h_BND[:, text_BLD.shape[1] :]) * (1 + scale) + shift
        grid = rearrange(out_BND, "b (t h w) d -> (b t) d h w", t=frames, h=rows)
        return rearrange(self.head(grid), "(b t) c h w -> b c t h w", t=frames).float()


class Trunk(nn.Module):
    """The blocks alone: tokens in, tokens out. Its shapes depend on the number of tokens only, so it compiles well."""

    def __init__(self, spec: TransformerSpec) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(spec) for _ in range(spec.depth))

    def forward(
        self,
        h_BND: Float[Tensor, "B N D"],
        modulation: Float[Tensor, "6 B 1 D"],
        angles_BNK: Float[Tensor, "B N K"],
        seen_BN: Bool[Tensor, "B N"],
    ) -> Float[Tensor, "B N D"]:
        cos, sin = angles_BNK.cos()[:, None, None].to(h_BND.dtype), angles_BNK.sin()[:, None, None].to(h_BND.dtype)
        bias = torch.where(seen_BN, 0.0, -1e4)[:, None, None].to(h_BND.dtype)
        for block in self.blocks:
            h_BND = block(h_BND, modulation, (cos, sin), bias)
        return h_BND


class Block(nn.Module):
    """Joint attention, then a feed-forward layer, both modulated by time."""

    def __init__(self, spec: TransformerSpec) -> None:
        super().__init__()
        width = spec.width
        self.heads = spec.heads
        self.offsets = nn.Parameter(
            torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 1.0])[:, None, None, None].repeat(1, 1, 1, width)
        )
        self.norm1 = nn.LayerNorm(width, elementwise_affine=False)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.norm_qk = nn.RMSNorm(width // spec.heads, eps=1e-5, elementwise_affine=False)
        self.gain_qk = nn.Parameter(torch.ones(2, 1, 1, width // spec.heads))
        self.out = nn.Linear(width, width, bias=False)
        self.norm2 = nn.LayerNorm(width, elementwise_affine=False)
        self.up = nn.Linear(width, spec.ratio * width, bias=False)
        self.down = nn.Linear(spec.ratio * width, width, bias=False)

    def forward(self, h: Tensor, modulation: Tensor, rotary: tuple[Tensor, Tensor], bias: Tensor) -> Tensor:
        shift1, scale1, gate1, shift2, scale2, gate2 = modulation + self.offsets
        h = torch.addcmul(h, gate1, self._attend(torch.addcmul(shift1, self.norm1(h), scale1), rotary, bias))
        inner = F.relu(self.up(torch.addcmul(shift2, self.norm2(h), scale2))).square()
        return torch.addcmul(h, gate2, self.down(inner))

    def _attend(self, x: Tensor, rotary: tuple[Tensor, Tensor], bias: Tensor) -> Tensor:
        qk, v = rearrange(self.qkv(x), "b n (three h k) -> b three h n k", three=3, h=self.heads).split([2, 1], 1)
        q, k = _rotate(self.norm_qk(qk) * self.gain_qk, *rotary).unbind(1)
        v = v[:, 0]
        if self.training:
            scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(q.shape[-1])) + bias
            mixed = scores.softmax(-1).to(v.dtype) @ v
        else:
            mixed = F.scaled_dot_product_attention(q, k, v.contiguous(), attn_mask=bias)
        return self.out(rearrange(mixed, "b h n k -> b n (h k)"))


_FREQUENCIES = 64


def _waves(x_B: Float[Tensor, " B"]) -> Float[Tensor, "B F"]:
    """Sine features of a number (Vaswani et al. 2017)."""
    half = _FREQUENCIES // 2
    f = torch.exp(-math.log(1e3) * torch.arange(half, device=x_B.device, dtype=torch.float32) / half)
    angles = x_B.float()[:, None] * f
    return torch.cat([angles.cos(), angles.sin()], -1)


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    a, b = x.chunk(2, -1)
    return torch.cat([torch.addcmul(a * cos, b, sin, value=-1), torch.addcmul(b * cos, a, sin)], -1)


def positions(clips: Clips, text_tokens: int, rows: int, columns: int, half: int) -> Float[Tensor, "B N K"]:
    """Rotary angles of all tokens: a quarter for time, the rest for rows and columns; text stands at 0."""
    device = clips.when_BT.device
    n_time = half // 4
    n_row = (half - n_time) // 2
    n_column = half - n_time - n_row
    frames = clips.when_BT.shape[1]
    time = repeat(clips.when_BT * TIME_SPAN, "b t -> b (t h w)", h=rows, w=columns)
    y = torch.arange(rows, device=device, dtype=torch.float32) - (rows - 1) / 2
    x = torch.arange(columns, device=device, dtype=torch.float32) - (columns - 1) / 2
    batch = clips.when_BT.shape[0]
    yy = repeat(y, "h -> b (t h w)", b=batch, t=frames, w=columns)
    xx = repeat(x, "w -> b (t h w)", b=batch, t=frames, h=rows)
    parts = [value[..., None] * _bands(count, device) for value, count in ((time, n_time), (yy, n_row), (xx, n_column))]
    return F.pad(torch.cat(parts, -1), (0, 0, text_tokens, 0))


def _bands(count: int, device: torch.device) -> Float[Tensor, " K"]:
    """Angular frequencies from about one turn in six steps down to one in four hundred."""
    return torch.exp(torch.linspace(math.log(1.0), math.log(0.015), count, device=device))
