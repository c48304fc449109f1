"""Scenes of sky, water and night: beach, ocean, stars, city, sunset, clouds, the deep."""

from __future__ import annotations

import numpy as np

from vitascope.world.landscapes import Pixels, Rng, firs, raised
from vitascope.world.scenery import (
    Canvas,
    Colour,
    Curve,
    Field,
    Puffs,
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


def glints(c: Canvas, rng: Rng, area: tuple[float, float, float, float], colour: Colour, count: int) -> None:
    """Thin lights on water in (x, spread of x, v of the horizon, v of the end), longer towards the viewer."""
    x, spread, first, last = area
    for _ in range(count):
        t = float(rng.uniform(0.0, 1.0)) ** 1.6
        v = first + (last - first) * t
        px = x + float(rng.normal(0, 1)) * spread * (0.35 + t)
        c.fill(
            [c.points(ellipse(0.012 + 0.05 * t * float(rng.uniform(0.4, 1)), 0.0012 + 0.0032 * t, 16), px, v, 1.0)],
            colour,
        )


def swell(c: Canvas, rng: Rng, horizon: float) -> Field:
    """Waves (h, w) in about -1..1 on a sea seen from the shore: fine at the horizon, broad at the bottom."""
    depth = np.clip((c.v - horizon) / (1 - horizon), 0, 1)
    total = np.zeros((c.low_h, c.low_w), np.float32)
    for fx, fy, at in ((9.0, 90, 0.05), (5.0, 50, 0.3), (3.0, 26, 0.7), (2.0, 15, 1.1)):
        total += c.noise(rng, fx, fy, 2) * np.exp(-(((depth - at) / 0.32) ** 2)).astype(np.float32)
    return total


def beach(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.3, 0.38)
    sky = c.sky(hues(("4fb3ea 9fdcf5 e9f8fb", "63bdea b5e3f2 fdf3dc")[rng.integers(2)]), horizon)
    texture = c.noise(rng, 6, 9, 3)
    for _ in range(rng.integers(2, 5)):
        at = (
            float(rng.uniform(-1, 1) * c.span),
            float(rng.uniform(0.12, horizon - 0.03)),
            float(rng.uniform(0.18, 0.36)),
        )
        c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), rgb("d8ecf5"), 0.5, 0.85))
    c.paint(sky)
    depth = (c.v - horizon) / 0.36 + 0.05 * swell(c, rng, horizon)
    c.land(
        lambda x: np.full_like(x, horizon), ramp(hues("1f8fc4 22a9cc 3cc6cf 7fe0d6 b4efe2"), depth.astype(np.float32))
    )
    glints(c, rng, (0.0, 0.8, horizon + 0.01, 0.66), rgb("c9f5f0"), 90)
    tilt = float(rng.choice([-1.0, 1.0])) * rng.uniform(0.05, 0.11)
    wave = c.curve(rng, 1.6, 3)
    shore = rng.uniform(0.64, 0.7)
    sand = hues(("e2bf87 f0d6a3 f8e6bf", "dcb98b eed3a8 f7e5c6")[rng.integers(2)])

    def line(drop: float, rough: float) -> Curve:
        def edge(x: Field) -> Field:
            return (shore + drop + tilt * x / c.half - rough * wave(x)).astype(np.float32)

        return edge

    foam = solid(rgb("ffffff"))
    c.land(
        line(-0.075, 0.016),
        ramp(hues("e6fbf6 a5ebe0 8fe3d8"), smoothstep(-0.05, 0.03, c.v - shore - tilt * c.x / c.half)),
    )
    c.land(line(-0.02, 0.022), foam)
    c.land(line(-0.005, 0.02), solid(rgb("b9e6dc")) * np.float32(0.97))
    c.land(line(0.012, 0.024), foam)
    c.land(line(0.026, 0.023), solid(mix(sand[0], rgb("9c8063"), 0.35)))
    dry = 0.45 + (c.v - shore - 0.12) * 1.6 + 0.28 * c.noise(rng, 3, 8, 4)
    c.land(line(0.075, 0.028), ramp(sand, dry.astype(np.float32)))
    if rng.uniform() < 0.7:
        _palm(c, rng, float(rng.choice([-1.0, 1.0])))
    return c.pixels


