"""Scenes of land: snow, grass, sand, woods and rock. Each function paints one scene with a generator and a size."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.world.scenery import (
    Canvas,
    Colour,
    Curve,
    Field,
    Puffs,
    conifer,
    hues,
    lerp,
    mix,
    ramp,
    rgb,
    smoothstep,
    solid,
    strip,
)

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator


def raised(curve: Curve, base: float, height: float) -> Curve:
    """The curve about `base` (v), `height` high, upwards where the curve is positive."""
    return lambda x: (base - height * curve(x)).astype(np.float32)


def slope_light(c: Canvas, top: Curve, side: float, reach: float) -> Field:
    """Light (h, w) about 0..1 on rolling ground below `top`: bright where it faces `side`, fading with depth."""
    near = np.asarray(c.x[0])
    step = np.float32(0.02)
    slope = (top(near + step) - top(near - step)) / (2 * step)
    depth = np.maximum(c.v - top(near)[None, :], 0) / reach
    return (0.5 + side * slope[None, :] * 1.6 * np.exp(-depth * 1.5) + 0.42 * np.exp(-depth * 3)).astype(np.float32)


def firs(
    c: Canvas, rng: Rng, top: Curve, size: tuple[float, float], colours: tuple[Colour, Colour], count: int
) -> None:
    """A row of firs along a line, in a colour between two."""
    xs = np.sort(rng.uniform(-1.05, 1.05, count) * c.span)
    for x in xs:
        height = rng.uniform(*size)
        shape = conifer(rng)
        colour = mix(colours[0], colours[1], rng.uniform())
        v = float(top(np.array([x], np.float32))[0]) + 0.006
        c.fill([c.points(shape, float(x), v, height)], colour)


def snowy_field(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    skies = ("9fc3e8 cfe2f3 f3f6fa", "a8bfe3 d5d9ee f9e6dd", "b4c8dc d7e2ec eef3f7")
    horizon = rng.uniform(0.36, 0.44)
    sky = c.sky(hues(skies[rng.integers(3)]), horizon, 0.08 * c.noise(rng, 0.8, 3))
    sun = rng.uniform(-0.9, 0.9) * c.half
    side = 1.0 if sun < 0 else -1.0
    c.paint(lerp(sky, solid(rgb("fffdf5")), 0.75 * c.glow(sun, horizon - 0.1, 0.35)))
    far = raised(c.curve(rng, 1.6, 3), horizon, 0.035)
    firs(c, rng, far, (0.04, 0.085), (rgb("a9bfd6"), rgb("98b2cd")), 90)
    c.land(far, ramp(hues("f4f8fc dfeaf5"), smoothstep(horizon, horizon + 0.2, c.v + 0 * c.x)))
    near = raised(c.curve(rng, 1.2, 3), horizon + 0.06, 0.03)
    firs(c, rng, near, (0.08, 0.16), (rgb("6d8dab"), rgb("587a9b")), 16)
    for i in range(4):
        base = horizon + 0.07 + 0.115 * i + rng.uniform(-0.015, 0.015)
        top = raised(c.curve(rng, 0.9 + 0.15 * i, 2), base, 0.045 + 0.008 * i)
        light = slope_light(c, top, side, 0.2) + 0.2 * c.noise(rng, 2.5, 9, 3)
        c.land(top, ramp(hues("a9c3e2 cbdcf0 e9f1f9 ffffff"), light))
    for edge in (-1, 1):
        if rng.uniform() < 0.75:
            for _ in range(rng.integers(1, 4)):
                _snowy_fir(
                    c, rng, edge * c.half * rng.uniform(0.78, 1.0), rng.uniform(0.55, 0.75), rng.uniform(0.22, 0.4)
                )
    return c.pixels


def _snowy_fir(c: Canvas, rng: Rng, x: float, v: float, size: float) -> None:
    shape = conifer(rng, 6)
    c.fill([c.points(shape, x, v, size)], rgb("4d708f"))
    snow = shape * np.array([0.8, 1.0], np.float32) + np.array([-0.012, -0.022], np.float32)
    c.fill([c.points(snow[:-2], x, v - 0.01, size * 0.97)], rgb("eaf2fa"))
    shadow = shape[: len(shape) // 2 + 1]
    c.fill([c.points(shadow * np.array([0.85, 0.97], np.float32), x, v - 0.012, size)], rgb("b7cde4"))


def meadow(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.4, 0.5)
    sky = c.sky(hues(("58aee8 a5d8f5 e3f4fb", "6cb8e6 b9e2f2 f2f7e8")[rng.integers(2)]), horizon)
    texture = c.noise(rng, 6, 9, 3)
    for _ in range(rng.integers(2, 5)):
        at = (rng.uniform(-1, 1) * c.span, rng.uniform(0.14, horizon - 0.08), rng.uniform(0.22, 0.42))
        c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), rgb("cfe4f2"), 0.5, 0.9))
    c.paint(sky)
    side = float(rng.choice([-1.0, 1.0]))
    c.land(raised(c.curve(rng, 1.3, 3), horizon - 0.02, 0.05), ramp(hues("9ccfb4 b5dcae"), c.v / 0.6 + 0 * c.x))
    greens = ("7cc46a a6dc7c c9ec8f", "58b04c 8dd05e b9e673", "45a343 7dc950 a9de63", "35913c 62b846 93d556")
    for i, codes in enumerate(greens):
        base = horizon + 0.04 + 0.125 * i + rng.uniform(-0.02, 0.02)
        top = raised(c.curve(rng, 0.8 + 0.1 * i, 2), base, 0.05)
        if i < 2:
            _round_trees(c, rng, top, 0.035 + 0.02 * i, 9 - 4 * i)
        light = slope_light(c, top, side, 0.18) + 0.22 * c.noise(rng, 3, 14, 3)
        c.land(top, ramp(hues(codes), light))
    petals = [hues("ffffff fff3b0 ffd84d"), hues("ff8fb1 ffffff ffd84d"), hues("c9a0ff ffffff ffe066")][rng.integers(3)]
    for depth in np.sort(rng.beta(2.0, 1.2, 240)):
        v = horizon + 0.2 + (0.83 - horizon) * depth
        x = rng.uniform(-1, 1) * c.span
        c.dot(float(x), float(v), 0.0015 + 0.0045 * float(depth) ** 2, petals[rng.integers(3)])
    blades(c, rng, hues("2f8438 4ba343 79c250"), 260, 0.1)
    return c.pixels


def blades(c: Canvas, rng: Rng, colours: list[Colour], count: int, size: float) -> None:
    """Grass along the bottom edge."""
    for i in range(count):
        x = float(rng.uniform(-1.02, 1.02) * c.span)
        tall = rng.uniform(0.45, 1.0) * size
        lean = rng.uniform(-0.45, 0.45)
        width = 0.045 * size
        blade = np.array(
            [
                [-width, 0],
                [lean * 0.4 * tall, -0.6 * tall],
                [lean * tall, -tall],
                [lean * 0.4 * tall + width, -0.58 * tall],
                [width, 0],
            ],
            np.float32,
        )
        c.fill([c.points(blade, x, 1.01, 1.0)], colours[i * len(colours) // count])


def _round_trees(c: Canvas, rng: Rng, top: Curve, size: float, count: int) -> None:
    for _ in range(count):
        x = float(rng.uniform(-1, 1) * c.span)
        v = float(top(np.array([x], np.float32))[0])
        r = size * rng.uniform(0.7, 1.3)
        c.fill(
            [c.points(np.array([[-0.1, 0.2], [-0.07, -1], [0.07, -1], [0.1, 0.2]], np.float32), x, v, r)], rgb("6b7a4a")
        )
        for dx, dy, rr, code in (
            (0, -1.3, 1, "4f9d55"),
            (-0.6, -0.95, 0.7, "4f9d55"),
            (0.6, -0.95, 0.7, "4f9d55"),
            (-0.15, -1.5, 0.7, "69b45d"),
        ):
            c.dot(x + dx * r, v + dy * r / c.tall, rr * r, rgb(code))


def desert(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    horizon = rng.uniform(0.36, 0.46)
    sky = c.sky(
        hues(("8ccbe0 d9e6d2 fde9bf", "f2c48a f8dba8 fdeecb", "7fc0dd c9e2e0 fbeccd")[rng.integers(3)]), horizon
    )
    sun = float(rng.uniform(-0.8, 0.8) * c.half)
    sky = lerp(sky, solid(rgb("fff6dc")), 0.9 * c.glow(sun, horizon - 0.22, 0.3))
    c.paint(sky)
    side = 1.0 if sun < 0 else -1.0
    tones = (
        "d99a5e e9b373 f3c98a",
        "b8642f e39a4d f5bd6e",
        "a95528 df8d40 f4b45f",
        "9a4822 d67f35 f0a84f",
        "8c3f1e cb722c eb9d45",
    )
    for i, codes in enumerate(tones):
        base = horizon + 0.005 + 0.115 * i + rng.uniform(-0.02, 0.02)
        _dune(c, rng, (base, 0.045 + 0.022 * i), side, hues(codes))
    return c.pixels


def _dune(c: Canvas, rng: Rng, place: tuple[float, float], side: float, tones: list[Colour]) -> None:
    base, high = place
    knots = int(rng.integers(3, 6))
    peaks = np.sort(rng.uniform(-1.1, 1.1, knots) * c.span)
    valleys = np.concatenate([[-1.6 * c.span], (peaks[1:] * 0.6 + peaks[:-1] * 0.4), [1.6 * c.span]])
    xs = np.sort(np.concatenate([peaks, valleys]))
    ys = np.where(np.isin(xs, peaks), rng.uniform(0.45, 1.0, len(xs)), rng.uniform(-0.6, 0.0, len(xs)))
    grid = np.linspace(-1.6 * c.span, 1.6 * c.span, 1200)
    at = np.clip(np.searchsorted(xs, grid) - 1, 0, len(xs) - 2)
    t = (grid - xs[at]) / (xs[at + 1] - xs[at])
    rising = ys[at + 1] > ys[at]
    ease = np.where(rising, t**1.5, 1 - (1 - t) ** 1.5)
    line = ys[at] + (ys[at + 1] - ys[at]) * ease

    def top(x: Field) -> Field:
        return (base - high * np.interp(x, grid, line)).astype(np.float32)

    depth = np.maximum(c.v - top(c.x[0])[None, :], 0)
    bend = c.curve(rng, 2.0, 2)
    shift = depth * (0.9 + 0.25 * bend((depth * 3 - 0.9).astype(np.float32))) * side * 1.3
    shifted = (c.x - shift).astype(np.float32)
    sign = np.interp(shifted, grid, np.where(rising, 1.0, -1.0) * side).astype(np.float32)
    facing = smoothstep(-0.6, 0.6, cv2.GaussianBlur(sign, (0, 0), 1.0))
    fade = np.exp(-depth / (high * 2.2))
    lit = 0.62 + 0.38 * fade
    dark = 0.5 - 0.45 * fade
    ripples = np.sin(depth * 130 + 2.2 * c.noise(rng, 3, 6, 2) + c.x * 7) * 0.035 * facing * (depth > 0.01)
    c.land(top, ramp(tones, (dark + (lit - dark) * facing + ripples + 0.05 * c.noise(rng, 2, 5)).astype(np.float32)))


def forest(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    ground = rng.uniform(0.7, 0.78)
    light = float(rng.uniform(-0.6, 0.6) * c.half)
    back = c.sky(hues(("5e9c5a 9ecb86 dcf0bd", "4f9468 93c79a d8efcf")[rng.integers(2)]), ground)
    back = lerp(back, solid(rgb("fbffe0")), 0.8 * c.glow(light, 0.42, 0.42))
    texture = c.noise(rng, 7, 9, 3)
    _canopy(c, rng, back, texture, (0.1, 0.16, rgb("9ccf80"), rgb("5f9f5c")))
    c.paint(back)
    barks = (("8fbd83", "83b17a"), ("55805a", "496f50"), ("2f4a38", "243b2e"))
    for i, (first, second) in enumerate(barks):
        for _ in range((22, 13, 6)[i]):
            x = float(rng.uniform(-1.05, 1.05) * c.span)
            if i == 2 and abs(x) < 0.4 * c.half:
                x = float(np.copysign(rng.uniform(0.5, 1.0) * c.half, x))
            _trunk(
                c,
                rng,
                (x, ground + 0.03 + 0.05 * i),
                (0.009, 0.018, 0.034)[i],
                mix(rgb(first), rgb(second), rng.uniform()),
            )
        top = raised(c.curve(rng, 1.5, 4), ground - 0.015 + 0.075 * i, 0.03)
        tones = ("6da55a 93c36c b9db84", "3f7d42 5f9f4d 85bd5c", "23552f 3a7a3b 5d9c48")[i]
        rough = 0.9 - (c.v - ground + 0.03 - 0.075 * i) * 4 + 0.35 * c.noise(rng, 6, 12, 3)
        c.land(top, ramp(hues(tones), rough.astype(np.float32)))
        _ferns(c, rng, top, 0.03 + 0.025 * i, hues(("8abb66 77ab5c", "4d8f45 61a54e", "2c6634 3f8540")[i]))
    _overhang(c, rng, texture)
    angle = c.x - light + (c.v - 0.1) * c.tall * (0.35 if light < 0 else -0.35)
    rays = np.clip(c.curve(rng, 7, 2)(angle.astype(np.float32)), 0, 1) * np.exp(-((c.v - 0.35) ** 2) / 0.12)
    c.screen((0.33 * rays).astype(np.float32), rgb("f7ffcf"))
    return c.pixels


def _canopy(c: Canvas, rng: Rng, soft: Field, texture: Field, look: tuple[float, float, Colour, Colour]) -> None:
    reach, size, lit, shade = look
    for _ in range(46):
        at = (float(rng.uniform(-1, 1) * c.span), float(rng.uniform(-0.05, reach)), float(size * rng.uniform(0.5, 1)))
        c.puff(soft, at, texture, Puffs(lit, shade, 0.35, 0.75))


def _trunk(c: Canvas, rng: Rng, foot: tuple[float, float], size: float, colour: Colour) -> None:
    t = np.linspace(0, 1, 12)
    sway = rng.normal(0, size * 0.9) * np.sin(t * np.pi * rng.uniform(0.5, 1.5))
    line = np.stack([sway, -t * 1.15 * c.tall], 1).astype(np.float32)
    wide = size * (0.75 + 0.3 * (1 - t) + 0.9 * np.exp(-t * 28))
    c.fill([c.points(strip(line, wide.astype(np.float32)), foot[0], foot[1], 1.0)], colour)
    lit = strip(line - np.array([size * 0.45, 0], np.float32), (wide * 0.18).astype(np.float32))
    c.fill([c.points(lit, foot[0], foot[1], 1.0)], mix(colour, rgb("d9efb4"), 0.22))
    for _ in range(3):
        y, way = rng.uniform(0.35, 0.8), rng.choice([-1.0, 1.0])
        arm = np.stack([way * np.linspace(0, 1, 6) * size * 7, -y - np.linspace(0, 1, 6) ** 1.4 * size * 5], 1)
        shape = strip(arm.astype(np.float32), np.linspace(size * 0.28, size * 0.04, 6).astype(np.float32))
        c.fill([c.points(shape, foot[0], foot[1], 1.0)], colour)


def _ferns(c: Canvas, rng: Rng, top: Curve, size: float, colours: list[Colour]) -> None:
    for _ in range(34):
        x = float(rng.uniform(-1.02, 1.02) * c.span)
        v = float(top(np.array([x], np.float32))[0]) + 0.012
        for lean in np.linspace(-0.9, 0.9, 5) + rng.normal(0, 0.12, 5):
            t = np.linspace(0, 1, 6)
            line = np.stack([lean * t**1.3, -(t - 0.45 * abs(lean) * t**2)], 1).astype(np.float32)
            leaf = strip(line, (0.09 * np.sin(np.pi * (0.12 + 0.88 * t))).astype(np.float32))
            c.fill([c.points(leaf, x, v, size * rng.uniform(0.7, 1.2))], colours[rng.integers(len(colours))])


def _overhang(c: Canvas, rng: Rng, texture: Field) -> None:
    colours = hues("2c5c38 356b3c 447d43 24492f")
    for i in range(150):
        x = float(rng.uniform(-1.05, 1.05) * c.span)
        edge = min(1.0, abs(x) / c.half)
        v = float(rng.uniform(-0.04, 0.03 + 0.13 * edge**2))
        angle = rng.uniform(0, 2 * np.pi)
        t = np.linspace(0, 2 * np.pi, 14)
        r = rng.uniform(0.02, 0.045)
        leaf = np.stack([np.cos(t) * r * 1.4, np.sin(t) * r * 0.75], 1)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        c.fill([c.points((leaf @ turn).astype(np.float32), x, v, 1.0)], colours[i % 4])


def peak(
    c: Canvas, rng: Rng, at: tuple[float, float, float], wide: float, tones: tuple[Colour, Colour, Colour, Colour]
) -> None:
    """One mountain at (x, v of its foot, height): a lit face, a shaded face, and snow on both; tones in that order."""
    x, foot, high = at
    n = 9
    t = np.linspace(0, 1, n)
    lean = rng.uniform(-0.15, 0.15) * wide

    def flank(way: float) -> npt.NDArray[np.float64]:
        px = lean + (way * wide - lean) * t ** rng.uniform(0.9, 1.15)
        px[1:-1] += rng.normal(0, 0.035 * wide, n - 2)
        return np.stack([px, -high * (1 - t)], 1)

    left, right = flank(-1.0), flank(1.0)
    middle = np.stack([lean + np.cumsum(rng.normal(0.1, 0.9, n)) * 0.05 * wide * t**0.5 - lean * t, left[:, 1]], 1)
    middle[0] = left[0] = right[0] = (lean, -high)

    def put(outline: npt.NDArray[np.float64], colour: Colour) -> None:
        c.fill([c.points(outline.astype(np.float32), x, foot, 1.0)], colour)

    put(np.concatenate([left, right[::-1]]), tones[1])
    put(np.concatenate([left, middle[::-1]]), tones[0])
    for face, colour in ((left, tones[2]), (right, tones[3])):
        k = 4
        steps = np.linspace(0, 1, 6)[1:-1, None]
        edge = face[k] + (middle[k] - face[k]) * steps
        edge[:, 1] += np.tile([0.12, -0.1], 2) * high * rng.uniform(0.5, 1.0, 4)
        put(np.concatenate([face[: k + 1], edge, middle[: k + 1][::-1]]), colour)


def mountains(rng: Rng, width: int, height: int) -> Pixels:
    c = Canvas(width, height)
    skies = ("4f97d3 9cc9ea e4f2fa", "6aa9d8 b4d7ec f4f1e6", "5b8fc9 a9c6e6 eee8ef")
    sky = c.sky(hues(skies[rng.integers(3)]), 0.66)
    texture = c.noise(rng, 6, 9, 3)
    for _ in range(rng.integers(1, 4)):
        at = (float(rng.uniform(-1, 1) * c.span), float(rng.uniform(0.12, 0.3)), float(rng.uniform(0.25, 0.4)))
        c.cumulus(rng, sky, at, texture, Puffs(rgb("ffffff"), rgb("d5e4f2"), 0.6, 0.7))
    c.paint(sky)
    foot = 0.72
    rows = (
        ("a9c4dd", "9ab7d4", "d9e7f3", "bfd3e8"),
        ("7f9dbd", "6486ab", "eef5fb", "b9cfe6"),
        ("6b809c", "48607f", "ffffff", "a9c3df"),
    )
    for i, codes in enumerate(rows):
        lit, shaded, snow, shaded_snow = hues(" ".join(codes))
        tones = (lit, shaded, snow, shaded_snow)
        xs = (np.linspace(-1, 1, 9 - 2 * i) + rng.uniform(-0.1, 0.1, 9 - 2 * i)) * c.span
        highs = rng.uniform(0.24, 0.38, len(xs)) + 0.02 * i
        for j in np.argsort(-highs):
            peak(
                c, rng, (float(xs[j]), foot, float(highs[j]) * c.tall), float(highs[j] * rng.uniform(0.75, 1.0)), tones
            )
        mist = np.exp(-(((c.v - foot) / (0.16 - 0.02 * i)) ** 2)) + 0 * c.x
        c.screen((0.42 * mist).astype(np.float32), rgb("d5e6f3"))
    greens = ("7fa38b 94b795", "4d7f62 6b9b6d", "34684f 55895a", "2c5a41 4a7f4b")
    for i, codes in enumerate(greens):
        top = raised(c.curve(rng, 1.1, 3), 0.7 + 0.085 * i, 0.045)
        if i:
            low, high = hues(codes)
            firs(c, rng, top, (0.025 + 0.022 * i, 0.045 + 0.035 * i), (low, mix(low, high, 0.35)), 130 - 25 * i)
        light = slope_light(c, top, 1.0, 0.14) + 0.2 * c.noise(rng, 4, 12, 3)
        c.land(top, ramp(hues(codes), light))
    return c.pixels
