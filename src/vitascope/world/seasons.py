"""More scenes of land: autumn, a lake, flowers, wheat, peaks at dusk, a volcano."""

from __future__ import annotations

import numpy as np

from vitascope.world.landscapes import Pixels, Rng, blades, firs, peak, raised, slope_light
from vitascope.world.scenery import (
    Canvas,
    Colour,
    Curve,
    Field,
    Puffs,
    hues,
    lerp,
    mix,
    ramp,
    rgb,
    smoothstep,
    solid,
    strip,
)


def autumn_park(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    ground = rng.uniform(0.6, 0.66)
    sun = float(rng.uniform(-0.5, 0.5) * c.half)
    back = c.sky(hues(("c9d9e0 f3e3bd fbd79a", "d9d6d0 f6dcae f9c987")[rng.integers(2)]), ground)
    back = lerp(back, solid(rgb("fff4cf")), 0.8 * c.glow(sun, ground - 0.15, 0.4))
    texture = c.noise(rng, 8, 9, 3)
    far = Puffs(rgb("f0b566"), rgb("cf8a4f"), 0.4, 0.6)
    for _ in range(40):
        x = float(rng.uniform(-1, 1) * c.span)
        c.puff(back, (x, ground - float(rng.uniform(0.0, 0.14)), float(rng.uniform(0.05, 0.09))), texture, far)
    c.paint(back)
    leaves = (("f2b24d", "c8702f"), ("e8892f", "a9481f"), ("d9542b", "8f2a1c"), ("f5cb54", "cf8f2a"))
    for row in range(2):
        for x in np.linspace(-1, 1, 9 - 3 * row) * c.span + rng.normal(0, 0.06, 9 - 3 * row):
            at = float(x)
            if row and abs(at) < 0.45 * c.half:
                at = float(np.copysign(0.55 * c.half + 0.3 * abs(at), at + 1e-6))
            size = (0.15, 0.26)[row] * float(rng.uniform(0.85, 1.15))
            lit, shade = leaves[rng.integers(4)]
            _leafy_tree(c, rng, (at, ground + 0.02 + 0.07 * row, size), texture, (rgb(lit), rgb(shade)))
        top = raised(c.curve(rng, 0.9, 2), ground + 0.01 + 0.07 * row, 0.02)
        light = slope_light(c, top, 1.0, 0.2) + 0.25 * c.noise(rng, 5, 16, 3)
        c.land(top, ramp(hues(("b98a3c d9ab4a edcb6d", "a9662a cf8f3c e6b45a")[row]), light))
    _path(c, rng, ground + 0.085, hues("d9c09a c3a27a"))
    litter = hues("e0662b f0a63a c9441f f5cf5a a9381c")
    for depth in np.sort(rng.beta(2.0, 1.1, 420)):
        size = 0.003 + 0.011 * float(depth) ** 2
        turn = rng.uniform(0, 2 * np.pi)
        leaf = np.array([[1, 0], [0, 0.45], [-1, 0], [0, -0.45]], np.float32) * np.float32(size)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn) * 0.6, np.cos(turn) * 0.6]], np.float32)
        x, v = float(rng.uniform(-1, 1) * c.span), ground + 0.1 + (0.92 - ground) * float(depth)
        c.fill([c.points(leaf @ spin.T, x, v, 1.0)], litter[rng.integers(5)])
    return c.pixels


def _leafy_tree(
    c: Canvas, rng: Rng, at: tuple[float, float, float], texture: Field, tones: tuple[Colour, Colour]
) -> None:
    x, v, size = at
    t = np.linspace(0, 1, 8)
    line = np.stack([0.08 * size * np.sin(t * 3 + rng.uniform(0, 6)), -t * size * 1.25], 1).astype(np.float32)
    wide = (size * (0.035 + 0.055 * (1 - t) + 0.05 * np.exp(-t * 20))).astype(np.float32)
    c.fill([c.points(strip(line, wide), x, v, 1.0)], rgb("5c3a2a"))
    lit, shade = tones
    crown = v - 1.55 * size / c.tall
    blobs = [
        (float(rng.normal(0, 0.42)), float(rng.normal(0, 0.36)), float(rng.uniform(0.34, 0.58))) for _ in range(13)
    ]
    for k, (dx, dy, radius) in enumerate(sorted(blobs, key=lambda blob: -blob[1])):
        angle = np.linspace(0, 2 * np.pi, 30, endpoint=False)
        waves = 1 + 0.07 * np.sin(angle * 7 + k) + 0.05 * np.sin(angle * 11 + 2 * k)
        ring = (np.stack([np.cos(angle), np.sin(angle)], 1) * waves[:, None]).astype(np.float32) * np.float32(radius)
        tone = mix(shade, lit, min(1.0, 0.25 + 0.06 * k))
        px, pv = x + dx * size, crown + dy * size / c.tall
        c.fill([c.points(ring, px, pv, size)], tone)
        lifted = ring * np.float32(0.62) + np.array([-0.22, -0.24], np.float32) * np.float32(radius)
        c.fill([c.points(lifted, px, pv, size)], mix(tone, lit, 0.4))


