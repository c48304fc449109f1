"""Training samples for the transformer: scenes of the world, rendered small, with their captions.

Legend: B clips, C channels, T latent frames, F low-resolution frames, h rows, w columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from einops import rearrange

from vitascope.model.autoencoder import LowFrames
from vitascope.model.specs import AutoencoderSpec
from vitascope.world import captions, scene
from vitascope.world.render import render
from vitascope.world.scene import Palette, Scene

_OVERSAMPLE = 2


@dataclass(frozen=True)
class Sample:
    """A clip to learn: its scene and caption, how many latent frames it has, and which of them are looked at."""

    scene: Scene
    caption: str
    length: int
    frames: tuple[int, ...]

    @property
    def when(self) -> tuple[float, ...]:
        """Moments of the latent frames, 0 first and 1 last."""
        return tuple(k / (self.length - 1) for k in self.frames)


def draw_sample(rng: np.random.Generator, palette: Palette, looked_at: int, uncaptioned: float = 0.0) -> Sample:
    """A random sample that looks at the first latent frame and `looked_at` - 1 later ones.

    A share `uncaptioned` of the scenes stands before a picture without words, as a stranger's photograph would.
    """
    what = scene.sample(rng, palette)
    if rng.random() < uncaptioned:
        actors = what.actors if rng.random() < 0.5 else ()
        moves = palette.cameras[int(rng.integers(len(palette.cameras)))] if rng.random() < 0.8 else what.camera
        what = replace(what, background=scene.UNCAPTIONED, actors=actors, camera=moves)
    length = 21 if rng.random() < 0.7 else int(rng.integers(5, 42))
    later = 1 + rng.permutation(length - 1)[: looked_at - 1]
    return Sample(what, captions.caption(what, rng), length, (0, *sorted(int(k) for k in later)))


def low_frames(samples: Sequence[Sample], spec: AutoencoderSpec, rows: int, columns: int) -> LowFrames:
    """Low-resolution frames of the samples, as the autoencoder wants them; `rows` and `columns` count latents.

    The first frame tells no motion and no subject, as a still does not.
    """
    height, width = rows * spec.patch, columns * spec.patch
    colours: list[torch.Tensor] = []
    motions: list[torch.Tensor] = []
    for sample in samples:
        us = [
            max(0.0, k - 1 + (i + 1) / spec.block) / (sample.length - 1)
            for k in sample.frames
            for i in range(spec.block)
        ]
        made = render(sample.scene, us, width * _OVERSAMPLE, height * _OVERSAMPLE)
        colours.append(_shrunk(made.colour, width, height) / 127.5 - 1)
        motion = _shrunk(made.motion, width, height)
        motion[:, : spec.block * (sample.frames[0] == 0)] = 0
        motions.append(motion)
    return LowFrames(torch.stack(colours), torch.stack(motions))


def _shrunk(frames: np.ndarray, width: int, height: int) -> torch.Tensor:
    small = [cv2.resize(f, (width, height), interpolation=cv2.INTER_AREA) for f in frames]
    return rearrange(torch.from_numpy(np.stack(small)).float(), "f h w c -> c f h w")