def _palm(c: Canvas, rng: Rng, side: float) -> None:
    x, v = side * c.half * 0.98, float(rng.uniform(-0.02, 0.06))
    for lap in range(2):
        for angle in np.linspace(0.15, 2.9, 8) + rng.normal(0, 0.1, 8):
            reach = rng.uniform(0.32, 0.48) * (1 - 0.15 * lap)
            t = np.linspace(0, 1, 14)
            line = np.stack(
                [
                    np.cos(angle) * t * reach * -side if side > 0 else np.cos(angle) * t * reach,
                    np.sin(angle) * t * reach * 0.45 + t**2.2 * reach * 0.45,
                ],
                1,
            )
            colour = rgb(("1f7a4d", "2f9a55")[lap])
            c.fill(
                [c.points(strip(line.astype(np.float32), (0.004 * (1 - t) + 0.001).astype(np.float32)), x, v, 1.0)],
                colour,
            )
            for k in range(2, 14):
                for way in (-1.0, 1.0):
                    tip = line[k] + np.array(
                        [(line[k] - line[k - 1])[0] * 1.5, 0.11 * reach * way * np.sin(np.pi * t[k]) + 0.05 * reach]
                    )
                    leaf = np.array([line[k - 1], tip, line[k]], np.float32)
                    c.fill([c.points(leaf, x, v, 1.0)], colour)


def ocean(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.3, 0.42)
    sky = c.sky(
        hues(("7fb4dc b9d9ec e6f1f4", "8fb7d3 c9dbe3 f0ece2", "6aa6d8 a6cde8 dcecf4")[rng.integers(3)]),
        horizon,
        0.06 * c.noise(rng, 1, 6),
    )
    texture = c.noise(rng, 6, 10, 3)
    for _ in range(rng.integers(1, 4)):
        at = (
            float(rng.uniform(-1, 1) * c.span),
            horizon - float(rng.uniform(0.0, 0.12)),
            float(rng.uniform(0.25, 0.5)),
        )
        c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), rgb("c3d8e6"), 0.7, 0.6))
    c.paint(sky)
    sun = float(rng.uniform(-0.6, 0.6) * c.half)
    water = hues(("6fa9c9 2f7fb2 155a93 0b3f74 082e5a", "6fb0c0 2b86a4 116487 0a4769 073453")[rng.integers(2)])
    depth = np.clip((c.v - horizon) / (1 - horizon), 0, 1)
    t = depth**0.7 + 0.17 * swell(c, rng, horizon) - 0.12 * np.exp(-(((c.x - sun) / 0.35) ** 2)) * (1 - depth)
    c.land(lambda x: np.full_like(x, horizon), ramp(water, t.astype(np.float32)))
    glints(c, rng, (sun, 0.16, horizon + 0.004, 0.75), rgb("e2f2f7"), 130)
    glints(c, rng, (0.0, 0.8, horizon + 0.03, 1.0), mix(water[0], water[1], 0.4), 120)
    for i in range(4):
        base = horizon + (1 - horizon) * (0.34 + 0.19 * i)
        bumps = c.curve(rng, 2.6 - 0.4 * i, 3)
        high = 0.016 + 0.012 * i
        top = raised(bumps, base, high)
        below = np.maximum(c.v - top(c.x[0])[None, :], 0)
        crest = np.exp(-below / (0.014 + 0.006 * i)) * np.clip(0.35 + bumps(c.x[0])[None, :], 0, 1)
        body = ramp(water, (0.42 + 0.1 * i + below * 2.2 + 0.12 * c.noise(rng, 3, 24, 2)).astype(np.float32))
        c.land(top, lerp(body, solid(rgb("bfe6ee")), (0.75 * crest).astype(np.float32)))
    return c.pixels


