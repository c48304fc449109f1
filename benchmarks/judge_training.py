"""How the judge learns, and how good it is: resumable training on cached renders, accuracy on renders it never saw.

Legend: B clips of a batch, K frames, C channels, H rows, W columns; images are floats about 0, from -1 to 1.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from benchmarks import judge as j
from einops import rearrange, repeat
from recipes.mini_palette import palette
from torch import Tensor

from vitascope.train import checkpoint
from vitascope.types import Pixels

SOFTNESS = 4


@dataclass(frozen=True)
class Plan:
    """How the judge is trained; another plan or version is another judge."""

    version: int = 1
    clips: int = 7000
    steps: int = 2000
    batch: int = 32
    looked_at: int = 3
    rate: float = 3e-3
    smoothing: float = 0.05
    seed: int = 11


@dataclass(frozen=True, eq=False)
class Batch:
    """Clips (B, K, 72, 128, 3) as they are rendered, and their labels as int64 (B,)."""

    clips: Pixels
    truth: j.Truth


@dataclass(frozen=True)
class Accuracy:
    """How often the judge is right on a set of renders, by head, of `count` clips."""

    name: str
    count: int
    subject: float
    motion: float
    background: float

    @property
    def worst(self) -> float:
        """The lowest of the three."""
        return min(self.subject, self.motion, self.background)


def open_judge(root: Path, minutes: float, plan: Plan | None = None) -> tuple[j.Judge, list[Accuracy], Path]:
    """The trained judge, its accuracy on unseen renders, and its folder; trains first where none is kept.

    Training goes on from the last save after a kill, and anneals within `minutes` whatever the machine's speed.
    """
    plan = plan or Plan()
    digest = hashlib.sha256(json.dumps(asdict(plan), sort_keys=True).encode()).hexdigest()[:8]
    renders = root / j.world_hash()
    folder = renders / f"judge-{digest}"
    judge = j.Judge(j.Labels.of(palette()))
    kept = checkpoint.load(folder / "judge.pt")
    if kept is None:
        train(judge, plan, renders, folder, minutes)
        checkpoint.save(folder / "judge.pt", {"judge": judge.state_dict(), "plan": asdict(plan)})
        (folder / "training.pt").unlink(missing_ok=True)
        (folder / "accuracies.json").unlink(missing_ok=True)
    else:
        judge.load_state_dict(kept["judge"])
    return judge.eval(), _accuracies(judge, renders, folder / "accuracies.json"), folder


def _accuracies(judge: j.Judge, renders: Path, path: Path) -> list[Accuracy]:
    """On unseen renders twice, then on two controls; measured once, then kept beside the judge."""
    if not path.exists():
        unseen = held_out(renders)
        found = [
            measure(judge, "held-out combinations, unseen drawings, static camera", unseen),
            measure(judge, "fresh scenes, unseen drawings, moving cameras too", fresh(renders)),
            measure(judge, "control: the first, made soft (half size and back)", unseen, soften),
            measure(judge, "control: the first, as blots (a twelfth of its size and back)", unseen, blot),
        ]
        path.write_text(json.dumps([asdict(a) for a in found], indent=1))
    return [Accuracy(**a) for a in json.loads(path.read_text())]


def training(renders: Path, plan: Plan) -> j.Renders:
    """The clips that the judge learns from."""
    return j.cached(renders, "training", lambda: j.training_scenes(plan.clips, plan.seed), plan.clips)


def held_out(renders: Path, count: int = 600) -> j.Renders:
    """Clips like those that the bench asks for: held-out combinations, a static camera."""
    return j.cached(renders, "held-out", lambda: j.held_out_scenes(count, 101), count)


def fresh(renders: Path, count: int = 600) -> j.Renders:
    """Clips like those of training, with new scenes and new drawings."""
    return j.cached(renders, "fresh", lambda: j.fresh_scenes(count, 102), count)


def measure(
    judge: j.Judge, name: str, renders: j.Renders, change: Callable[[Pixels], Pixels] | None = None
) -> Accuracy:
    """The judge's accuracy on renders, each passed through `change` first if one is given."""
    clips = renders.clips if change is None else [change(clip) for clip in renders.clips]
    right = judge.look(clips).right(renders.truth)
    return Accuracy(name, len(clips), **{head: float(r.mean()) for head, r in right.items()})


