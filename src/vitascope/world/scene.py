"""Scenes as values: who is there, where, how everything moves; drawn at random from the tables of the world."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vitascope.world import backgrounds, motion, subjects

UNCAPTIONED = "dead leaves"
LIGHTS: tuple[str, ...] = ("day", "dusk", "night", "fog")
COLOURS: tuple[str, ...] = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
SIZES: dict[str, tuple[float, float]] = {"small": (0.26, 0.32), "": (0.40, 0.52), "large": (0.6, 0.72)}
HELD_OUT_SHARE = 0.1


@dataclass(frozen=True)
class Actor:
    """One subject: anchor (x, y) and mean side `size` in frame heights, axes of `motion.py`. `colour` "" is its own."""

    subject: str
    motion: str
    x: float
    y: float
    size: float
    size_word: str = ""
    colour: str = ""
    mirrored: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything that is on screen for `seconds`; `aspect` is width over height, `camera_amount` about 1."""

    background: str
    background_seed: int
    light: str
    camera: str
    camera_amount: float
    actors: tuple[Actor, ...]
    seconds: float = 5.0
    aspect: float = 16 / 9


@dataclass(frozen=True)
class Palette:
    """Which part of the world scenes are drawn from, and how often the optional parts appear."""

    subjects: tuple[str, ...]
    motions: tuple[str, ...]
    backgrounds: tuple[str, ...]
    cameras: tuple[str, ...] = ("static",)
    camera_share: float = 0.0
    lights: tuple[str, ...] = ("day",)
    colour_share: float = 0.0
    size_share: float = 0.2
    max_actors: int = 1
    background_seeds: int = 64
    seconds: tuple[float, ...] = (5.0,)
    aspects: tuple[float, ...] = (16 / 9,)


def whole_world() -> Palette:
    """Everything that the tables hold."""
    return Palette(
        subjects=tuple(s.name for s in subjects.SUBJECTS),
        motions=tuple(m.name for m in motion.MOTIONS),
        backgrounds=tuple(b.name for b in backgrounds.BACKGROUNDS),
        cameras=tuple(c.name for c in motion.CAMERA_MOVES),
        camera_share=0.3,
        lights=LIGHTS,
        colour_share=0.3,
        max_actors=3,
        seconds=(2.0, 5.0, 10.0),
        aspects=(16 / 9, 9 / 16, 1.0),
    )


def is_held_out(subject: str, moves: str, background: str) -> bool:
    """True for the tenth of all (subject, motion, background) combinations that training never sees."""
    digest = hashlib.sha256(f"{subject}|{moves}|{background}".encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT_SHARE * 2**32


def held_out(palette: Palette) -> Iterator[tuple[str, str, str]]:
    """Every held-out combination within the palette, in table order."""
    for subject in palette.subjects:
        for moves in palette.motions:
            for background in palette.backgrounds:
                if is_held_out(subject, moves, background):
                    yield subject, moves, background


def sample(rng: np.random.Generator, palette: Palette) -> Scene:
    """A random scene for training: none of its actors makes a held-out combination."""
    while True:
        background = _pick(rng, palette.backgrounds)
        count = int(rng.integers(1, palette.max_actors + 1))
        pairs = [(_pick(rng, palette.subjects), _pick(rng, palette.motions)) for _ in range(count)]
        if not any(is_held_out(subject, moves, background) for subject, moves in pairs):
            return stage(rng, palette, background, pairs)


def stage(rng: np.random.Generator, palette: Palette, background: str, pairs: list[tuple[str, str]]) -> Scene:
    """A scene with the given background and (subject, motion) pairs; the rest is drawn at random."""
    moving_camera = rng.random() < palette.camera_share
    aspect = float(rng.choice(palette.aspects))
    return Scene(
        background=background,
        background_seed=int(rng.integers(palette.background_seeds)),
        light=_pick(rng, palette.lights),
        camera=_pick(rng, palette.cameras) if moving_camera else "static",
        camera_amount=float(rng.uniform(0.75, 1.15)),
        actors=tuple(_actor(rng, palette, pair, (i, len(pairs)), aspect) for i, pair in enumerate(pairs)),
        seconds=float(rng.choice(palette.seconds)),
        aspect=aspect,
    )


def _actor(
    rng: np.random.Generator, palette: Palette, pair: tuple[str, str], place: tuple[int, int], aspect: float
) -> Actor:
    name, moves = pair
    subject, path = subjects.find(name), motion.motion(moves)
    index, count = place
    size_word = _pick(rng, ("small", "large")) if rng.random() < palette.size_share else ""
    size = float(rng.uniform(*SIZES[size_word])) * (1.0 if count == 1 else 0.75) * min(1.0, 0.6 + 0.4 * aspect)
    slot = ((index + 0.5) / count - 0.5) * aspect * 0.8
    heading = path.heads or int(rng.choice((-1, 1)))
    faces = {"left": -1, "right": 1}.get(subject.faces, 0)
    return Actor(
        subject=name,
        motion=moves,
        x=slot + float(rng.uniform(-0.12, 0.12)) * aspect / count,
        y=float(rng.uniform(-0.04, 0.16)),
        size=size,
        size_word=size_word,
        colour=_pick(rng, COLOURS) if subject.colourable and rng.random() < palette.colour_share else "",
        mirrored=faces * heading < 0 if faces else False,
    )


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