def starry_night(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    skies = ("040818 0a1440 1b2c74 35509c", "07061c 170f45 31246f 5a4496", "030b1c 08203f 134066 2b6a86")
    sky = c.sky(hues(skies[rng.integers(3)]), 0.95, 0.06 * c.noise(rng, 1, 2))
    angle = rng.uniform(0.5, 1.0) * rng.choice([-1.0, 1.0])
    offset = rng.uniform(-0.3, 0.3)
    across = (c.x - offset) * np.sin(angle) + (c.v - 0.4) * np.cos(angle) + 0.07 * c.noise(rng, 2, 2, 3)
    dust = np.clip(0.6 + 0.7 * c.noise(rng, 4, 4, 4), 0, 1)
    band = np.exp(-((across / 0.13) ** 2)) * dust
    core = np.exp(-((across / 0.05) ** 2)) * np.clip(c.noise(rng, 6, 6, 4) + 0.3, 0, 1)
    sky = lerp(sky, solid(mix(rgb("8f9be0"), rgb("b48fd6"), rng.uniform())), (0.5 * band).astype(np.float32))
    sky = lerp(sky, solid(rgb("e8e2ff")), (0.3 * core).astype(np.float32))
    c.paint(sky)
    for _ in range(520):
        x, v, bright = float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0, 0.92)), float(rng.uniform() ** 3)
        tone = mix(rgb("9fb4ff"), rgb("fff3dc"), float(rng.uniform()))
        c.dot(x, v, 0.0008 + 0.0021 * bright, mix(rgb("5b6bb0"), tone, 0.45 + 0.55 * bright))
    for _ in range(12):
        _sparkle(
            c, float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0.03, 0.75)), float(rng.uniform(0.008, 0.018))
        )
    hill = raised(c.curve(rng, 0.9, 3), rng.uniform(0.87, 0.92), 0.05)
    c.land(raised(c.curve(rng, 1.2, 3), 0.86, 0.05), solid(rgb("131f4a")))
    firs(c, rng, hill, (0.05, 0.13), (rgb("070d24"), rgb("070d24")), 60)
    c.land(hill, ramp(hues("070d24 040817"), c.v + 0 * c.x))
    return c.pixels


def _sparkle(c: Canvas, x: float, v: float, size: float) -> None:
    angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
    reach = np.where(np.arange(8) % 2 == 0, 1.0, 0.13)
    c.fill(
        [c.points(np.stack([np.cos(angle) * reach, np.sin(angle) * reach], 1).astype(np.float32), x, v, size)],
        rgb("f4f6ff"),
    )