def soften(clip: Pixels) -> Pixels:
    """The clip at half size and back: soft, as an unfinished model draws."""
    return _resampled(clip, 2, cv2.INTER_LINEAR)


def blot(clip: Pixels) -> Pixels:
    """The clip at a twelfth of its size and back: colours and places are left, shapes are not."""
    return _resampled(clip, 12, cv2.INTER_CUBIC)


def _resampled(clip: Pixels, factor: int, back: int) -> Pixels:
    height, width = clip.shape[1:3]
    small = [cv2.resize(f, (width // factor, height // factor), interpolation=cv2.INTER_AREA) for f in clip]
    return np.stack([cv2.resize(f, (width, height), interpolation=back) for f in small])


def train(judge: j.Judge, plan: Plan, renders: Path, folder: Path, minutes: float) -> None:
    """Trains in place; saves every hundred steps."""
    shown = training(renders, plan)
    torch.manual_seed(plan.seed)
    for module in judge.modules():
        if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    optimizer = torch.optim.AdamW(judge.parameters(), lr=plan.rate, weight_decay=0.02, betas=(0.9, 0.98), fused=True)
    step, spent = 0, 0.0
    if kept := checkpoint.load(folder / "training.pt"):
        judge.load_state_dict(kept["judge"])
        optimizer.load_state_dict(kept["optimizer"])
        step, spent = kept["step"], kept["seconds"]
    begun, losses = time.monotonic() - spent, []
    judge.train()
    while (done := max(step / plan.steps, (time.monotonic() - begun) / 60 / minutes)) < 1:
        rng = np.random.default_rng([plan.seed, step])
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * done)) + 1e-6
        losses.append(_update(judge, optimizer, augmented(draw(shown, plan, rng), rng, judge.labels), plan, rng))
        step += 1
        if step % 100 == 0:
            seconds = time.monotonic() - begun
            line = " ".join(
                f"{name} {v:.3f}"
                for name, v in zip(("subject", "motion", "background"), np.mean(losses, 0), strict=True)
            )
            print(f"  judge: step {step} of {plan.steps}, {seconds / 60:.1f} min, loss {line}", flush=True)
            losses = []
            state = {"judge": judge.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "seconds": seconds}
            checkpoint.save(folder / "training.pt", state)


def draw(renders: j.Renders, plan: Plan, rng: np.random.Generator) -> Batch:
    """A random batch of the clips."""
    index = np.sort(rng.integers(len(renders.clips), size=plan.batch))
    t = renders.truth
    return Batch(
        np.stack([renders.clips[i] for i in index]), j.Truth(t.subject[index], t.motion[index], t.background[index])
    )


def augmented(batch: Batch, rng: np.random.Generator, labels: j.Labels) -> Batch:
    """Some clips mirrored, some played backwards, their labels turned too; some frozen or shuffled: no motion."""
    opposite = {**j.OPPOSITE, **{b: a for a, b in j.OPPOSITE.items()}}
    sideways = {name for name in ("left", "right") if name in labels.motions}
    names = [labels.motions[i] for i in batch.truth.motion]
    clips = batch.clips.copy()
    for i, chance in enumerate(rng.random((len(clips), 3))):
        if chance[0] < 0.5:
            clips[i] = clips[i, :, :, ::-1]
            names[i] = opposite[names[i]] if names[i] in sideways else names[i]
        if chance[1] < 0.3:
            clips[i] = clips[i, ::-1]
            names[i] = opposite.get(names[i], names[i])
        if chance[2] < 0.06:
            clips[i] = clips[i, rng.integers(j.FRAMES)][None]
            names[i] = j.NO_MOTION
        elif chance[2] < 0.1 and names[i] in opposite:
            clips[i] = clips[i, rng.permutation([0, 2, 4, 6, 1, 3, 5, 7])]
            names[i] = j.NO_MOTION
    motions = np.array([labels.motions.index(name) for name in names])
    return Batch(clips, j.Truth(batch.truth.subject, motions, batch.truth.background))


def _update(
    judge: j.Judge, optimizer: torch.optim.Optimizer, batch: Batch, plan: Plan, rng: np.random.Generator
) -> tuple[float, float, float]:
    looked_at = np.sort(rng.permutation(j.FRAMES)[: plan.looked_at])
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    lit = _lit(batch.clips, generator)
    frames = _degraded(lit[:, looked_at].flatten(0, 1), rng, generator)
    small = rearrange(F.avg_pool2d(lit.flatten(0, 1), 2), "(b k) c h w -> b (k c) h w", k=j.FRAMES)
    small = small + torch.randn(small.shape, generator=generator) * 0.03
    with torch.autocast("cpu", torch.bfloat16):
        subject, background, _ = judge.appearance(frames.contiguous(memory_format=torch.channels_last))
        motion, _ = judge.movement(small)
    over_time = [rearrange(h.float(), "(b k) c -> b k c", k=plan.looked_at).mean(1) for h in (subject, background)]
    wanted = [torch.from_numpy(t) for t in (batch.truth.subject, batch.truth.motion, batch.truth.background)]
    losses = [
        F.cross_entropy(logits, target, label_smoothing=plan.smoothing)
        for logits, target in zip((over_time[0], motion.float(), over_time[1]), wanted, strict=True)
    ]
    optimizer.zero_grad(set_to_none=True)
    torch.stack(losses).sum().backward()
    torch.nn.utils.clip_grad_norm_(judge.parameters(), 2.0)
    optimizer.step()
    return losses[0].item(), losses[1].item(), losses[2].item()


def _lit(clips: Pixels, generator: torch.Generator) -> Tensor:
    """Floats (B, K, 3, H, W), each clip a little brighter, darker or tinted."""
    x = j.floats(clips)
    gain = 1 + 0.16 * (torch.rand(len(clips), 1, 3, 1, 1, generator=generator) - 0.5)
    lift = 0.12 * (torch.rand(len(clips), 1, 1, 1, 1, generator=generator) - 0.5)
    return x * gain + lift


def _degraded(frames: Tensor, rng: np.random.Generator, generator: torch.Generator) -> Tensor:
    """The frames in four groups: as they are, blurred, scaled down and up, and JPEG-compressed; some with noise."""
    order = torch.randperm(len(frames), generator=generator)
    _, blurred, scaled, packed = order.chunk(SOFTNESS)
    x = frames.clone()
    x[blurred] = _blurred(frames[blurred], float(rng.uniform(0.4, 1.3)))
    part = float(rng.uniform(0.4, 0.9))
    small = F.interpolate(frames[scaled], scale_factor=part, mode="bilinear", antialias=True)
    x[scaled] = F.interpolate(small, size=frames.shape[-2:], mode=("bilinear", "bicubic")[int(rng.integers(2))])
    x[packed] = torch.stack(
        [_jpeg(f, int(q)) for f, q in zip(frames[packed], rng.integers(25, 85, len(packed)), strict=True)]
    )
    noisy = order[::2]
    x[noisy] += torch.randn(x[noisy].shape, generator=generator) * float(rng.uniform(0, 0.07))
    return x


def _blurred(frames: Tensor, sigma: float) -> Tensor:
    reach = torch.arange(-3, 4, dtype=torch.float32)
    kernel = torch.exp(-(reach**2) / (2 * sigma**2))
    kernel = repeat(kernel / kernel.sum(), "k -> c 1 1 k", c=3)
    across = F.conv2d(F.pad(frames, (3, 3, 3, 3), mode="replicate"), kernel, groups=3)
    return F.conv2d(across, kernel.transpose(2, 3), groups=3)


def _jpeg(frame: Tensor, quality: int) -> Tensor:
    pixels: npt.NDArray[np.uint8] = ((frame.permute(1, 2, 0).numpy() + 1) * 127.5).clip(0, 255).astype(np.uint8)
    _, packed = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return j.floats(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)[None, None])[0, 0]