def _path(c: Canvas, rng: Rng, start: float, tones: list[Colour]) -> None:
    t = np.linspace(0, 1, 24)
    bend, away = rng.normal(0, 0.12), rng.uniform(-0.2, 0.2) * c.half
    middle = away * (1 - t) + bend * np.sin(t * 4)
    half = 0.012 + 0.36 * t**1.7
    v = start + (1.02 - start) * t
    down = (v - start) * c.tall
    left, right = np.stack([middle - half, down], 1), np.stack([middle + half, down], 1)
    c.fill([c.points(np.concatenate([left, right[::-1]]).astype(np.float32), 0.0, start, 1.0)], tones[1])
    left[:, 0] += 0.1 * half
    right[:, 0] -= 0.1 * half
    c.fill([c.points(np.concatenate([left, right[::-1]]).astype(np.float32), 0.0, start, 1.0)], tones[0])


def lake(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    shore = rng.uniform(0.5, 0.56)
    sky = c.sky(hues(("6fb4e0 b5dbef f5f1e2", "86b9d9 c9e0e6 f9e9d0")[rng.integers(2)]), shore)
    texture = c.noise(rng, 6, 9, 3)
    for _ in range(3):
        at = (float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0.1, 0.24)), float(rng.uniform(0.2, 0.36)))
        c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), rgb("d3e3ee"), 0.55, 0.8))
    c.paint(sky)
    for i, codes in enumerate(("a9c6d9 c9dde6", "7fa8ab a9c9b9", "4f8a72 7fb184")):
        top = raised(c.curve(rng, 1.3 - 0.2 * i, 3), shore - 0.13 + 0.05 * i, 0.06 - 0.012 * i)
        c.land(top, ramp(hues(codes), smoothstep(shore - 0.2, shore, c.v + 0 * c.x)))
    bank = raised(c.curve(rng, 1.1, 2), shore - 0.012, 0.01)
    firs(c, rng, bank, (0.05, 0.12), (rgb("2f6650"), rgb("4a8460")), 120)
    c.land(bank, solid(rgb("86a35f")))
    c.mirror(shore, rgb("4f93b8"), 0.34, (0.012 * c.noise(rng, 2.5, 70, 2)).astype(np.float32))
    depth = np.clip((c.v - shore) / (1 - shore), 0, 1)
    streaks = smoothstep(0.35, 0.8, c.noise(rng, 1.2, 60, 2)) * np.exp(-(((depth - 0.35) / 0.3) ** 2))
    c.screen((0.3 * streaks * (depth > 0)).astype(np.float32), rgb("e6f7ff"))
    c.shade((1 - 0.28 * depth**1.5 + 0 * c.x).astype(np.float32))
    for side in (-1.0, 1.0):
        _reeds(c, rng, side)
    return c.pixels


def _reeds(c: Canvas, rng: Rng, side: float) -> None:
    for _ in range(26):
        x = side * c.half * float(1.03 - 0.38 * rng.uniform() ** 2)
        tall, lean = float(rng.uniform(0.1, 0.26)), float(rng.normal(0, 0.12))
        t = np.linspace(0, 1, 8)
        line = np.stack([lean * tall * t**2, -tall * t], 1).astype(np.float32)
        tone = mix(rgb("2f5a3a"), rgb("7d9a4a"), float(rng.uniform()))
        c.fill([c.points(strip(line, (0.0042 * (1.05 - t)).astype(np.float32)), x, 1.01, 1.0)], tone)
        if rng.uniform() < 0.3:
            head = strip(line[5:], np.array([0.004, 0.0065, 0.003], np.float32))
            c.fill([c.points(head, x, 1.01, 1.0)], rgb("7a4f2f"))


