"""Trains the painter of `mini`: the layers of first frames, from 160×90 to 1280×720.

python recipes/mini_painter.py --minutes 20      # again with more minutes: goes on where it was
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mini_palette import palette
from mini_run import Budget, Course, Run
from mini_transformer import load_basis
from vitascope.model.autoencoder import Autoencoder, LowFrames
from vitascope.model.decoder import Layers, filled
from vitascope.model.specs import SPECS
from vitascope.train import checkpoint
from vitascope.train.loop import OptimizerSpec, TrainState
from vitascope.train.samples import draw_sample
from vitascope.world.render import render
from vitascope.world.scene import Palette

CANVAS = (1280, 720)
CROP = 32
POOL = 300


@dataclass(frozen=True, eq=False)
class Example:
    """Layers of one frame, small as the latents leave them and large as they are, and where its subject stands."""

    low: Tensor
    true: Tensor
    middle: tuple[int, int]


def gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    """Differences of neighbours along rows and columns."""
    return x[..., 1:, :] - x[..., :-1, :], x[..., 1:] - x[..., :-1]


def sharp_l1(made: Tensor, true: Tensor) -> Tensor:
    """Mean absolute error of values and of their gradients."""
    pairs = zip(gradients(made), gradients(true), strict=True)
    return (made - true).abs().mean() + sum(((a - b).abs().mean() for a, b in pairs), torch.zeros(()))


def paint_loss(model: torch.nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    """Sharp L1 of all layers; coverage counts double, since every edge of a clip hangs on it."""
    low, true = batch
    made: Layers = model(split(low.bfloat16()))
    wanted = split(true.float())
    member = sharp_l1(made.member, wanted.member)
    return sharp_l1(made.frame, wanted.frame) + sharp_l1(made.behind, wanted.behind) + 2 * member


def split(stacked: Tensor) -> Layers:
    """Layers from the channels of one tensor."""
    return Layers(*stacked.split([3, 1, 3], 1))


def example(
    autoencoder: Autoencoder, part: Palette, canvas: tuple[int, int], draws: tuple[np.random.Generator, torch.Generator]
) -> Example:
    """A random frame of `canvas` pixels, and what latents and sampling would leave of it."""
    rng, generator = draws
    sample = draw_sample(rng, part, 2, uncaptioned=0.15)
    u = [float(rng.random())]
    made = render(sample.scene, u, *canvas)
    empty = render(replace(sample.scene, actors=()), u, *canvas)
    frame, behind = (torch.from_numpy(r.colour).permute(0, 3, 1, 2).float() / 127.5 - 1 for r in (made, empty))
    member = torch.from_numpy(made.motion[..., 4])[:, None]
    true = Layers(frame, member, behind)
    small = F.avg_pool2d(true.stacked(), autoencoder.spec.scale)
    low = _spoiled(autoencoder, split(small), rng, generator)
    actor = sample.scene.actors[0] if sample.scene.actors else None
    rows, columns = small.shape[2:]
    middle = (int(rows * (0.5 + actor.y)), int(columns / 2 + rows * actor.x)) if actor else (rows // 2, columns // 2)
    return Example(low.stacked()[0].bfloat16(), true.stacked()[0].bfloat16(), middle)


def _spoiled(autoencoder: Autoencoder, small: Layers, rng: np.random.Generator, generator: torch.Generator) -> Layers:
    """Small layers after the latents: components lost, noise left, coverage blurred, the background partly unseen."""
    held = small.frame[:, :, None].repeat(1, 1, autoencoder.spec.block, 1, 1)
    z = autoencoder.encode(LowFrames(held, torch.zeros_like(held[:, :1]).expand(-1, 5, -1, -1, -1)))
    z = z + float(rng.uniform(0, 0.12)) * torch.randn(z.shape, generator=generator)
    frame = autoencoder.expand(z).colour[:, :, 1]
    member = _blur(small.member, float(rng.uniform(0.3, 1.4)))
    member = (member + 0.06 * torch.randn(member.shape, generator=generator)).clamp(0, 1)
    hole = (F.max_pool2d(member, 3, 1, 1) > 0.15).float()
    inside = _blur(small.behind, float(rng.uniform(0.3, 1.5))) if rng.random() < 0.5 else filled(frame, hole)
    return Layers(frame, member, frame * (1 - hole) + inside * hole)


def _blur(x: Tensor, sigma: float) -> Tensor:
    reach = torch.arange(-4, 5, dtype=torch.float32)
    kernel = torch.exp(-reach.square() / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).expand(x.shape[1], 1, 1, -1)
    x = F.conv2d(F.pad(x, (4, 4, 0, 0), mode="replicate"), kernel, groups=x.shape[1])
    return F.conv2d(F.pad(x, (0, 0, 4, 4), mode="replicate"), kernel.transpose(2, 3), groups=x.shape[1])


def batches(
    autoencoder: Autoencoder, part: Palette, canvas: tuple[int, int], size: int, seed: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Crops: low-resolution layers (B, 7, CROP, CROP) and full-size ones, most of them near the subject."""
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    part = replace(part, background_seeds=min(10, part.background_seeds))
    pool: list[Example] = []
    while True:
        pool = [*pool[-POOL:], example(autoencoder, part, canvas, (rng, generator))]
        crops = [_crop(pool[int(rng.integers(len(pool)))], autoencoder.spec.scale, rng) for _ in range(size)]
        yield torch.stack([low for low, _ in crops]), torch.stack([true for _, true in crops])