def city_at_night(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    street = rng.uniform(0.8, 0.86)
    skies = ("0b0b2a 231a55 5c2f7a b8527e", "081026 14285a 2d4f8c 7b6fae", "0d0a24 2a174e 6b2b5f d0705a")
    sky = c.sky(hues(skies[rng.integers(3)]), street, 0.05 * c.noise(rng, 1, 3))
    c.paint(sky)
    rows = (("3a2f6e", 0.34, 0.62, 0.06), ("241f52", 0.24, 0.56, 0.085), ("12112f", 0.12, 0.46, 0.12))
    for i, (code, low, high, wide) in enumerate(rows):
        x = -1.05 * c.span
        while x < c.span:
            w = wide * float(rng.uniform(0.7, 1.6))
            tall = float(rng.uniform(low, high)) * (1.0 if i < 2 else 0.75 + 0.4 * min(1.5, abs(x + w / 2) / c.half))
            _tower(c, rng, (x, street, w, tall), mix(rgb(code), rgb("4a3a80"), float(rng.uniform(0, 0.15))), i)
            x += w * float(rng.uniform(0.95, 1.35 if i < 2 else 1.7))
        mist = np.exp(-(((c.v - street) / 0.2) ** 2)) + 0 * c.x
        c.screen((0.16 * mist).astype(np.float32), rgb("ff9c7a"))
    c.land(lambda x: np.full_like(x, street), solid(rgb("0d0c22")))
    c.mirror(street, rgb("0c0d2a"), 0.45, (0.012 * c.noise(rng, 1.5, 60, 2)).astype(np.float32))
    for _ in range(24):
        x, tone = float(rng.uniform(-1, 1) * c.span), ("ffd89a", "ff9a6b", "9fd4ff", "ff7b9c")[rng.integers(4)]
        c.dot(x, street - 0.006, 0.0045, rgb(tone))
    return c.pixels


def _tower(c: Canvas, rng: Rng, at: tuple[float, float, float, float], colour: Colour, row: int) -> None:
    x, foot, wide, tall = at
    shapes = [box(0, -tall, wide, 0.02)]
    style = rng.uniform()
    if style < 0.3:
        shapes.append(box(wide * 0.2, -tall - 0.035, wide * 0.8, -tall))
    if style < 0.12:
        shapes.append(box(wide * 0.48, -tall - 0.11, wide * 0.52, -tall))
    c.fill([c.points(shape, x, foot, 1.0) for shape in shapes], colour)
    c.fill([c.points(box(wide * 0.86, -tall, wide, 0.02), x, foot, 1.0)], mix(colour, rgb("000010"), 0.22))
    size = (0.006, 0.0085, 0.012)[row]
    cols, rows = max(1, int(wide * 0.84 / (size * 1.9))), max(1, int(tall / (size * 2.3)))
    warm, cool = hues("ffe2a0 ffc766 ffad5c fff0cc"), hues("a8dcff d6efff 8fc0ff fff0cc")
    tones = warm if rng.uniform() < 0.78 else cool
    fade = (0.45, 0.2, 0.0)[row]
    lit = rng.uniform(size=(rows, cols)) < rng.uniform(0.25, 0.6)
    shade = rng.integers(0, 4, (rows, cols))
    for r, k in np.argwhere(lit):
        left, top = (k + 0.5) * size * 1.9, -tall + (r + 0.7) * size * 2.3
        c.fill(
            [c.points(box(left, top, left + size, top + size * 1.35), x, foot, 1.0)],
            mix(tones[shade[r, k]], colour, fade),
        )


def sunset(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.64, 0.74)
    skies = (
        "2b1a58 7a2a72 d94a6a ff8a52 ffd27a",
        "35235f 93365f e8574f ffa04e ffe08c",
        "3b2a78 a04184 f26a75 ffa86a ffe3a3",
    )
    sky = c.sky(hues(skies[rng.integers(3)]), horizon, 0.04 * c.noise(rng, 1, 3))
    sun = (float(rng.choice([-1.0, 1.0]) * rng.uniform(0.2, 0.65) * c.half), horizon - float(rng.uniform(0.02, 0.12)))
    sky = lerp(sky, solid(rgb("fff0b8")), 0.85 * c.glow(*sun, 0.3))
    for _ in range(3):
        wisp = c.noise(rng, 1.3, 14, 4) + 0.3 * c.noise(rng, 0.7, 3, 2)
        place = np.exp(-(((c.v - rng.uniform(0.12, horizon - 0.1)) / 0.14) ** 2))
        cover = smoothstep(0.15, 0.75, (wisp * place + 0.15 * place).astype(np.float32))
        under = np.clip(0.25 + 1.1 * c.glow(*sun, 0.6) + 0.3 * wisp, 0, 1).astype(np.float32)
        sky = lerp(sky, ramp(hues("6b2f6e b8456f ff8f6b ffe0a0"), under), 0.75 * cover)
    c.paint(sky)
    c.dot(*sun, float(rng.uniform(0.065, 0.09)), rgb("fff6d0"))
    if rng.uniform() < 0.55:
        c.land(lambda x: np.full_like(x, horizon), solid(rgb("3a1a4a")))
        c.mirror(horizon, rgb("3f1f58"), 0.42, (0.03 * swell(c, rng, horizon)).astype(np.float32))
        glints(c, rng, (sun[0], 0.07, horizon + 0.004, 1.0), rgb("ffdf9a"), 110)
        c.land(raised(c.curve(rng, 1.5, 3), 1.03, 0.06), solid(rgb("1e0f30")))
        return c.pixels
    for i, code in enumerate(("8a3b66", "5c2857", "371a42", "1f1030")):
        top = raised(c.curve(rng, 1.0 + 0.3 * i, 3), horizon + 0.01 + 0.075 * i, 0.045)
        if i == 3:
            firs(c, rng, top, (0.05, 0.1), (rgb(code), rgb(code)), 24)
        c.land(
            top,
            ramp(
                [rgb(code), mix(rgb(code), rgb("ff8a5a"), 0.12)], smoothstep(0, 0.2, c.v - horizon - 0.08 * i + 0 * c.x)
            ),
        )
    return c.pixels


def cloudy_sky(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    sky = c.sky(hues(("1f78d1 4fa3e6 9ad0f5", "2b86dc 63b3ee b4def8", "1a6cc0 4797dd 8cc5ef")[rng.integers(3)]))
    texture = c.noise(rng, 9, 9, 4)
    wisp = c.noise(rng, 1.0, 5, 4)
    sky = lerp(sky, solid(rgb("ffffff")), 0.4 * smoothstep(0.2, 1.1, wisp))
    sun = float(rng.choice([-0.6, 0.6]))
    shade = mix(rgb("b5cfe8"), rgb("a3bfe0"), rng.uniform())
    for depth in np.linspace(0, 1, 11):
        v = 0.16 + 0.9 * depth + float(rng.uniform(-0.06, 0.06))
        x = float(rng.uniform(-1.0, 1.0) * c.span)
        wide = (0.16 + 0.5 * depth) * float(rng.uniform(0.8, 1.25))
        for shift in (-0.32, 0.3, 0.0):
            at = (x + shift * wide, v + 0.012 * float(rng.normal()), wide * (0.75 if shift else 1.0))
            c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), shade, 0.42, 0.95, sun))
    c.paint(sky)
    return c.pixels