def flower_garden(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.3, 0.38)
    sky = c.sky(hues(("8fc9ee cfe8f5 fdf0ea", "9fcdea dcebf0 fde6e4")[rng.integers(2)]), horizon)
    c.paint(sky)
    hedge = raised(c.curve(rng, 7, 3), horizon - 0.035, 0.022)
    c.land(
        hedge, ramp(hues("7fb573 4d8f55"), smoothstep(horizon - 0.06, horizon + 0.06, c.v + 0.02 * c.noise(rng, 8, 16)))
    )
    bed = raised(c.curve(rng, 1.2, 2), horizon + 0.02, 0.012)
    c.land(bed, ramp(hues("6fae56 3f8a42 2c6a37"), (c.v - horizon) / (1 - horizon) + 0.12 * c.noise(rng, 4, 14, 3)))
    sets = ("ff5f8f ff9ab8 ffd1dd c93a6f", "f2476a ffb13d ffe066 ff7f50", "b46be8 f58ad2 ffffff 7f5ad6")
    petals = hues(sets[rng.integers(3)])
    rows = 15
    for i in range(rows):
        depth = (i / (rows - 1)) ** 1.5
        v = horizon + 0.035 + (0.99 - horizon) * depth
        size = 0.006 + 0.036 * depth
        tone = petals[i * 5 % 4]
        for x in np.arange(-c.span, c.span, size * 2.3):
            kind = tone if rng.uniform() < 0.72 else petals[rng.integers(4)]
            at = (
                float(x + rng.normal(0, size * 0.5)),
                v + float(rng.normal(0, size * 0.55)),
                size * float(rng.uniform(0.75, 1.1)),
            )
            if abs(at[0]) < c.half + 0.06:
                _flower(c, rng, at, kind)
    return c.pixels


def _flower(c: Canvas, rng: Rng, at: tuple[float, float, float], tone: Colour) -> None:
    x, v, size = at
    if size < 0.009:
        c.dot(x, v, size, tone)
        return
    for way in (-1.0, 1.0):
        leaf = np.array([[0, 0.6], [way * 1.2, 0.7], [way * 1.7, 1.5], [way * 0.5, 1.4]], np.float32)
        c.fill([c.points(leaf, x, v, size)], mix(rgb("3f8f45"), rgb("74b85a"), float(rng.uniform())))
    start = rng.uniform(0, 6.3)
    angle = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    radius = 0.62 + 0.38 * np.abs(np.sin(angle * 2.5 + start))
    ring = np.stack([np.cos(angle) * radius, np.sin(angle) * radius * 0.82], 1).astype(np.float32)
    c.fill([c.points(ring, x, v, size)], mix(tone, rgb("5a1a4a"), 0.14))
    c.fill([c.points(ring * np.float32(0.84) - np.array([0.05, 0.09], np.float32), x, v, size)], tone)
    c.dot(x, v - 0.02 * size, size * 0.26, rgb("ffd65c"))


def wheat_field(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.42, 0.5)
    sky = c.sky(hues(("5fa6dc a9d2ec f9eecb", "7fb2d6 c3d9de fbe3b0")[rng.integers(2)]), horizon)
    texture = c.noise(rng, 6, 9, 3)
    for _ in range(3):
        at = (
            float(rng.uniform(-1, 1) * c.span),
            float(rng.uniform(0.12, horizon - 0.1)),
            float(rng.uniform(0.24, 0.44)),
        )
        c.cumulus(rng, sky, at, texture, Puffs(rgb("fffdf6"), rgb("dfe2df"), 0.55, 0.85))
    c.paint(sky)
    c.land(raised(c.curve(rng, 1.4, 3), horizon - 0.015, 0.02), solid(rgb("7d9a6a")))
    wind = c.noise(rng, 2.2, 22, 3)
    for i in range(4):
        base = horizon + 0.012 + 0.13 * i
        top = raised(c.curve(rng, 0.8, 2), base, 0.018)
        below = np.clip((c.v - base) / 0.2, -0.2, 1.2)
        t = 0.85 - 0.42 * below + 0.28 * wind
        c.land(
            top,
            ramp(
                hues(
                    ("c99a3f e6bd5c f7dc8f", "bd8629 e3b045 f9d77c", "ad7420 dda53a f7cf6c", "94601a d2952f f5c75c")[i]
                ),
                t,
            ),
        )
        rows = 90 + 40 * i
        for x in rng.uniform(-1.02, 1.02, rows) * c.span:
            v = float(top(np.array([x], np.float32))[0]) + 0.012 + 0.05 * float(rng.uniform())
            _ear(c, rng, (float(x), v, 0.02 + 0.026 * i), mix(rgb("f9e09a"), rgb("c98f2e"), float(rng.uniform())))
    blades(c, rng, hues("a8741f c9922e e6b94e"), 170, 0.16)
    for x in rng.uniform(-1.02, 1.02, 60) * c.span:
        at = (float(x), 1.0 - 0.1 * float(rng.uniform()), 0.17)
        _ear(c, rng, at, mix(rgb("fbe3a0"), rgb("d29a34"), float(rng.uniform())))
    return c.pixels


