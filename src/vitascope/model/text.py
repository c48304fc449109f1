"""The frozen text encoder: a BERT encoder in plain torch, and the conditioning that it gives to the transformer.

Legend: B prompts, L tokens of a prompt, D width of a token state, H attention heads, K width of a head.
Method: Devlin et al. 2018, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding";
the weights that fit are those of all-MiniLM-L6-v2 (Wang et al. 2020, "MiniLM").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from einops import rearrange
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Conditioning:
    """What the text says, for a batch of prompts: token states (B, L, D), zero where `mask_BL` is False."""

    tokens_BLD: Float[Tensor, "B L D"]
    mask_BL: Bool[Tensor, "B L"]

    def __len__(self) -> int:
        return self.tokens_BLD.shape[0]

    def to(self, device: torch.device | str, dtype: torch.dtype | None = None) -> Conditioning:
        """The same conditioning on `device`; the token states as `dtype` where one is given."""
        return Conditioning(self.tokens_BLD.to(device=device, dtype=dtype), self.mask_BL.to(device))

    def select(self, rows: Int[Tensor, " N"]) -> Conditioning:
        """The conditioning of the prompts at `rows`, in that order."""
        return Conditioning(self.tokens_BLD[rows], self.mask_BL[rows])

    def repeat(self, times: int) -> Conditioning:
        """The batch `times` times over, as blocks: prompt order a, b becomes a, b, a, b."""
        return Conditioning(self.tokens_BLD.repeat(times, 1, 1), self.mask_BL.repeat(times, 1))

    @staticmethod
    def cat(parts: Sequence[Conditioning]) -> Conditioning:
        """One batch out of several, in order. All have the same number of tokens."""
        return Conditioning(torch.cat([p.tokens_BLD for p in parts]), torch.cat([p.mask_BL for p in parts]))


@dataclass(frozen=True)
class TextSpec:
    """Sizes of a text encoder. The default is all-MiniLM-L6-v2: 22.6M parameters, half of them words."""

    vocabulary: int = 30_522
    positions: int = 512
    width: int = 384
    depth: int = 6
    heads: int = 12
    hidden: int = 1_536
    epsilon: float = 1e-12


class TextBlock(nn.Module):
    """One layer: self-attention, then a two-layer perceptron, each followed by its residual's layer norm."""

    def __init__(self, spec: TextSpec) -> None:
        super().__init__()
        self.heads = spec.heads
        self.qkv = nn.Linear(spec.width, 3 * spec.width)
        self.out = nn.Linear(spec.width, spec.width)
        self.norm_attention = nn.LayerNorm(spec.width, eps=spec.epsilon)
        self.up = nn.Linear(spec.width, spec.hidden)
        self.down = nn.Linear(spec.hidden, spec.width)
        self.norm_mlp = nn.LayerNorm(spec.width, eps=spec.epsilon)

    def forward(self, x_BLD: Float[Tensor, "B L D"], mask_B11L: Bool[Tensor, "B 1 1 L"]) -> Float[Tensor, "B L D"]:
        """Token states after this layer. Tokens where the mask is False are attended by nobody."""
        q_BHLK, k_BHLK, v_BHLK = rearrange(self.qkv(x_BLD), "b l (three h k) -> three b h l k", three=3, h=self.heads)
        a_BHLK = F.scaled_dot_product_attention(q_BHLK, k_BHLK, v_BHLK, attn_mask=mask_B11L)
        x_BLD = self.norm_attention(x_BLD + self.out(rearrange(a_BHLK, "b h l k -> b l (h k)")))
        return self.norm_mlp(x_BLD + self.down(F.gelu(self.up(x_BLD))))


class TextEncoder(nn.Module):
    """Token ids to token states. Frozen: no parameter asks for a gradient, and there is no dropout.

    Words and places start at zero, for the weights always come from a file (`weights.text_files`).
    """

    def __init__(self, spec: TextSpec | None = None) -> None:
        super().__init__()
        self.spec = spec if spec is not None else TextSpec()
        self.words = nn.Parameter(torch.zeros(self.spec.vocabulary, self.spec.width))
        self.places = nn.Parameter(torch.zeros(self.spec.positions, self.spec.width))
        self.norm = nn.LayerNorm(self.spec.width, eps=self.spec.epsilon)
        self.blocks = nn.ModuleList(TextBlock(self.spec) for _ in range(self.spec.depth))
        self.requires_grad_(False)

    def forward(self, token_ids_BL: Int[Tensor, "B L"], mask_BL: Bool[Tensor, "B L"]) -> Float[Tensor, "B L D"]:
        """The last hidden states (B, L, D). Rows where `mask_BL` is False are padding: their values mean nothing."""
        x_BLD = self.norm(F.embedding(token_ids_BL, self.words) + self.places[: token_ids_BL.shape[1]])
        mask_B11L = rearrange(mask_BL, "b l -> b 1 1 l")
        for block in self.blocks:
            x_BLD = block(x_BLD, mask_B11L)
        return x_BLD
