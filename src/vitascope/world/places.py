"""Scenes that are neither field nor sky: outer space, a rainy street, a living room, a cave, a bamboo grove."""

from __future__ import annotations

import numpy as np

from vitascope.world.landscapes import Pixels, Rng, raised
from vitascope.world.scenery import (
    Canvas,
    Colour,
    Field,
    box,
    ellipse,
    hues,
    lerp,
    mix,
    ramp,
    rgb,
    smoothstep,
    solid,
    strip,
)


def outer_space(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    sets = ("d94fb0 4f7fff 25d0c9", "ff6a5f a04fff 3f8fff", "37d6b0 5f6bff e05fc0")
    clouds = hues(sets[rng.integers(3)])
    sky = np.broadcast_to(solid(rgb("07060f")), (c.low_h, c.low_w, 3)).astype(np.float32)
    for tone in clouds:
        drift = c.noise(rng, 1.0, 1.3, 5, 0.55)
        cover = smoothstep(0.0, 1.1, drift) * (0.75 + 0.25 * c.noise(rng, 5, 5, 3))
        sky += np.array(tone, np.float32) * (0.62 * cover[..., None])
    c.paint(sky)
    for _ in range(420):
        bright = float(rng.uniform() ** 3)
        tone = mix(rgb("8fa6ff"), rgb("fff1dc"), float(rng.uniform()))
        at = (float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0, 1)))
        c.dot(*at, 0.0008 + 0.0022 * bright, mix(rgb("6a6fa0"), tone, 0.4 + 0.6 * bright))
    side = float(rng.choice([-1.0, 1.0]))
    big = (side * c.half * float(rng.uniform(0.8, 1.0)), float(rng.uniform(0.75, 0.95)), float(rng.uniform(0.3, 0.42)))
    _planet(c, rng, big, hues(("e8a26a b8623f f3cf9a 8f4530", "6fb7e0 3f7fc4 b5e2f2 2f5a9f")[rng.integers(2)]), False)
    small = (
        -side * c.half * float(rng.uniform(0.68, 0.86)),
        float(rng.uniform(0.16, 0.3)),
        float(rng.uniform(0.07, 0.11)),
    )
    _planet(c, rng, small, hues(("c9a0e8 8f5fc9 e8d0ff 6a3fa0", "f0c98a cf8f4f ffe6b5 a9662f")[rng.integers(2)]), True)
    return c.pixels


def _planet(c: Canvas, rng: Rng, at: tuple[float, float, float], tones: list[Colour], ringed: bool) -> None:
    x, v, radius = at
    dx, dy = (c.x - x) / radius, (c.v - v) * c.tall / radius
    bands = 0.5 + 0.5 * np.sin(dy * 7 + dx * 1.2 + 1.3 * c.noise(rng, 3, 9, 3))
    light = np.clip(0.62 - 0.5 * dx * np.sign(x) - 0.45 * dy, 0.06, 1)
    skin = ramp(tones, bands) * light[..., None]
    rim = smoothstep(0.8, 1.0, c.distance(x, v) / radius) * light
    skin = lerp(skin, solid(mix(tones[2], rgb("ffffff"), 0.5)), 0.55 * rim)
    tilt = np.array([[0.94, -0.34], [0.34, 0.94]], np.float32)
    ring = [(1.95, "d9c3a0"), (1.72, "8f7a6a"), (1.62, "c9b08f")]
    if ringed:
        for reach, code in ring:
            c.fill([c.points(_arc(reach, np.pi, 2 * np.pi) @ tilt.T, x, v, radius)], rgb(code))
    halo = np.exp(-((np.maximum(c.distance(x, v) / radius - 1, 0) / 0.07) ** 2)) * (light + 0.1)
    c.screen((0.35 * halo).astype(np.float32), tones[2])
    c.overlay(c.points(ellipse(1, 1, 120), x, v, radius), skin)
    if ringed:
        for reach, code in ring:
            c.fill([c.points(_arc(reach, 0, np.pi) @ tilt.T, x, v, radius)], rgb(code))


def _arc(reach: float, start: float, end: float) -> Field:
    angle = np.linspace(start, end, 60)
    outer = np.stack([np.cos(angle) * reach, np.sin(angle) * reach * 0.3], 1)
    return np.concatenate([outer, outer[::-1] * 0.94]).astype(np.float32)


