"""Draws the README's picture: twelve prompts and four animated photographs, three frames each, nothing picked.

python benchmarks/contact_sheet.py --out docs/img/contact-sheet.jpg
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from skimage import data

import vitascope
from vitascope.media.thumbnails import contact_sheet
from vitascope.types import Pixels

PROMPTS = (
    "a red fox runs to the right through a snowy field",
    "a penguin jumps on the beach",
    "a rocket rises against a starry night sky",
    "an elephant comes closer in a green meadow",
    "a red balloon floats up in a blue sky with clouds",
    "a bus drives to the left in a city at night",
    "a butterfly circles in a forest",
    "a whale sways underwater",
    "an apple falls in front of mountains",
    "a dinosaur moves to the left in the desert",
    "a boat goes right on the ocean",
    "a sunflower spins at sunset",
)
PHOTOGRAPHS = (
    ("chelsea", "the camera pans left"),
    ("coffee", "the camera zooms in"),
    ("rocket", "the camera tilts up"),
    ("astronaut", "the camera zooms out"),
)
MOMENTS = (0.0, 0.5, 1.0)


def clips(seconds: float) -> Iterator[tuple[str, list[Pixels]]]:
    """Each clip's caption and its frames at `MOMENTS`; the seed is the clip's number."""
    for seed, prompt in enumerate(PROMPTS):
        yield prompt, _frames(vitascope.generate(prompt, seconds=seconds, seed=seed))
    for seed, (name, prompt) in enumerate(PHOTOGRAPHS):
        still = np.ascontiguousarray(getattr(data, name)())
        yield f"photograph: {prompt}", _frames(vitascope.animate(still, prompt, seconds=seconds, seed=seed))


def _frames(clip: vitascope.Clip) -> list[Pixels]:
    frames = np.concatenate(list(clip.frames))
    return [frames[round(m * (len(frames) - 1))] for m in MOMENTS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/img/contact-sheet.jpg"))
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--width", type=int, default=480, help="of one clip's three frames, in pixels")
    args = parser.parse_args()
    strips: list[Pixels] = []
    captions: list[str] = []
    for caption, frames in clips(args.seconds):
        print(caption, flush=True)
        strips.append(np.concatenate(frames, axis=1))
        captions.append(caption)
    sheet = contact_sheet(strips, columns=2, width_each=args.width, captions=captions)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(args.out), sheet[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 84])


if __name__ == "__main__":
    main()
