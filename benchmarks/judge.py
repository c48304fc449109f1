"""The independent judge: which subject, which motion, which background does a clip show?

It learns from renders alone, never from a model's output, and it never sees the held-out combinations while it learns.
Two small networks look at eight frames spread evenly over the clip: one reads each frame by itself (subject and
background, logits averaged over the frames), one reads all eight at quarter size at once (motion). A frozen or a
shuffled clip is taught as "none", so a subject that only stands where the motion would begin is no motion; clips played
backwards or mirrored carry the opposite label, so which way a subject faces proves nothing.

Legend: N clips, K frames looked at, H rows, W columns, C channels; pixels uint8 RGB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from einops import rearrange
from recipes.mini_palette import palette
from torch import Tensor, nn

from vitascope.types import Pixels
from vitascope.world.render import render
from vitascope.world.scene import Palette, Scene, held_out, sample, stage

FRAMES = 8
SEEN_WIDTH, SEEN_HEIGHT = 160, 90
WIDTH, HEIGHT = 128, 72
NO_MOTION = "none"
OPPOSITE = {"left": "right", "grow": "shrink", "rise": "fall"}
OTHER_SEEDS = 1000


@dataclass(frozen=True)
class Labels:
    """The names that the three heads choose from, in the order of their outputs."""

    subjects: tuple[str, ...]
    motions: tuple[str, ...]
    backgrounds: tuple[str, ...]

    @staticmethod
    def of(part: Palette) -> Labels:
        """The palette's names; motion has one answer more, for a clip in which nothing moves as it should."""
        return Labels(part.subjects, (*part.motions, NO_MOTION), part.backgrounds)


@dataclass(frozen=True, eq=False)
class Truth:
    """What each of N clips shows, as indices into `Labels`: int64 (N,) each."""

    subject: npt.NDArray[np.int64]
    motion: npt.NDArray[np.int64]
    background: npt.NDArray[np.int64]

    @staticmethod
    def of(scenes: Sequence[Scene], labels: Labels) -> Truth:
        """The truth of one-actor scenes."""
        return Truth(
            np.array([labels.subjects.index(s.actors[0].subject) for s in scenes]),
            np.array([labels.motions.index(s.actors[0].motion) for s in scenes]),
            np.array([labels.backgrounds.index(s.background) for s in scenes]),
        )


@dataclass(frozen=True, eq=False)
class Verdicts:
    """Probabilities by head: (N, subjects), (N, motions), (N, backgrounds), float32."""

    subject: npt.NDArray[np.float32]
    motion: npt.NDArray[np.float32]
    background: npt.NDArray[np.float32]

    def right(self, truth: Truth) -> dict[str, npt.NDArray[np.bool_]]:
        """For each head, which of the clips were told rightly."""
        return {
            "subject": self.subject.argmax(1) == truth.subject,
            "motion": self.motion.argmax(1) == truth.motion,
            "background": self.background.argmax(1) == truth.background,
        }


def moments(count: int = FRAMES) -> list[float]:
    """`count` moments spread evenly over a clip, from 0 (first frame) to 1 (last)."""
    return [k / (count - 1) for k in range(count)]


def clip_of(scene: Scene) -> Pixels:
    """The scene as the judge is shown clips: (K, 90, 160, 3)."""
    return render(scene, moments(), SEEN_WIDTH, SEEN_HEIGHT).colour


def shrink(clip: Pixels) -> Pixels:
    """A clip of any size (K, H, W, 3) at the size that the judge reads, (K, 72, 128, 3), averaged over areas."""
    return np.stack([cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for frame in clip])


def training_scenes(count: int, seed: int) -> Iterator[Scene]:
    """Random scenes of the palette, none of a held-out combination."""
    rng, part = np.random.default_rng(seed), palette()
    for _ in range(count):
        yield sample(rng, part)


def fresh_scenes(count: int, seed: int) -> Iterator[Scene]:
    """Scenes as in training, moving cameras included, on background drawings that the judge never saw."""
    for scene in training_scenes(count, seed):
        yield replace(scene, background_seed=OTHER_SEEDS + scene.background_seed % 16)


def held_out_scenes(count: int, seed: int) -> Iterator[Scene]:
    """Scenes of held-out combinations with a static camera, on background drawings that the judge never saw."""
    part = replace(palette(), camera_share=0.0)
    rng, combinations = np.random.default_rng(seed), list(held_out(part))
    order = rng.permutation(len(combinations))
    for k in range(count):
        subject, moves, background = combinations[order[k % len(order)]]
        scene = stage(rng, part, background, [(subject, moves)])
        yield replace(scene, background_seed=OTHER_SEEDS + scene.background_seed % 16)