def underwater(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    deep = ("8ff0e6 35bfd0 1489b0 0a568a 073a66", "9af2d8 3cc7bd 148f9c 0a5f7c 07415e")[rng.integers(2)]
    sun = float(rng.uniform(-0.5, 0.5) * c.half)
    water = c.sky(hues(deep), 1.0, (0.05 * c.noise(rng, 2, 3) - 0.12 * c.glow(sun, 0.0, 0.6)).astype(np.float32))
    bright = np.abs(c.noise(rng, 7, 22, 2) * (1 + 0 * c.x))
    net = np.exp(-bright * 9) * np.exp(-c.v / 0.09)
    c.paint(lerp(water, solid(rgb("eaffff")), (0.7 * net).astype(np.float32)))
    beds = (("2f7f9c", "1f6a8c"), ("1a5f7c", "124c6c"), ("c9b98a", "5f8f92"))
    for i, (first, second) in enumerate(beds):
        base = 0.82 + 0.06 * i
        top = raised(c.curve(rng, 1.6 - 0.3 * i, 3, 0.3 - 0.15 * i), base, (0.1, 0.07, 0.025)[i])
        t = smoothstep(base - 0.1, 1.05, c.v + 0.02 * c.noise(rng, 5, 12, 3))
        c.land(top, ramp([rgb(first), rgb(second)], t))
        _weeds(c, rng, i)
    angle = (c.x - sun) / (0.45 + c.v * 0.9)
    rays = np.clip(c.curve(rng, 6, 3)(angle.astype(np.float32)) + 0.15, 0, 1) * np.exp(-c.v / 0.55)
    c.screen((0.45 * rays).astype(np.float32), rgb("d4fff6"))
    for _ in range(8):
        x, v = float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0.25, 0.85))
        for k in range(rng.integers(2, 6)):
            r = float(rng.uniform(0.002, 0.007))
            px, pv = x + float(rng.normal(0, 0.008)), v - 0.03 * k
            c.dot(px, pv, r, rgb("9fe6ea"))
            c.dot(px - 0.25 * r, pv - 0.25 * r, r * 0.55, rgb("e4ffff"))
    return c.pixels


def _weeds(c: Canvas, rng: Rng, row: int) -> None:
    colours = hues(("2a86a0 2f8f9a", "1f7f74 2a8f6f 7a4f8f", "2f9f6a 58b85c d9667f ef8f6a")[row])
    for _ in range((10, 9, 8)[row]):
        edge = float(rng.choice([-1.0, 1.0]))
        x = edge * c.half * float(rng.uniform(0.55 if row else 0.1, 1.02))
        colour = colours[rng.integers(len(colours))]
        for _ in range(5):
            tall = float(rng.uniform(0.08, 0.2)) * (0.9 + 0.5 * row) * (0.5 + 0.6 * abs(x) / c.half)
            t = np.linspace(0, 1, 16)
            phase, lean = rng.uniform(0, 6.3), rng.normal(0, 0.3)
            line = np.stack([tall * (0.1 * np.sin(phase + t * 6) * t + lean * t), -tall * t], 1).astype(np.float32)
            leaf = strip(
                line, (0.009 * (0.7 + 0.4 * row) * np.sqrt(1 - t) * (0.6 + 0.4 * np.sin(t * 20))).astype(np.float32)
            )
            px = x + float(rng.normal(0, 0.022))
            c.fill([c.points(leaf, px, 0.9 + 0.06 * row, 1.0)], mix(colour, rgb("0c4a6a"), float(rng.uniform(0, 0.3))))
