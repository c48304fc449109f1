"""Trains the transformer of `mini` on two CPU cores, resumable at any kill.

python recipes/mini_transformer.py basis                     # principal components of patches: a minute
python recipes/mini_transformer.py cache --kind image &      # renders and encodes shards, goes on until stopped
python recipes/mini_transformer.py cache --kind clip &
python recipes/mini_transformer.py train --minutes 60        # again with more minutes: goes on where it was
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file

from mini_palette import palette
from mini_run import Budget, Course, Run
from vitascope.model.autoencoder import Autoencoder
from vitascope.model.specs import SPECS, AutoencoderSpec, ModelSpec
from vitascope.model.transformer import Clips, Transformer
from vitascope.train import cache, checkpoint
from vitascope.train.loop import OptimizerSpec, TrainState
from vitascope.train.objective import Noising, flow_loss
from vitascope.train.samples import draw_sample, low_frames
from vitascope.weights.text_files import load_text_encoder

PLANS = {
    "image": cache.ShardPlan(samples=512, looked_at=1),
    "clip": cache.ShardPlan(samples=256, looked_at=3, uncaptioned=0.35),
}
REFRESH_EVERY = 50


@dataclass(frozen=True)
class Mix:
    """The share of steps on clips, from a number of minutes on; the other steps are on single frames."""

    clips: float = 0.0
    clips_from: float = 0.0

    def kind(self, seconds: float, step: int) -> str:
        """The kind of batch of step `step`."""
        share = self.clips if seconds >= self.clips_from * 60 else 0.0
        return "clip" if torch.rand((), generator=torch.Generator().manual_seed(step)) < share else "image"


def fit_basis(run: Run, scenes: int) -> None:
    """Fits the autoencoder's patch bases to rendered scenes and saves them."""
    rng = np.random.default_rng(7)
    autoencoder = Autoencoder(run.spec.autoencoder)
    found: dict[str, list[torch.Tensor]] = {"colour": [], "flow": [], "member": []}
    for _ in range(scenes):
        low = low_frames([draw_sample(rng, run.palette, 3, uncaptioned=0.25)], run.spec.autoencoder, 9, 16)
        found["colour"].append(autoencoder.patches(low.colour).flatten(0, 3))
        found["flow"].append(autoencoder.patches(low.motion[:, :4])[:, 1:].flatten(0, 3))
        found["member"].append(autoencoder.patches(low.motion[:, 4:])[:, 1:].flatten(0, 3))
    for name, parts in found.items():
        part, basis = torch.cat(parts), getattr(autoencoder, name)
        basis.fit(part, part.mean(0) if name == "colour" else torch.zeros(part.shape[1]))
        error = (basis.decode(basis.encode(part)) - part).square().mean()
        print(f"{name}: kept {1 - float(error / part.square().mean()):.4%}, rms error {float(error.sqrt()):.4f}")
    run.folder.mkdir(parents=True, exist_ok=True)
    weights = {k: v.clone() for k, v in autoencoder.state_dict().items() if "painter" not in k}
    save_file(weights, run.folder / "basis.safetensors")


def load_basis(folder: Path, spec: ModelSpec) -> Autoencoder:
    """The autoencoder with the fitted bases; its decoder is untrained."""
    autoencoder = Autoencoder(spec.autoencoder)
    autoencoder.load_state_dict(load_file(folder / "basis.safetensors"), strict=False)
    return autoencoder


def fill_cache(run: Run, kind: str, shards: int, plan: cache.ShardPlan | None = None) -> None:
    """Writes shards 00000, 00001, … of `kind`, skipping those that are there."""
    folder = run.folder / "cache" / kind
    folder.mkdir(parents=True, exist_ok=True)
    coders = load_basis(run.folder, run.spec), load_text_encoder()
    for number in range(shards):
        path = folder / f"{number:05d}.safetensors"
        if not path.exists():
            seed = number + (0 if kind == "image" else 1_000_000)
            cache.write_shard(path, plan or PLANS[kind], run.palette, seed=seed, coders=coders)


