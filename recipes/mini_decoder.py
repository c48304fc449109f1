"""Trains the decoder of `mini`: the painter on 720p first frames, then the warper on triples of frames.

python recipes/mini_decoder.py painter --minutes 20      # again with more minutes: goes on where it was
python recipes/mini_decoder.py warper --minutes 20
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mini_palette import palette
from mini_transformer import load_basis
from vitascope.model.autoencoder import Autoencoder, LowFrames
from vitascope.model.decoder import Neighbours, compose
from vitascope.model.specs import SPECS, ModelSpec
from vitascope.train import checkpoint
from vitascope.train.loop import OptimizerSpec, TrainState
from vitascope.train.samples import draw_sample
from vitascope.world.render import render

CROP = 32


def gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    """Differences of neighbours along rows and columns."""
    return x[..., 1:, :] - x[..., :-1, :], x[..., 1:] - x[..., :-1]


def sharp_l1(made: Tensor, true: Tensor) -> Tensor:
    """Mean absolute error of values and of their gradients."""
    pairs = zip(gradients(made), gradients(true), strict=True)
    return (made - true).abs().mean() + sum(((a - b).abs().mean() for a, b in pairs), torch.zeros(()))


def blurred(autoencoder: Autoencoder, low: LowFrames, generator: torch.Generator, noise: float) -> LowFrames:
    """What is left of low-resolution frames after the latents, with noise on them as a sampler would leave."""
    z = autoencoder.encode(low)
    level = torch.rand(len(z), 1, 1, 1, 1, generator=generator) * noise
    return autoencoder.expand(z + level * torch.randn(z.shape, generator=generator))


def paint_batches(
    autoencoder: Autoencoder, scale: tuple[int, int], size: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Crops of first frames: low-resolution input (B, 3, CROP, CROP) and full-size target."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    spec, part = autoencoder.spec, replace(palette(), background_seeds=10)
    pool: list[tuple[Tensor, Tensor, tuple[int, int]]] = []
    while True:
        for _ in range(2):
            sample = draw_sample(rng, part, 1)
            made = render(sample.scene, [float(rng.random())], *scale)
            true = torch.from_numpy(made.colour).permute(0, 3, 1, 2).float() / 127.5 - 1
            small = autoencoder.shrink(true[:, :, None])
            colour = small.repeat(1, 1, spec.block, 1, 1)
            low = blurred(autoencoder, LowFrames(colour, torch.zeros_like(colour)), generator, 0.12).colour[:, :, 1]
            actor = sample.scene.actors[0]
            middle = (int(90 * (0.5 + actor.y)), int(160 * (0.5 + actor.x * 9 / 16)))
            pool.append(((low[0]).bfloat16(), (true[0]).bfloat16(), middle))
        pool = pool[-300:]
        lows, trues = [], []
        for _ in range(size):
            low, true, middle = pool[int(rng.integers(max(0, len(pool) - 300), len(pool)))]
            near = rng.random() < 0.7
            y = int(rng.normal(middle[0], 12) - CROP / 2) if near else int(rng.integers(0, low.shape[1]))
            x = int(rng.normal(middle[1], 16) - CROP / 2) if near else int(rng.integers(0, low.shape[2]))
            y, x = min(max(y, 0), low.shape[1] - CROP), min(max(x, 0), low.shape[2] - CROP)
            s = spec.scale
            lows.append(low[:, y : y + CROP, x : x + CROP])
            trues.append(true[:, y * s : (y + CROP) * s, x * s : (x + CROP) * s])
        yield torch.stack(lows), torch.stack(trues)


def warp_batches(autoencoder: Autoencoder, size: int, seed: int) -> Iterator[tuple[Neighbours, Tensor, Tensor, Tensor]]:
    """Neighbours, the first frame and the true frames at twice the low resolution, and their true motion."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    while True:
        items = [_warp_item(autoencoder, rng, generator) for _ in range(size)]
        near = Neighbours(*(torch.cat([getattr(i[0], k) for i in items]) for k in ("colour", "motion", "first")))
        yield near, *(torch.cat([i[k] for i in items]) for k in (1, 2, 3))


