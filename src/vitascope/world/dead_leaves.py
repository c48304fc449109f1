"""Pictures of dead leaves: shapes that hide one another, which have the statistics of photographs.

Source: the dead-leaves model of Matheron (1968), with sizes by a power law as in Lee, Mumford and Huang (2001).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.world.scenery import Canvas, Colour, Field, ramp

_LEAVES = 420
_LARGE = 150


def dead_leaves(seed: int, width: int, height: int) -> npt.NDArray[np.uint8]:
    """A random picture (height, width, 3) RGB of overlapping textured discs, polygons, boxes and ribbons.

    It stands in for an unknown photograph: edges at all scales, soft shading, textures with a 1/f spectrum.
    """
    rng = np.random.default_rng([seed, 0xDEAD])
    c = Canvas(width, height)
    palette = _palette(rng)
    textures = _textures(c, rng)
    c.paint(_surface(c, rng, palette, textures))
    surfaces = [c.enlarge(_surface(c, rng, palette, textures)) for _ in range(7)]
    sizes = np.sort(_power_law(rng, _LEAVES, 0.008, 0.55))[::-1]
    sharp = rng.uniform() < 0.7
    for i, size in enumerate(sizes):
        x, v = float(rng.uniform(-1.05, 1.05) * c.span), float(rng.uniform(-0.05, 1.05))
        shape = c.points(_outline(rng), x, v, float(size))
        tone = palette[rng.integers(len(palette))]
        if i < _LARGE:
            _lay(c, shape, surfaces[rng.integers(7)], tone, (float(rng.uniform(0.25, 0.75)), sharp or i % 3 > 0))
        else:
            c.fill([shape], tone)
    gain = 1 - rng.uniform(0, 0.45) * c.glow(float(rng.uniform(-1, 1) * c.half), float(rng.uniform(0, 1)), 0.9)
    c.shade(gain.astype(np.float32))
    return c.pixels


def _palette(rng: np.random.Generator) -> list[Colour]:
    centre = rng.uniform(40, 215, 3) * np.array([1.0, 1.0, 1.0])
    spread = rng.uniform(25, 85)
    tones = centre.mean() * 0.5 + centre * 0.5 + rng.normal(0, spread, (24, 1)) + rng.normal(0, spread * 0.55, (24, 3))
    return [(float(r), float(g), float(b)) for r, g, b in np.clip(tones, 4, 250)]


def _power_law(rng: np.random.Generator, count: int, low: float, high: float) -> npt.NDArray[np.float64]:
    u = rng.uniform(size=count)
    return (low**-2 + u * (high**-2 - low**-2)) ** -0.5 * rng.uniform(1.0, 2.2, count)


def _textures(c: Canvas, rng: np.random.Generator) -> list[Field]:
    scale = rng.uniform(0.7, 2.5, 4)
    fields = [c.noise(rng, 2 * s, 2 * s, 6, 0.62) for s in scale[:2]]
    fields.append(c.noise(rng, 2 * scale[2], 16 * scale[2], 4, 0.6))
    wave = c.noise(rng, 2, 2, 3)
    fields.append(np.sin(c.x * rng.uniform(20, 70) + c.v * rng.uniform(-60, 60) + 3 * wave).astype(np.float32) * 0.7)
    return fields


def _surface(c: Canvas, rng: np.random.Generator, palette: list[Colour], textures: list[Field]) -> Field:
    picks = [palette[i] for i in rng.integers(0, len(palette), 3)]
    angle = rng.uniform(0, 2 * np.pi)
    slope = 0.5 + 0.4 * (np.cos(angle) * c.x / c.half + np.sin(angle) * (c.v * 2 - 1)) * rng.uniform(0.3, 1)
    first, second = (textures[i] for i in rng.integers(0, len(textures), 2))
    t = slope + rng.uniform(0.05, 0.35) * first + rng.uniform(0.0, 0.2) * second
    return ramp(picks, t.astype(np.float32))


def _outline(rng: np.random.Generator) -> Field:
    kind = rng.uniform()
    count = 36
    if kind < 0.35:
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        radius = np.ones(count)
        wide = rng.uniform(0.45, 1.0)
    elif kind < 0.7:
        angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 9)))
        radius = rng.uniform(0.6, 1.2, len(angle))
        wide = 1.0
    elif kind < 0.85:
        angle = np.array([0.25, 0.75, 1.25, 1.75]) * np.pi
        radius = np.ones(4)
        wide = rng.uniform(0.12, 1.0)
    else:
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        waves = rng.normal(0, 0.16, (4, 2))
        radius = 1 + sum(a * np.cos((k + 2) * angle) + b * np.sin((k + 2) * angle) for k, (a, b) in enumerate(waves))
        wide = rng.uniform(0.5, 1.0)
    points = np.stack([np.cos(angle) * radius, np.sin(angle) * radius * wide], 1)
    turn = rng.uniform(0, 2 * np.pi)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return (points @ rotation).astype(np.float32)


def _lay(c: Canvas, shape: Field, surface: npt.NDArray[np.uint8], tone: Colour, look: tuple[float, bool]) -> None:
    share, sharp = look
    pad = 2 if sharp else 2 + round(0.012 * c.unit)
    low = np.maximum(np.floor(shape.min(0)).astype(int) - pad, 0)
    high = np.minimum(np.ceil(shape.max(0)).astype(int) + pad, [c.width, c.height])
    if low[0] >= high[0] or low[1] >= high[1]:
        return
    mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
    cv2.fillPoly(mask, [np.round((shape - low) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    if not sharp:
        mask = cv2.blur(mask, (2 * pad - 1, 2 * pad - 1))
    window = c.pixels[low[1] : high[1], low[0] : high[0]]
    flat = np.full_like(window, np.array(tone, np.uint8))
    patch = cv2.addWeighted(surface[low[1] : high[1], low[0] : high[0]], share, flat, 1 - share, 0)
    weight = mask.astype(np.float32) / 255
    window[:] = cv2.blendLinear(patch, window, weight, 1 - weight)