def rainy_street(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    far = rng.uniform(0.5, 0.56)
    x0 = float(rng.uniform(-0.15, 0.15) * c.half)
    sky = c.sky(hues(("5a6b80 8fa0ae c9cfd0", "4f6178 8496a6 d3cbc0")[rng.integers(2)]), far)
    sky = lerp(sky, solid(rgb("f3e6cf")), 0.5 * c.glow(x0, far - 0.02, 0.22))
    c.paint(sky)
    for i in range(5):
        _houses(c, rng, (x0, far), i)
    mist = c.glow(x0, far, 0.3)
    c.screen((0.4 * mist).astype(np.float32), rgb("d9dee0"))
    c.land(lambda x: np.full_like(x, far + 0.012), solid(rgb("39454f")))
    row = round((far + 0.012) * c.height) / c.height
    c.mirror(row, rgb("36424e"), 0.5, (0.02 * c.noise(rng, 3, 80, 2)).astype(np.float32))
    _kerbs(c, (x0, far + 0.012))
    _lamps(c, rng, (x0, far))
    slant = float(rng.uniform(-0.18, 0.18))
    drop = np.array([[0, 0], [0.0013, 0], [slant + 0.0013, 1], [slant, 1]], np.float32)
    for _ in range(190):
        x, v, size = (
            float(rng.uniform(-1.05, 1.05) * c.span),
            float(rng.uniform(-0.05, 1)),
            float(rng.uniform(0.02, 0.06)),
        )
        thick = drop * np.array([1, 1], np.float32)
        c.fill([c.points(thick, x, v, size)], mix(rgb("8f9fac"), rgb("c3ced6"), float(rng.uniform())))
    return c.pixels


def _houses(c: Canvas, rng: Rng, eye: tuple[float, float], step: int) -> None:
    x0, far = eye
    edges = (0.1, 0.17, 0.29, 0.5, 0.85, 1.6)
    tones = hues("8593a0 74838f 62707e 4f5d6c 3d4a59")
    for side in (-1.0, 1.0):
        near, back = edges[step + 1], edges[step]
        tall = float(rng.uniform(0.75, 1.05))
        tone = mix(tones[step], rgb("7a5f5a"), float(rng.uniform(0, 0.35)))
        foot = [far + 0.36 * e for e in (back, near)]
        top = [far - tall * e * 1.05 - 0.02 for e in (back, near)]
        px = [side * back, side * near]
        wall = np.array([[px[0], top[0]], [px[1], top[1]], [px[1], foot[1] + 0.3], [px[0], foot[0]]], np.float32)
        c.fill([_view(c, wall, x0)], tone)
        front = np.array(
            [[px[0], top[0]], [px[0], foot[0]], [side * (back - 0.02), foot[0]], [side * (back - 0.02), top[0]]],
            np.float32,
        )
        c.fill([_view(c, front, x0)], mix(tone, rgb("c9d0d4"), 0.22))
        for k in range(5):
            for m in range(4):
                lit = rng.uniform() < 0.38
                u0, u1 = (m + 0.25) / 4, (m + 0.72) / 4
                h0, h1 = (k + 0.35) / 5.2, (k + 0.85) / 5.2
                cell = [_on_wall(px, top, foot, u, h) for u, h in ((u0, h0), (u1, h0), (u1, h1), (u0, h1))]
                colour = (
                    mix(rgb("ffd08a"), rgb("ffb25f"), float(rng.uniform())) if lit else mix(tone, rgb("1f2a36"), 0.45)
                )
                c.fill([_view(c, np.array(cell, np.float32), x0)], mix(colour, rgb("aab4ba"), 0.32 - 0.08 * step))


def _on_wall(px: list[float], top: list[float], foot: list[float], u: float, h: float) -> tuple[float, float]:
    low, high = foot[0] + (foot[1] - foot[0]) * u, top[0] + (top[1] - top[0]) * u
    return px[0] + (px[1] - px[0]) * u, high + (low - high) * h


def _view(c: Canvas, shape: Field, x0: float) -> Field:
    return np.stack([c.width / 2 + (shape[:, 0] + x0) * c.unit, shape[:, 1] * c.height], 1).astype(np.float32)


def _kerbs(c: Canvas, eye: tuple[float, float]) -> None:
    x0, far = eye
    for side in (-1.0, 1.0):
        walk = np.array([[side * 0.09, far], [side * 0.12, far], [side * 2.6, 1.05], [side * 1.25, 1.05]], np.float32)
        c.fill([_view(c, walk, x0)], rgb("5f6c76"))
        edge = np.array([[side * 0.088, far], [side * 0.092, far], [side * 1.27, 1.05], [side * 1.2, 1.05]], np.float32)
        c.fill([_view(c, edge, x0)], rgb("93a0a8"))


def _lamps(c: Canvas, rng: Rng, eye: tuple[float, float]) -> None:
    x0, far = eye
    light = np.zeros((c.low_h, c.low_w), np.float32)
    for depth in (0.14, 0.26, 0.5):
        for side in (-1.0, 1.0):
            x, foot, top = side * depth * 1.12, far + 0.012 + depth * 0.34, far - depth * 0.72
            pole = box(x - 0.012 * depth, top, x + 0.012 * depth, foot)
            arm = box(min(x, x - side * 0.13 * depth), top, max(x, x - side * 0.13 * depth), top + 0.014 * depth)
            c.fill([_view(c, pole, x0), _view(c, arm, x0)], rgb("28323c"))
            c.dot(x + x0 - side * 0.12 * depth, top + 0.03 * depth, 0.045 * depth, rgb("ffe9b8"))
            light += c.glow(x + x0 - side * 0.12 * depth, top + 0.03 * depth, 0.28 * depth)
            light += 0.5 * c.glow(x + x0 - side * 0.12 * depth, 2 * far - top + 0.1 * depth, 0.3 * depth)
    c.screen(np.clip(0.6 * light, 0, 0.8).astype(np.float32), rgb("ffc97a"))


def living_room(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    floor = rng.uniform(0.72, 0.77)
    walls = ("e9dcc6 dcc8aa", "cfdcd4 b5c9be", "e6cfc4 d6b5a6", "cdd8e3 b3c3d3")
    side = float(rng.choice([-1.0, 1.0]))
    lamp = (-side * c.half * float(rng.uniform(0.72, 0.86)), float(rng.uniform(0.36, 0.42)))
    wall = c.sky(hues(walls[rng.integers(4)]), floor)
    c.paint(lerp(wall, solid(rgb("fff0cf")), 0.7 * c.glow(*lamp, 0.38)))
    _window(c, rng, (side * c.half * 0.56, 0.34))
    frame_x = float(rng.uniform(-0.2, 0.05)) * side * c.half
    for k, shift in enumerate((-0.13, 0.13)):
        _picture(c, rng, (frame_x + shift, 0.27 + 0.03 * k))
    base = box(-2.5, -0.028, 2.5, 0.0)
    c.fill([c.points(base, 0.0, floor, 1.0)], rgb("f3ece0"))
    wood = hues(("b98a5c a87648 8f6038", "c9a27a b88d62 9d734b")[rng.integers(2)])
    boards = (c.v - floor) / (1 - floor) + 0.06 * c.noise(rng, 1.2, 40, 2)
    c.land(lambda x: np.full_like(x, floor), ramp(wood, boards))
    for k in range(1, 5):
        v = floor + (1 - floor) * (k / 5) ** 1.4
        c.fill([c.points(box(-2.5, -0.0012, 2.5, 0.0012), 0.0, v, 1.0)], mix(wood[2], rgb("5a3a20"), 0.35))
    rug = hues("c9665a 4f7f8f d9a24f 7f8f6a")[rng.integers(4)]
    for reach, tone in ((1.0, rug), (0.88, mix(rug, rgb("fff3df"), 0.55)), (0.8, rug)):
        c.fill([c.points(ellipse(0.62 * reach, 0.085 * reach, 80), 0.0, 0.9, 1.0)], tone)
    sofa = hues("4f7a86 a9685a 6f7f5a 7a6a96")[rng.integers(4)]
    _sofa(c, (side * c.half * 0.62, floor + 0.07), sofa)
    _lamp(c, (lamp[0], lamp[1], floor + 0.05))
    _plant(c, rng, (-side * c.half * 0.97, floor + 0.1))
    c.screen((0.28 * c.glow(*lamp, 0.3)).astype(np.float32), rgb("ffd28a"))
    c.shade((1 - 0.22 * smoothstep(0.5, 1.3, c.distance(lamp[0], 0.45))).astype(np.float32))
    return c.pixels


def _window(c: Canvas, rng: Rng, at: tuple[float, float]) -> None:
    x, v = at
    outside = c.sky(hues("8fc4e8 cfe6f3 b9d9a0 86b878"), 0.62)
    pane = c.points(box(-0.2, -0.24, 0.2, 0.2), x, v, 1.0)
    c.fill([c.points(box(-0.225, -0.265, 0.225, 0.225), x, v, 1.0)], rgb("fbf7ef"))
    c.overlay(pane, outside)
    bars = [box(-0.006, -0.24, 0.006, 0.2), box(-0.2, -0.025, 0.2, -0.013), box(-0.24, 0.2, 0.24, 0.228)]
    c.fill([c.points(bar, x, v, 1.0) for bar in bars], rgb("fbf7ef"))
    cloth = hues("d9c3a6 b9c7c9 d6a99a")[rng.integers(3)]
    for way in (-1.0, 1.0):
        for k in range(4):
            left = way * (0.3 - 0.032 * k)
            fold = np.array(
                [[left, -0.31], [left - way * 0.036, -0.31], [left - way * 0.03, 0.34], [left + way * 0.012, 0.34]],
                np.float32,
            )
            c.fill([c.points(fold, x, v, 1.0)], mix(cloth, rgb("7a6a5a"), 0.16 * (k % 2)))
    c.fill([c.points(box(-0.33, -0.322, 0.33, -0.305), x, v, 1.0)], rgb("8f6f4f"))


def _picture(c: Canvas, rng: Rng, at: tuple[float, float]) -> None:
    tones = hues("d98f6a 6f9fa8 e3c07a 8fa07a c97a7a")
    c.fill([c.points(box(-0.085, -0.11, 0.085, 0.11), *at, 1.0)], rgb("6b5240"))
    c.fill([c.points(box(-0.075, -0.1, 0.075, 0.1), *at, 1.0)], rgb("f7f1e4"))
    for k in range(3):
        top = 0.02 + 0.025 * k
        wave = np.array(
            [
                [-0.055, top],
                [-0.02, top - 0.05 + 0.012 * k],
                [0.02, top - 0.015],
                [0.055, top - 0.045],
                [0.055, 0.08],
                [-0.055, 0.08],
            ],
            np.float32,
        )
        c.fill([c.points(wave, *at, 1.0)], tones[rng.integers(5)])


def _sofa(c: Canvas, at: tuple[float, float], tone: Colour) -> None:
    dark, light = mix(tone, rgb("1f1a1a"), 0.28), mix(tone, rgb("ffffff"), 0.14)
    parts = [
        (box(-0.36, -0.02, -0.32, 0.035), rgb("5a3f2a")),
        (box(0.32, -0.02, 0.36, 0.035), rgb("5a3f2a")),
        (box(-0.4, -0.25, 0.4, -0.02), tone),
        (box(-0.4, -0.1, 0.4, 0.0), dark),
        (box(-0.34, -0.15, -0.01, -0.07), light),
        (box(0.01, -0.15, 0.34, -0.07), light),
        (box(-0.43, -0.18, -0.34, 0.0), mix(tone, dark, 0.4)),
        (box(0.34, -0.18, 0.43, 0.0), mix(tone, dark, 0.4)),
    ]
    for shape, colour in parts:
        c.fill([c.points(_rounded(shape, 0.022), *at, 1.0)], colour)
    for x, code in ((-0.24, "f0d9a8"), (0.23, "e6b89a")):
        c.fill([c.points(_rounded(box(x - 0.065, -0.24, x + 0.065, -0.125), 0.03), *at, 1.0)], rgb(code))


def _rounded(shape: Field, radius: float) -> Field:
    (left, top), (right, bottom) = shape[0], shape[2]
    r = min(radius, float(right - left) / 2, float(bottom - top) / 2)
    angle = np.linspace(0, np.pi / 2, 6)
    corners = (
        (right - r, bottom - r, 0.0),
        (left + r, bottom - r, 0.5),
        (left + r, top + r, 1.0),
        (right - r, top + r, 1.5),
    )
    return np.concatenate(
        [np.stack([x + r * np.cos(angle + q * np.pi), y + r * np.sin(angle + q * np.pi)], 1) for x, y, q in corners]
    ).astype(np.float32)


def _lamp(c: Canvas, at: tuple[float, float, float]) -> None:
    x, v, foot = at
    tall = (foot - v) * c.tall
    c.fill(
        [c.points(box(-0.005, -tall, 0.005, 0.0), x, foot, 1.0), c.points(ellipse(0.06, 0.012), x, foot, 1.0)],
        rgb("4a3a30"),
    )
    hood = np.array([[-0.055, -0.07], [0.055, -0.07], [0.095, 0.07], [-0.095, 0.07]], np.float32)
    c.fill([c.points(hood, x, v, 1.0)], rgb("ffe6b0"))


def _plant(c: Canvas, rng: Rng, at: tuple[float, float]) -> None:
    x, v = at
    for k in range(15):
        lean = float(rng.uniform(-1.0, 1.0))
        t = np.linspace(0, 1, 10)
        line = np.stack([lean * 0.2 * t, -0.13 - 0.36 * t * (1 - 0.35 * abs(lean) * t)], 1).astype(np.float32)
        leaf = strip(line, (0.026 * np.sin(np.pi * t**1.4)).astype(np.float32))
        c.fill([c.points(leaf, x, v, 1.0)], hues("2f6b4a 3f8557 559a62")[k % 3])
    c.fill(
        [c.points(np.array([[-0.085, -0.15], [0.085, -0.15], [0.06, 0.02], [-0.06, 0.02]], np.float32), x, v, 1.0)],
        rgb("c9855f"),
    )


def cave(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    x0, v0 = float(rng.uniform(-0.35, 0.35) * c.half), float(rng.uniform(0.42, 0.5))
    tint = hues("7fd0e8 8fe0c0 a9b8ff")[rng.integers(3)]
    c.paint(
        lerp(
            np.broadcast_to(solid(mix(tint, rgb("203040"), 0.25)), (c.low_h, c.low_w, 3)),
            solid(rgb("f6fffb")),
            c.glow(x0, v0, 0.26),
        )
    )
    rocks = hues("6b7a86 4f5c6b 3a4452 282f3d 181c28")
    for i, tone in enumerate(rocks):
        hole = 0.2 + 0.125 * i
        angle = np.linspace(0, 2 * np.pi, 220)
        edge = 1 + 0.13 * c.curve(rng, 3.5, 4, 0.75)(((angle / np.pi - 1) * c.span).astype(np.float32))
        edge += (edge[0] - edge[-1]) * (angle / (2 * np.pi))
        wide = min(1.25, 0.45 + c.half / 1.8)
        ring = np.stack([np.cos(angle) * hole * wide * edge, np.sin(angle) * hole * 0.74 * edge], 1).astype(np.float32)
        shade = smoothstep(0.0, 0.55, (c.distance(x0, v0) - hole * 0.6).astype(np.float32))
        skin = ramp([mix(tone, tint, 0.42), tone, mix(tone, rgb("05060c"), 0.55)], shade + 0.22 * c.noise(rng, 6, 6, 4))
        if i < 4:
            _spikes(c, rng, c.points(ring, x0, v0 + 0.012 * i, 1.0), mix(tone, tint, 0.3))
        c.overlay(c.points(ring, x0, v0 + 0.012 * i, 1.0), skin, outside=True)
    pool = c.points(ellipse(0.42, 0.04, 60), x0 * 0.6, 0.94, 1.0)
    shine = np.clip(1.2 - np.abs(c.x - x0) / 0.4 + 0.3 * c.noise(rng, 2, 60, 2), 0, 1)
    c.overlay(pool, ramp([mix(tint, rgb("0c1420"), 0.85), mix(tint, rgb("203040"), 0.25)], shine))
    c.screen((0.3 * c.glow(x0, v0, 0.5)).astype(np.float32), tint)
    return c.pixels


def _spikes(c: Canvas, rng: Rng, ring: Field, tone: Colour) -> None:
    """Stalactites and stalagmites that stand on the edge of an opening, a ring of pixels (N, 2)."""
    reach = float(np.ptp(ring[:, 1])) / c.unit
    centre = float(ring[:, 1].mean())
    for k in rng.integers(0, len(ring), 26):
        x, y = float(ring[k, 0] - c.width / 2) / c.unit, float(ring[k, 1])
        way = 1.0 if y < centre else -1.0
        if abs(y - centre) < 0.22 * reach * c.unit or (way < 0 and k % 3):
            continue
        tall = float(rng.uniform(0.12, 0.34)) * reach * (1.0 if way > 0 else 0.4)
        wide = float(rng.uniform(0.02, 0.045)) * reach + 0.006
        outline = [[-wide * 1.6, -0.3 * tall], [-wide * 0.5, 0.12 * tall], [0, tall * 0.8], [wide * 0.55, 0.15 * tall]]
        spike = np.array([*outline, [wide * 1.6, -0.3 * tall]], np.float32) * np.array([1, way], np.float32)
        c.fill([c.points(spike, x, y / c.height, 1.0)], tone)


def bamboo_grove(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    light = float(rng.uniform(-0.4, 0.4) * c.half)
    back = c.sky(hues("d6e8a0 eef5c4 c3dc94 8fb86a"), 1.0)
    c.paint(lerp(back, solid(rgb("fffff0")), 0.85 * c.glow(light, 0.4, 0.4)))
    for i, codes in enumerate(("b9d58a a3c678", "8fbc5c 74a64c", "5f9a3f 417c34")):
        low, high = hues(codes)
        for _ in range((30, 18, 9)[i]):
            x = float(rng.uniform(-1.03, 1.03) * c.span)
            if i == 2 and abs(x) < 0.42 * c.half:
                x = float(np.copysign(rng.uniform(0.5, 1.0) * c.half, x))
            _cane(c, rng, (x, (0.009, 0.015, 0.026)[i]), mix(low, high, float(rng.uniform())))
        top = raised(c.curve(rng, 1.2, 3), 0.83 + 0.06 * i, 0.02)
        c.land(
            top,
            ramp(
                hues(("c9d08a a9b86a", "9aa858 7a8f48", "6f8238 4f6a30")[i]),
                c.v * 4 - 3.2 + 0.4 * c.noise(rng, 5, 14, 3),
            ),
        )
        for _ in range(110):
            x, v = float(rng.uniform(-1.03, 1.03) * c.span), float(rng.beta(0.7, 2.6)) * 0.5 - 0.04
            turn, size = float(rng.normal(0.9, 0.5)) * float(rng.choice([-1.0, 1.0])), (0.03, 0.045, 0.065)[i]
            leaf = np.array([[0, 0], [0.4, 0.1], [1, 0], [0.4, -0.1]], np.float32)
            spin = np.array([[np.sin(turn), -np.cos(turn)], [np.cos(turn), np.sin(turn)]], np.float32)
            c.fill([c.points(leaf @ spin.T, x, v, size)], mix(low, high, float(rng.uniform())))
    c.screen((0.2 * c.glow(light, 0.35, 0.45)).astype(np.float32), rgb("fbffd0"))
    return c.pixels


def _cane(c: Canvas, rng: Rng, at: tuple[float, float], tone: Colour) -> None:
    x, wide = at
    step = float(rng.uniform(6.5, 9.5)) * wide + 0.03
    lean = float(rng.normal(0, 0.05)) * step
    foot, k = 0.95 * c.tall + float(rng.uniform(-0.06, 0.06)), 0
    while foot - k * step > -step:
        y0, y1 = foot - k * step, foot - (k + 1) * step
        px = x + lean * k
        v = y0 / c.tall
        part = np.array(
            [[-wide, 0], [-wide * 0.86, y1 - y0 + 0.004], [lean + wide * 0.86, y1 - y0 + 0.004], [wide, 0]], np.float32
        )
        c.fill([c.points(part, px, v, 1.0)], tone)
        gleam = np.array(
            [[-wide * 0.6, 0], [-wide * 0.5, y1 - y0 + 0.006], [-wide * 0.2, y1 - y0 + 0.006], [-wide * 0.25, 0]],
            np.float32,
        )
        c.fill([c.points(gleam, px, v, 1.0)], mix(tone, rgb("f6ffd0"), 0.42))
        c.fill([c.points(box(-wide * 1.12, -0.004, wide * 1.12, 0.003), px, v, 1.0)], mix(tone, rgb("2f5a2a"), 0.4))
        k += 1