def train(run: Run, course: Course, mix: Mix, compiled: bool = False) -> int:
    """Trains for the budget asked for, counting what the checkpoint already has; returns the number of steps."""
    torch.set_num_threads(course.threads)
    rank = _join()
    torch.manual_seed(0)
    model = Transformer(run.spec.transformer, run.spec.autoencoder.channels).train()
    state = TrainState.begin(model, OptimizerSpec(matrix_rate=course.rate, other_rate=course.rate / 2))
    path = run.folder / "transformer.pt"
    kept = checkpoint.load(path)
    spent = 0.0
    if kept:
        state.load_state_dict(kept["state"])
        spent = kept["seconds"]
    if compiled:
        model.trunk = torch.compile(model.trunk)  # type: ignore[assignment]
    pools = _pools(run.folder / "cache")
    later_C = later_weights(run.spec.autoencoder)
    generator = torch.Generator().manual_seed(1000 * state.step + rank)
    begun = time.monotonic() - spent
    losses: dict[str, list[float]] = {"image": [], "clip": []}
    while _all_agree(course.budget.lasts(seconds := time.monotonic() - begun, state.step)):
        kind = mix.kind(seconds, state.step)
        batch = pools[kind].batch(course.batch if kind == "image" else max(1, course.batch // 3), generator)
        loss, _ = state.update(
            lambda m, b=batch: flow_loss(lambda x, c: _low_precision(m, x, c), b, Noising(), generator, later_C),
            course.budget.progress(seconds, state.step),
        )
        losses[kind].append(loss)
        if state.step % course.log_every == 0 and rank == 0:
            _log(run.folder / "log.jsonl", state.step, seconds, losses)
            losses = {"image": [], "clip": []}
        if state.step % REFRESH_EVERY == 0:
            for pool in pools.values():
                pool.refresh()
        if state.step % course.save_every == 0 and rank == 0:
            checkpoint.save(path, {"state": state.state_dict(), "seconds": seconds})
    if rank == 0:
        checkpoint.save(path, {"state": state.state_dict(), "seconds": time.monotonic() - begun})
    return state.step


def later_weights(spec: AutoencoderSpec) -> torch.Tensor:
    """Weights of the channels after the first frame: there the decoder needs motion most, and colour least."""
    counts = {0.2: spec.colour_channels, 4.0: spec.flow_channels, 1.5: spec.member_channels}
    return torch.cat([torch.full((count,), weight) for weight, count in counts.items()])


def _pools(folder: Path) -> dict[str, cache.Pool]:
    pools = {
        "image": cache.Pool(folder / "image", 60, cache.nothing_known),
        "clip": cache.Pool(folder / "clip", 40, cache.often_first_known),
    }
    for pool in pools.values():
        pool.refresh()
    return pools


def _log(path: Path, step: int, seconds: float, losses: dict[str, list[float]]) -> None:
    means = {k: round(float(np.mean(v)), 4) for k, v in losses.items() if v}
    line = json.dumps({"step": step, "minutes": round(seconds / 60, 2), "loss": means})
    print(line, flush=True)
    with path.open("a") as log:
        log.write(line + "\n")


def _low_precision(model: torch.nn.Module, x: torch.Tensor, clips: Clips) -> torch.Tensor:
    return model(x.bfloat16(), replace(clips, text=clips.text.to("cpu", torch.bfloat16)))


def _all_agree(goes_on: bool) -> bool:
    """What the first process thinks, in all processes: their clocks differ, and all must stop at the same step."""
    if not dist.is_initialized():
        return goes_on
    flag = torch.tensor(float(goes_on))
    dist.broadcast(flag, 0)
    return bool(flag)


def _join() -> int:
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
    parser.add_argument("--steps", type=int, help="stop when the run has this many steps in all")
    parser.add_argument(
        "--total", type=float, default=100, help="minutes that the learning rate's course is laid out for"
    )
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--clips", type=float, default=0.0, help="share of steps on clips; the rest are single frames")
    parser.add_argument("--clips-from", type=float, default=0.0, help="minutes of single frames alone before that")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--log-every", type=int, default=50)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--compile", action="store_true")
    args = parser.parse_args()
    run = Run(args.run, SPECS[args.spec], palette())
    if args.task == "basis":
        fit_basis(run, args.scenes)
    elif args.task == "cache":
        torch.set_num_threads(1)
        fill_cache(run, args.kind, args.shards)
    else:
        budget = Budget(args.minutes, args.total, args.steps)
        course = Course(budget, args.batch, args.rate, args.threads, args.log_every, args.save_every)
        train(run, course, Mix(args.clips, args.clips_from), args.compile)


if __name__ == "__main__":
    main()