def _warp_item(
    autoencoder: Autoencoder, rng: np.random.Generator, generator: torch.Generator
) -> tuple[Neighbours, Tensor, Tensor, Tensor]:
    sample = draw_sample(rng, palette(), 2, uncaptioned=0.4)
    step = 1 / (sample.length - 1) / autoencoder.spec.block
    i = int(rng.integers(2))
    start = (sample.frames[1] - 1) * 3 * step + step
    us = [start, start + step, start + 2 * step, 0.0, start + i * step + step / 2]
    made = render(sample.scene, us, 320, 180)
    colour = torch.from_numpy(made.colour).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
    motion = torch.from_numpy(made.motion).permute(3, 0, 1, 2)[None].float()
    small_colour, small_motion = (F.avg_pool3d(v, (1, 2, 2)) for v in (colour, motion))
    low = blurred(autoencoder, LowFrames(small_colour[:, :, :3], small_motion[:, :, :3]), generator, 0.15)
    near = Neighbours(
        low.colour[:, :, i : i + 2].transpose(1, 2), low.motion[:, :, i : i + 2].transpose(1, 2), small_colour[:, :, 3]
    )
    true = torch.stack([colour[:, :, i], colour[:, :, 4]], 1)
    moved = torch.stack([motion[:, :, i], motion[:, :, 4]], 1)
    return near, colour[:, :, 3], true, moved


def paint_loss(model: torch.nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Sharp L1 of painted crops."""
    low, true = batch
    return sharp_l1(model(low.bfloat16()).float(), true.float())


def warp_loss(model: torch.nn.Module, batch: tuple[Neighbours, Tensor, Tensor, Tensor]) -> Tensor:
    """Sharp L1 of composed frames, L1 of colours everywhere, of motion and occlusion where they are known."""
    near, first, true, moved = batch
    how = model(Neighbours(near.colour.bfloat16(), near.motion.bfloat16(), near.first.bfloat16()))
    made = compose(first, how)
    there = (moved[:, :, 2:] > 0.5).float()
    motion = ((how.motion - moved[:, :, :2]).abs() * there).mean()
    seen = F.binary_cross_entropy(how.seen.clamp(1e-4, 1 - 1e-4), there)
    return 2 * sharp_l1(made, true) + 0.5 * (how.colour - true).abs().mean() + 4 * motion + 0.1 * seen


def run_training(args: argparse.Namespace, spec: ModelSpec) -> None:
    """Trains one of the two nets for the minutes asked for, in all."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    autoencoder = load_basis(args.run, spec)
    net = (autoencoder.painter if args.net == "painter" else autoencoder.warper).to(memory_format=torch.channels_last)
    state = TrainState.begin(net, OptimizerSpec(other_rate=args.rate, average=0.998, cooldown=0.4))
    path = args.run / f"{args.net}.pt"
    kept = checkpoint.load(path)
    spent = 0.0
    if kept:
        state.load_state_dict(kept["state"])
        spent = kept["seconds"]
    seed = 100 + state.step
    batches: Iterator[object]
    if args.net == "painter":
        batches = paint_batches(autoencoder, (1280, 720), args.batch, seed)
    else:
        batches = warp_batches(autoencoder, args.batch, seed)
    loss_of = paint_loss if args.net == "painter" else warp_loss
    begun, losses = time.monotonic() - spent, []
    while (seconds := time.monotonic() - begun) < args.minutes * 60:
        batch = next(batches)
        loss, _ = state.update(lambda m, b=batch: loss_of(m, b), seconds / args.minutes / 60)  # type: ignore[arg-type]
        losses.append(loss)
        if state.step % 50 == 0:
            line = {"step": state.step, "minutes": round(seconds / 60, 2), "loss": round(float(np.mean(losses)), 5)}
            print(json.dumps(line), flush=True)
            losses = []
        if state.step % 200 == 0:
            checkpoint.save(path, {"state": state.state_dict(), "seconds": seconds, "weights": state.averaged()})
    checkpoint.save(path, {"state": state.state_dict(), "seconds": args.minutes * 60, "weights": state.averaged()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("net", choices=("painter", "warper"))
    parser.add_argument("--run", type=Path, default=Path("runs/mini"))
    parser.add_argument("--spec", choices=tuple(SPECS), default="mini")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    run_training(args, SPECS[args.spec])


if __name__ == "__main__":
    main()