def _ear(c: Canvas, rng: Rng, at: tuple[float, float, float], tone: Colour) -> None:
    x, v, size = at
    lean = float(rng.normal(0.18, 0.12))
    t = np.linspace(0, 1, 7)
    line = np.stack([lean * t**2, -t], 1).astype(np.float32)
    wide = np.array([0.014, 0.014, 0.014, 0.03, 0.05, 0.042, 0.008], np.float32)
    c.fill([c.points(strip(line, wide), x, v, size)], tone)


def mountains_at_dusk(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    skies = ("2a2a6b 6a4f9f d98ab5 ffc9b0", "33306e 8157a3 ef8fa6 ffd3a8", "24346f 5a62ab c79ac9 f9c7c0")
    sky = c.sky(hues(skies[rng.integers(3)]), 0.7, 0.04 * c.noise(rng, 1, 4))
    c.paint(sky)
    for _ in range(70):
        x, v = float(rng.uniform(-1, 1) * c.span), float(0.24 * rng.uniform() ** 1.5)
        c.dot(x, v, 0.001 + 0.0012 * float(rng.uniform()), rgb("d9d3f5"))
    side = float(rng.choice([-1.0, 1.0]))
    rows = (
        ("a986b8", "8a74b0", "f2b3bd", "b592c4"),
        ("7d66a0", "58508c", "ffc3b5", "9a86c6"),
        ("57508a", "3b3c74", "ffd2bd", "8580c2"),
    )
    for i, codes in enumerate(rows):
        lit, shaded, snow, dim = hues(" ".join(codes))
        tones = (lit, shaded, snow, dim) if side < 0 else (shaded, lit, dim, snow)
        count = 5 - i
        xs = (np.linspace(-0.95, 0.95, count) + rng.uniform(-0.15, 0.15, count)) * c.span
        highs = rng.uniform(0.36, 0.5, count) * (1.0, 0.92, 0.72)[i]
        for j in map(int, np.argsort(-highs)):
            place = (float(xs[j]), 0.76 + 0.03 * i, float(highs[j]) * c.tall)
            peak(c, rng, place, float(highs[j] * rng.uniform(0.85, 1.15)), tones)
        mist = np.exp(-(((c.v - 0.78) / 0.15) ** 2)) + 0 * c.x
        c.screen((0.3 * mist).astype(np.float32), rgb("e6a9c9"))
    for i, codes in enumerate(("8d88c9 b9aede e6d3ee", "6a70b4 9d9cd6 d6c8ec", "4a5598 8088c6 bfb6e4")):
        top = raised(c.curve(rng, 1.0, 3), 0.73 + 0.09 * i, 0.04)
        first, second = hues(("4a4a86 3a3c76", "262a5e 30346a", "1a1f4c 23285a")[i])
        firs(c, rng, top, (0.03 + 0.025 * i, 0.06 + 0.04 * i), (first, second), 50 - 14 * i)
        light = slope_light(c, top, -side, 0.16) + 0.15 * c.noise(rng, 3, 12, 3)
        c.land(top, ramp(hues(codes), light))
    return c.pixels


def volcano(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    x0 = float(rng.uniform(-0.45, 0.45) * c.half)
    summit = float(rng.uniform(0.27, 0.34))
    sky = c.sky(
        hues(("160a14 3a1220 7a2420 c9502a", "1a0d1f 431627 8f2a2a e0662f")[rng.integers(2)]),
        0.85,
        0.08 * c.noise(rng, 1.5, 4, 3),
    )
    sky = lerp(sky, solid(rgb("ff8a3a")), 0.75 * c.glow(x0, summit, 0.32))
    texture = c.noise(rng, 6, 8, 4)
    lean = float(rng.uniform(-0.5, 0.5))
    for k in range(34):
        t = k / 33
        at = (x0 + lean * t**1.5 + float(rng.normal(0, 0.02 + 0.1 * t)), summit - 0.02 - 0.36 * t, 0.035 + 0.13 * t)
        lit = mix(rgb("ff9a5a"), rgb("6b3a3f"), min(1.0, 1.6 * t))
        c.puff(sky, at, texture, Puffs(lit, rgb("2a151c"), 0.5, 0.8))
    c.paint(sky)
    crater = float(rng.uniform(0.07, 0.1))
    rough = c.curve(rng, 5, 4, 0.6)

    def cone(x: Field) -> Field:
        away = np.maximum(np.abs(x - x0) - crater, 0)
        lip = 0.012 * np.cos(np.clip((x - x0) / crater, -1, 1) * np.pi) * (np.abs(x - x0) < crater)
        rise = 0.62 * (1 - np.exp(-away * 1.9)) + lip + 0.012 * rough(x)
        return (summit + rise).astype(np.float32)

    light = 0.35 + 0.5 * np.exp(-c.distance(x0, summit) / 0.25) - 0.5 * (c.x - x0) + 0.3 * c.noise(rng, 6, 8, 4)
    c.land(cone, ramp(hues("150c14 2a1820 4a2a2c 7a4036"), light))
    streams = [_stream(c, rng, cone, x0 + crater * s, s) for s in (-0.75, -0.1, 0.6)]
    for wide, code in ((2.1, "a9281a"), (1.35, "f0571e"), (0.7, "ffb13d"), (0.3, "fff0a0")):
        c.fill([strip(line, width_px * np.float32(wide)) for line, width_px in streams], rgb(code))
    c.screen((0.55 * c.glow(x0, summit - 0.01, 0.13)).astype(np.float32), rgb("ff9a3a"))
    for i, code in enumerate(("2a131a", "170a10")):
        c.land(raised(c.curve(rng, 2.2, 4, 0.7), 0.88 + 0.07 * i, 0.035), solid(rgb(code)))
    _lava_cracks(c, rng)
    for _ in range(60):
        px, pv = x0 + float(rng.normal(0, 0.13)), summit - float(abs(rng.normal(0.02, 0.14)))
        c.dot(
            px, pv, 0.0012 + 0.003 * float(rng.uniform() ** 2), mix(rgb("ff7a2a"), rgb("ffe08a"), float(rng.uniform()))
        )
    return c.pixels


def _stream(c: Canvas, rng: Rng, cone: Curve, x: float, way: float) -> tuple[Field, Field]:
    t = np.linspace(0, 1, 26)
    px = x + way * 0.5 * t**1.3 + 0.03 * np.sin(t * 9 + rng.uniform(0, 6)) * t
    top = float(cone(np.array([x], np.float32))[0])
    ground = cone(px.astype(np.float32))
    v = np.maximum(top + (0.92 - top) * t, ground + 0.004)
    line = np.stack([c.width / 2 + px * c.unit, v * c.height], 1).astype(np.float32)
    wide = (0.006 + 0.012 * t) * (1 + 0.3 * np.sin(t * 17 + rng.uniform(0, 6))) * c.unit
    return line, wide.astype(np.float32)


def _lava_cracks(c: Canvas, rng: Rng) -> None:
    for _ in range(9):
        x, v = float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0.93, 0.99))
        t = np.linspace(0, 1, 9)
        line = np.stack([t * rng.uniform(0.1, 0.3), np.cumsum(rng.normal(0, 0.006, 9))], 1).astype(np.float32)
        taper = np.sin(np.pi * t) + 0.05
        for wide, code in ((0.007, "c9351a"), (0.003, "ffb04a")):
            c.fill([c.points(strip(line, (wide * taper).astype(np.float32)), x, v, 1.0)], rgb(code))
