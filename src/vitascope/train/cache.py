"""Encoded samples on disk: rendering and reading text cost as much as a training step, so each is done once.

A shard is one safetensors file of latents (bfloat16), which frames they are, and token states. Producers write shards
under a temporary name and rename them, so a reader never meets half a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from vitascope.model.autoencoder import Autoencoder
from vitascope.model.text import Conditioning
from vitascope.train.objective import Batch
from vitascope.train.samples import draw_sample, low_frames
from vitascope.weights.text_files import Text
from vitascope.world.scene import Palette

TEXT_TOKENS = 24
NO_TEXT_SHARE = 0.1


@dataclass(frozen=True)
class ShardPlan:
    """What a shard holds: how many samples, how many latent frames of each are looked at, and the grid's size."""

    samples: int
    looked_at: int
    uncaptioned: float = 0.0
    rows: int = 9
    columns: int = 16


def write_shard(path: Path, plan: ShardPlan, palette: Palette, seed: int, coders: tuple[Autoencoder, Text]) -> None:
    """Renders and encodes one shard; the same seed gives the same shard."""
    autoencoder, text = coders
    rng = np.random.default_rng(seed)
    drawn = [draw_sample(rng, palette, plan.looked_at, plan.uncaptioned) for _ in range(plan.samples)]
    latents: list[Tensor] = []
    for start in range(0, plan.samples, 32):
        part = drawn[start : start + 32]
        latents.append(autoencoder.encode(low_frames(part, autoencoder.spec, plan.rows, plan.columns)).bfloat16())
    said = ["" if rng.random() < NO_TEXT_SHARE else s.caption for s in drawn]
    conditioning = text.encode(said, max_tokens=TEXT_TOKENS)
    tensors = {
        "latents": torch.cat(latents).contiguous(),
        "when": torch.tensor([s.when for s in drawn], dtype=torch.float32),
        "length": torch.tensor([s.length for s in drawn], dtype=torch.float32),
        "tokens": conditioning.tokens_BLD.bfloat16(),
        "mask": conditioning.mask_BL,
    }
    partial = path.with_suffix(".partial")
    save_file(tensors, partial)
    partial.replace(path)


class Pool:
    """Reads batches from the newest shards of a folder and takes up new ones as they appear.

    `known` marks the given frames of a batch: it gets a generator, samples and frames and returns booleans (B, T).
    """

    def __init__(self, folder: Path, keep: int, known: Callable[[torch.Generator, int, int], Tensor]) -> None:
        self._folder = folder
        self._keep = keep
        self._known = known
        self._shards: dict[Path, dict[str, Tensor]] = {}

    def refresh(self) -> int:
        """Takes up new shards, eight at most, forgets the oldest beyond `keep`; returns how many there are."""
        found = sorted(self._folder.glob("*.safetensors"))[-self._keep :]
        new = [path for path in found if path not in self._shards][:8]
        self._shards = {
            p: self._shards[p] if p in self._shards else load_file(p) for p in found if p in self._shards or p in new
        }
        return len(self._shards)

    def batch(self, size: int, generator: torch.Generator) -> Batch:
        """A random batch, spread over several shards."""
        paths = list(self._shards)
        rows: list[dict[str, Tensor]] = []
        pieces = min(4, size)
        for i in range(pieces):
            shard = self._shards[paths[int(torch.randint(len(paths), (1,), generator=generator))]]
            count = size // pieces + (i < size % pieces)
            index = torch.randint(len(shard["length"]), (count,), generator=generator)
            rows.append({name: value[index] for name, value in shard.items()})
        joined = {name: torch.cat([row[name] for row in rows]) for name in rows[0]}
        z = joined["latents"].float()
        return Batch(
            z_BCTHW=z,
            known_BT=self._known(generator, len(z), z.shape[2]),
            when_BT=joined["when"],
            length_B=joined["length"],
            text=Conditioning(joined["tokens"].float(), joined["mask"]),
        )


def nothing_known(generator: torch.Generator, batch: int, frames: int) -> Tensor:
    """No frame is given: text to video."""
    return torch.zeros(batch, frames, dtype=torch.bool)


def often_first_known(generator: torch.Generator, batch: int, frames: int) -> Tensor:
    """The first frame is given in three quarters of the clips; now and then another one is too, never all."""
    known = torch.rand(batch, frames, generator=generator) < 0.08
    known[:, 0] = torch.rand(batch, generator=generator) < 0.75
    known[:, -1] &= ~known.all(1)
    return known