def _crop(one: Example, scale: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    rows, columns = one.low.shape[1:]
    near = rng.random() < 0.75
    y = int(rng.normal(one.middle[0], 12) - CROP / 2) if near else int(rng.integers(rows))
    x = int(rng.normal(one.middle[1], 16) - CROP / 2) if near else int(rng.integers(columns))
    y, x = min(max(y, 0), rows - CROP), min(max(x, 0), columns - CROP)
    low = one.low[:, y : y + CROP, x : x + CROP]
    return low, one.true[:, y * scale : (y + CROP) * scale, x * scale : (x + CROP) * scale]


def train(run: Run, course: Course, canvas: tuple[int, int] = CANVAS) -> int:
    """Trains for the budget asked for, counting what the checkpoint already has; returns the number of steps."""
    torch.set_num_threads(course.threads)
    torch.manual_seed(0)
    autoencoder = load_basis(run.folder, run.spec)
    net = autoencoder.painter.to(memory_format=torch.channels_last)
    state = TrainState.begin(net, OptimizerSpec(other_rate=course.rate, average=0.998, cooldown=0.4))
    path = run.folder / "painter.pt"
    kept = checkpoint.load(path)
    spent = 0.0
    if kept:
        state.load_state_dict(kept["state"])
        spent = kept["seconds"]
    stream = batches(autoencoder, run.palette, canvas, course.batch, 100 + state.step)
    begun = time.monotonic() - spent
    losses: list[float] = []

    def save() -> None:
        spent = time.monotonic() - begun
        checkpoint.save(path, {"state": state.state_dict(), "seconds": spent, "weights": state.averaged()})

    while course.budget.lasts(seconds := time.monotonic() - begun, state.step):
        batch = next(stream)
        loss, _ = state.update(lambda m, b=batch: paint_loss(m, b), course.budget.progress(seconds, state.step))
        losses.append(loss)
        if state.step % course.log_every == 0:
            line = {"step": state.step, "minutes": round(seconds / 60, 2), "loss": round(float(np.mean(losses)), 5)}
            print(json.dumps(line), flush=True)
            losses = []
        if state.step % course.save_every == 0:
            save()
    save()
    return state.step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("runs/mini"))
    parser.add_argument("--spec", choices=tuple(SPECS), default="mini")
    parser.add_argument("--minutes", type=float, default=20, help="stop when the run has this many minutes in all")
    parser.add_argument("--steps", type=int, help="stop when the run has this many steps in all")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    budget = Budget(args.minutes, args.minutes, args.steps)
    train(Run(args.run, SPECS[args.spec], palette()), Course(budget, args.batch, args.rate, args.threads))


if __name__ == "__main__":
    main()