class Appearance(nn.Module):
    """One frame (N, 3, 72, 128) → subject and background logits, and the features they come from."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            nn.PixelUnshuffle(2),
            _conv(12, 32),
            _conv(32, 64, 2),
            _Residual(64),
            _conv(64, 128, 2),
            _Residual(128),
            _conv(128, 160, 2),
        )
        self.subject = nn.Linear(160, len(labels.subjects))
        self.background = nn.Linear(320, len(labels.backgrounds))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.trunk(x)
        peak, mean = features.amax((2, 3)), features.mean((2, 3))
        return self.subject(peak), self.background(torch.cat([peak, mean], 1)), peak


class Movement(nn.Module):
    """All frames at quarter size (N, 3·K, 36, 64) → motion logits, and the features they come from."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        y, x = torch.meshgrid(torch.linspace(-1, 1, HEIGHT // 2), torch.linspace(-1, 1, WIDTH // 2), indexing="ij")
        self.register_buffer("place", torch.stack([x, y])[None], persistent=False)
        self.place: Tensor
        self.trunk = nn.Sequential(
            _conv(3 * FRAMES + 2, 64),
            _conv(64, 96, 2),
            _Residual(96),
            _conv(96, 128, 2),
            _Residual(128),
            _conv(128, 128, 2),
            nn.Conv2d(128, 32, 1),
            nn.Flatten(),
            nn.Linear(32 * 40, 128),
            nn.ReLU(),
        )
        self.motion = nn.Linear(128, len(labels.motions))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        place = self.place.to(x.dtype).expand(len(x), -1, -1, -1)
        features = self.trunk(torch.cat([x, place], 1).contiguous(memory_format=torch.channels_last))
        return self.motion(features), features


def _conv(inside: int, outside: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside), nn.ReLU(inplace=True)
    )


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = _conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class Judge(nn.Module):
    """Both networks. `look` gives probabilities, `features` a vector a clip for finding the nearest one."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels
        self.appearance = Appearance(labels)
        self.movement = Movement(labels)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.inference_mode()
    def look(self, clips: Sequence[Pixels], batch: int = 32) -> Verdicts:
        """Verdicts on clips of eight frames each, (8, H, W, 3) of any 16:9 size."""
        self.eval()
        found: list[tuple[Tensor, Tensor, Tensor]] = []
        for start in range(0, len(clips), batch):
            x = floats(np.stack([shrink(clip) for clip in clips[start : start + batch]]))
            with torch.autocast("cpu", torch.bfloat16):
                subject, background, _ = self.appearance(_frames(x))
                motion, _ = self.movement(_small(x))
            over_time = [rearrange(h.float(), "(n k) c -> n k c", k=FRAMES).mean(1) for h in (subject, background)]
            found.append((over_time[0].softmax(1), motion.float().softmax(1), over_time[1].softmax(1)))
        return Verdicts(*(torch.cat(part).numpy() for part in zip(*found, strict=True)))


def floats(clips: Pixels) -> Tensor:
    """uint8 (N, K, H, W, 3) → float (N, K, 3, H, W) about 0."""
    return torch.from_numpy(clips).permute(0, 1, 4, 2, 3).float().div_(127.5).sub_(1)


def _frames(x: Tensor) -> Tensor:
    return x.flatten(0, 1).contiguous(memory_format=torch.channels_last)


def _small(x: Tensor) -> Tensor:
    return rearrange(F.avg_pool2d(x.flatten(0, 1), 2), "(n k) c h w -> n (k c) h w", n=len(x))


@dataclass(frozen=True, eq=False)
class Renders:
    """Rendered clips (N, K, 72, 128, 3) and what they show."""

    clips: Pixels
    truth: Truth


def cached(folder: Path, name: str, scenes: Callable[[], Iterator[Scene]], count: int) -> Renders:
    """The renders of that name from the cache; rendered first, in shards, where they are absent."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels, facts = folder / f"{name}-{count}.npy", folder / f"{name}-{count}.npz"
    if not (pixels.exists() and facts.exists()):
        shown = list(scenes())
        partial = folder / f"{name}-{count}.partial"
        clips = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=(count, FRAMES, HEIGHT, WIDTH, 3))
        # one background after another, so that each drawing is made once
        for done, k in enumerate(sorted(range(count), key=lambda k: (shown[k].background, shown[k].background_seed))):
            clips[k] = shrink(clip_of(shown[k]))
            if done % 500 == 499:
                print(f"  rendered {done + 1} of {count} clips ({name})", flush=True)
        clips.flush()
        truth = Truth.of(shown, Labels.of(palette()))
        np.savez(facts, subject=truth.subject, motion=truth.motion, background=truth.background)
        partial.replace(pixels)
    kept = np.load(facts)
    return Renders(np.load(pixels, mmap_mode="r"), Truth(kept["subject"], kept["motion"], kept["background"]))


def world_hash() -> str:
    """Names how the world looks now: every subject, motion and background of the palette goes into it."""
    part, digest = palette(), hashlib.sha256()
    rng = np.random.default_rng(0)
    for k, subject in enumerate(part.subjects):
        moves, background = part.motions[k % len(part.motions)], part.backgrounds[k % len(part.backgrounds)]
        scene = replace(stage(rng, part, background, [(subject, moves)]), background_seed=k % 2)
        digest.update(render(scene, (0.3, 0.8), 64, 36).colour.tobytes())
    return digest.hexdigest()[:12]
