"""Trains the transformer of `mini` on two CPU cores, resumable at any kill.

python recipes/mini_transformer.py basis                     # principal components of patches: a minute
python recipes/mini_transformer.py cache --kind image &      # renders and encodes shards, goes on until stopped
python recipes/mini_transformer.py cache --kind clip &
python recipes/mini_transformer.py train --minutes 60        # again with more minutes: goes on where it was
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file

from mini_palette import palette
from vitascope.model.autoencoder import Autoencoder
from vitascope.model.specs import SPECS, ModelSpec
from vitascope.model.transformer import Transformer
from vitascope.train import cache, checkpoint
from vitascope.train.loop import OptimizerSpec, TrainState
from vitascope.train.objective import Noising, flow_loss
from vitascope.train.samples import draw_sample, low_frames
from vitascope.weights.text_files import load_text_encoder

PLANS = {
    "image": cache.ShardPlan(samples=512, looked_at=1),
    "clip": cache.ShardPlan(samples=256, looked_at=3, uncaptioned=0.35),
}


def fit_basis(run: Path, spec: ModelSpec, scenes: int) -> None:
    """Fits the autoencoder's patch bases to rendered scenes and saves them."""
    rng = np.random.default_rng(7)
    autoencoder = Autoencoder(spec.autoencoder)
    colour: list[torch.Tensor] = []
    motion: list[torch.Tensor] = []
    for _ in range(scenes):
        low = low_frames([draw_sample(rng, palette(), 3, uncaptioned=0.25)], spec.autoencoder, 9, 16)
        colour.append(autoencoder.patches(low.colour).flatten(0, 3))
        motion.append(autoencoder.patches(low.motion).flatten(0, 3))
    for part, basis in ((torch.cat(colour), autoencoder.colour), (torch.cat(motion), autoencoder.motion)):
        basis.fit(part)
        error = (basis.decode(basis.encode(part)) - part).square().mean()
        print(f"kept {1 - float(error / part.var()):.4%} of the variance, rms error {float(error.sqrt()):.4f}")
    run.mkdir(parents=True, exist_ok=True)
    save_file(
        {k: v.clone() for k, v in autoencoder.state_dict().items() if "upsampler" not in k}, run / "basis.safetensors"
    )


def load_basis(run: Path, spec: ModelSpec) -> Autoencoder:
    """The autoencoder with the fitted bases; its decoder is untrained."""
    autoencoder = Autoencoder(spec.autoencoder)
    autoencoder.load_state_dict(load_file(run / "basis.safetensors"), strict=False)
    return autoencoder


def fill_cache(run: Path, spec: ModelSpec, kind: str, shards: int) -> None:
    """Writes shards `kind`-00000, 00001, …, skipping those that are there."""
    folder = run / "cache" / kind
    folder.mkdir(parents=True, exist_ok=True)
    coders = load_basis(run, spec), load_text_encoder()
    for number in range(shards):
        path = folder / f"{number:05d}.safetensors"
        if not path.exists():
            cache.write_shard(
                path, PLANS[kind], palette(), seed=number + (0 if kind == "image" else 1_000_000), coders=coders
            )


def train(run: Path, spec: ModelSpec, args: argparse.Namespace) -> None:
    """Trains for the minutes asked for, beyond those that the checkpoint already has."""
    torch.set_num_threads(args.threads)
    rank = _join()
    torch.manual_seed(0)
    model = Transformer(spec.transformer, spec.autoencoder.channels).train()
    state = TrainState.begin(model, OptimizerSpec(matrix_rate=args.rate, other_rate=args.rate / 2))
    kept = checkpoint.load(run / "transformer.pt")
    spent = 0.0
    if kept:
        state.load_state_dict(kept["state"])
        spent = kept["seconds"]
    if args.compile:
        model.trunk = torch.compile(model.trunk)  # type: ignore[assignment]
    pools = {
        "image": cache.Pool(run / "cache" / "image", 60, cache.nothing_known),
        "clip": cache.Pool(run / "cache" / "clip", 40, cache.often_first_known),
    }
    for pool in pools.values():
        pool.refresh()
    generator = torch.Generator().manual_seed(1000 * state.step + rank)
    budget, begun, losses = args.minutes * 60, time.monotonic() - spent, {"image": [], "clip": []}
    while (seconds := time.monotonic() - begun) < budget:
        share = args.clips if seconds >= args.clips_from * 60 else 0.0
        kind = "clip" if torch.rand((), generator=torch.Generator().manual_seed(state.step)) < share else "image"
        batch = pools[kind].batch(args.batch if kind == "image" else max(1, args.batch // 3), generator)
        loss, _ = state.update(
            lambda m, b=batch: flow_loss(lambda x, c: _low_precision(m, x, c), b, Noising(), generator),
            seconds / args.total / 60,
        )
        losses[kind].append(loss)
        if state.step % 50 == 0 and rank == 0:
            means = {k: round(float(np.mean(v)), 4) for k, v in losses.items() if v}
            line = {"step": state.step, "minutes": round(seconds / 60, 2), "loss": means}
            print(json.dumps(line), flush=True)
            with (run / "log.jsonl").open("a") as log:
                log.write(json.dumps(line) + "\n")
            losses = {"image": [], "clip": []}
        if state.step % 50 == 0:
            for pool in pools.values():
                pool.refresh()
        if state.step % args.save_every == 0 and rank == 0:
            checkpoint.save(run / "transformer.pt", {"state": state.state_dict(), "seconds": seconds})
    if rank == 0:
        checkpoint.save(run / "transformer.pt", {"state": state.state_dict(), "seconds": time.monotonic() - begun})


def _low_precision(model: torch.nn.Module, x: torch.Tensor, clips: object) -> torch.Tensor:
    from dataclasses import replace

    from vitascope.model.transformer import Clips

    assert isinstance(clips, Clips)
    return model(x.bfloat16(), replace(clips, text=clips.text.to("cpu", torch.bfloat16)))


def _join() -> int:
    import os

    if "RANK" not in os.environ:
        return 0
    dist.init_process_group("gloo")
    return dist.get_rank()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("basis", "cache", "train"))
    parser.add_argument("--run", type=Path, default=Path("runs/mini"))
    parser.add_argument("--spec", choices=tuple(SPECS), default="mini")
    parser.add_argument("--scenes", type=int, default=700)
    parser.add_argument("--kind", choices=tuple(PLANS), default="image")
    parser.add_argument("--shards", type=int, default=400)
    parser.add_argument("--minutes", type=float, default=60, help="stop when the run has this many minutes in all")
    parser.add_argument(
        "--total", type=float, default=100, help="minutes that the learning rate's course is laid out for"
    )
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--clips", type=float, default=0.0, help="share of steps on clips; the rest are single frames")
    parser.add_argument("--clips-from", type=float, default=0.0, help="minutes of single frames alone before that")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    spec = SPECS[args.spec]
    if args.task == "basis":
        fit_basis(args.run, spec, args.scenes)
    elif args.task == "cache":
        torch.set_num_threads(1)
        fill_cache(args.run, spec, args.kind, args.shards)
    else:
        train(args.run, spec, args)


if __name__ == "__main__":
    main()
