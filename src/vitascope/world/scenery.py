"""A canvas for procedural scenes: soft colour fields at a fixed low resolution, crisp shapes at the full one.

Coordinates are free of pixels, so that one seed gives one composition at every size: `x` runs over [-half, half] in
units of `Canvas.unit` pixels with 0 in the middle, `v` over [0, 1] from the top row to the bottom one. Things are laid
out over [-span, span], and a narrower picture sees the middle of them.

Legend: H, W rows and columns of the picture; h, w rows and columns of the soft fields; colours are sRGB in 0..255.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Values = npt.NDArray[Any]
Colour = tuple[float, float, float]
Curve = Callable[[Field], Field]

Pixels = npt.NDArray[np.uint8]

_SOFT_PIXELS = 640 * 360
_SHIFT = 4
_CURVE_SAMPLES = 4096


def pixels_of(image: Values) -> Pixels:
    """The same array, known to hold uint8 pixels: OpenCV does not say what its functions return."""
    return np.asarray(image, np.uint8)


def rgb(code: str) -> Colour:
    """The colour that six hexadecimal digits name, each channel in 0..255."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour at `share` (0..1) of the way from `first` to `second`."""
    return (
        first[0] + (second[0] - first[0]) * share,
        first[1] + (second[1] - first[1]) * share,
        first[2] + (second[2] - first[2]) * share,
    )


def hues(codes: str) -> list[Colour]:
    """The colours that a string of hexadecimal codes divided by spaces names."""
    return [rgb(code) for code in codes.split()]


def ramp(colours: Sequence[Colour], t: Values, stops: Sequence[float] | None = None) -> Field:
    """Colours (..., 3) at positions `t` of a gradient through `colours`, evenly spaced over 0..1 or at `stops`."""
    places = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops)
    grid = np.linspace(0, 1, 2048)
    table = np.stack([np.interp(grid, places, [c[i] for c in colours]) for i in range(3)], axis=-1).astype(np.float32)
    index = (np.clip(t, 0, 1) * 2047).astype(np.int32)
    return table[index]


def smoothstep(low: float, high: float, t: Values) -> Field:
    """0 at `low`, 1 at `high`, an S-curve between; `low` may be the larger one."""
    s = np.clip((t - low) / (high - low), 0, 1)
    return (s * s * (3 - 2 * s)).astype(np.float32)


def lerp(first: Values, second: Values, share: Values) -> Field:
    """`first` where `share` is 0, `second` where it is 1; a share without channels is spread over them."""
    weight = share[..., None] if share.ndim < first.ndim else share
    return (first + (second - first) * weight).astype(np.float32)


def solid(colour: Colour) -> Field:
    """One colour as a field (1, 1, 3)."""
    return np.array([[colour]], np.float32)


@dataclass(frozen=True)
class Puffs:
    """How one bank of clouds or leaves is built: where, how large, and its colours in light and in shade."""

    lit: Colour
    shade: Colour
    softness: float = 0.45
    opacity: float = 1.0
    sun: float = -0.4


class Canvas:
    """Pixels being painted, and the coordinates to paint them in."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.unit = min(float(height), 1.4 * width)
        self.half = width / (2 * self.unit)
        self.span = max(1.0, self.half)
        self.tall = height / self.unit
        scale = (_SOFT_PIXELS / (width * height)) ** 0.5
        self.low_w, self.low_h = max(2, round(width * scale)), max(2, round(height * scale))
        self.x: Values = ((np.arange(self.low_w, dtype=np.float32) + 0.5) / self.low_w * 2 - 1)[None, :] * self.half
        self.v: Values = ((np.arange(self.low_h, dtype=np.float32) + 0.5) / self.low_h)[:, None]
        self.columns: Field = np.linspace(-self.half, self.half, max(2, width // 3 + 1), dtype=np.float32)
        self.pixels: npt.NDArray[np.uint8] = np.zeros((height, width, 3), np.uint8)

    # -- fields at the low resolution

    def noise(self, rng: np.random.Generator, fx: float, fy: float, octaves: int = 3, gain: float = 0.5) -> Field:
        """Smooth noise (h, w) in about -1..1 with `fx` cells a unit of x and `fy` cells from top to bottom."""
        full_w = round(self.low_w * self.span / self.half)
        left = (full_w - self.low_w) // 2
        total = np.zeros((self.low_h, self.low_w), np.float32)
        weight, norm = 1.0, 0.0
        for octave in range(octaves):
            rows = max(2, round(fy * 2**octave) + 2)
            cols = max(2, round(2 * self.span * fx * 2**octave) + 2)
            grid = rng.uniform(-1, 1, (rows, cols)).astype(np.float32)
            full = cv2.resize(grid, (full_w, self.low_h), interpolation=cv2.INTER_CUBIC)
            total += weight * full[:, left : left + self.low_w]
            norm += weight
            weight *= gain
        return total / np.float32(norm * 0.6)

    def distance(self, x: float, v: float) -> Field:
        """Distance (h, w) of every soft pixel from a point, in units."""
        return np.sqrt((self.x - x) ** 2 + ((self.v - v) * self.tall) ** 2).astype(np.float32)

    def glow(self, x: float, v: float, radius: float) -> Field:
        """A soft light (h, w): 1 at the point, falling as a bell curve of that radius."""
        return np.exp(-((self.distance(x, v) / radius) ** 2)).astype(np.float32)

    def sky(self, colours: Sequence[Colour], horizon: float = 1.0, wobble: Field | None = None) -> Field:
        """A vertical gradient (h, w, 3) from the top row to `horizon`."""
        t = np.broadcast_to(self.v / horizon, (self.low_h, self.low_w)).astype(np.float32)
        return ramp(colours, t if wobble is None else (t + wobble).astype(np.float32))

    def puff(self, soft: Field, at: tuple[float, float, float], texture: Field, look: Puffs) -> None:
        """Lay one round lump at (x, v, radius) on the soft picture, lit from above and from the side of the sun."""
        x, v, radius = at
        reach = radius * 1.35
        c0 = max(0, int((x - reach + self.half) / (2 * self.half) * self.low_w))
        c1 = min(self.low_w, int((x + reach + self.half) / (2 * self.half) * self.low_w) + 1)
        r0 = max(0, int((v - reach / self.tall) * self.low_h))
        r1 = min(self.low_h, int((v + reach / self.tall) * self.low_h) + 1)
        if c0 >= c1 or r0 >= r1:
            return
        dx = (self.x[:, c0:c1] - x) / radius
        dy = (self.v[r0:r1] - v) * self.tall / radius
        rough = texture[r0:r1, c0:c1]
        far = np.sqrt(dx * dx + dy * dy) + 0.3 * rough
        alpha = smoothstep(1.0, 1.0 - look.softness, far.astype(np.float32)) * look.opacity
        light = np.clip(0.55 - 0.55 * dy + look.sun * 0.5 * dx + 0.22 * rough, 0, 1).astype(np.float32)
        colour = lerp(np.broadcast_to(solid(look.shade), (*light.shape, 3)), solid(look.lit), light)
        window = soft[r0:r1, c0:c1]
        window += (colour - window) * alpha[..., None]

    def cumulus(
        self, rng: np.random.Generator, soft: Field, at: tuple[float, float, float], texture: Field, look: Puffs
    ) -> None:
        """Lay a heap of lumps at (x, v of its base, width): tall in the middle, level below."""
        x, base, width = at
        count = 16
        offset = rng.normal(0, 0.36, count).clip(-0.95, 0.95)
        radius = width * (0.34 - 0.2 * np.abs(offset)) * rng.uniform(0.6, 1.0, count)
        lift = rng.uniform(0.0, 1.1, count) * (1 - np.abs(offset)) * 0.32 * width
        for i in map(int, np.argsort(-lift)):
            v = base - (lift[i] + radius[i] * 0.55) / self.tall
            self.puff(soft, (x + offset[i] * width * 0.8, v, float(radius[i])), texture, look)

    # -- curves over x

    def curve(self, rng: np.random.Generator, freq: float, octaves: int = 3, sharp: float = 0.0) -> Curve:
        """A random line over x in about -1..1 with `freq` cells a unit; `sharp` (0..1) turns waves into crags."""
        total = np.zeros(_CURVE_SAMPLES, np.float32)
        weight, norm = 1.0, 0.0
        for octave in range(octaves):
            knots = rng.uniform(-1, 1, (1, max(3, round(2 * self.span * freq * 2**octave) + 2))).astype(np.float32)
            smooth = cv2.resize(knots, (_CURVE_SAMPLES, 1), interpolation=cv2.INTER_CUBIC)[0]
            straight = cv2.resize(knots, (_CURVE_SAMPLES, 1), interpolation=cv2.INTER_LINEAR)[0]
            total += weight * (smooth * (1 - sharp) + straight * sharp)
            norm += weight
            weight *= 0.5
        grid = np.linspace(-self.span, self.span, _CURVE_SAMPLES)

        def line(x: Field) -> Field:
            return np.interp(x, grid, total / (norm * 0.6)).astype(np.float32)

        return line

    # -- painting at the full resolution

    def enlarge(self, soft: Values) -> Pixels:
        """A soft picture (h, w, 3) as pixels (H, W, 3)."""
        small = np.clip(soft + 0.5, 0, 255).astype(np.uint8)
        return pixels_of(cv2.resize(small, (self.width, self.height), interpolation=cv2.INTER_LINEAR))

    def paint(self, soft: Field) -> None:
        """Cover everything with a soft picture (h, w, 3)."""
        full = np.broadcast_to(soft, (self.low_h, self.low_w, 3))
        self.pixels = np.ascontiguousarray(self.enlarge(full.astype(np.float32)))

    def land(self, top: Curve, soft: Field) -> None:
        """Fill everything below the line `top` (v over x) with a soft picture (h, w, 3), its edge antialiased."""
        heights = top(self.columns) * self.height
        first = int(max(0, np.floor(heights.min()) - 1))
        if first >= self.height:
            return
        last = int(min(self.height, max(first + 1, np.ceil(heights.max()) + 2)))
        xs = self.columns / self.half * self.width / 2 + self.width / 2
        outline = np.concatenate(
            [
                np.stack([xs, heights], 1),
                [[self.width + 9, heights[-1]], [self.width + 9, self.height + 9.0]],
                [[-9.0, self.height + 9.0], [-9.0, heights[0]]],
            ]
        )
        outline[:, 1] -= first
        mask = np.zeros((last - first, self.width), np.uint8)
        cv2.fillPoly(mask, [_fixed(outline)], 255, cv2.LINE_AA, _SHIFT)
        r0 = max(0, int(first / self.height * self.low_h) - 2)
        full = np.broadcast_to(soft, (self.low_h, self.low_w, 3)).astype(np.float32)
        full[:r0] = full[r0]
        layer = self.enlarge(full)
        self.pixels[last:] = layer[last:]
        self._blend(first, last, layer[first:last], mask)

    def _blend(self, first: int, last: int, layer: npt.NDArray[np.uint8], mask: npt.NDArray[np.uint8]) -> None:
        share = mask.astype(np.float32) / 255
        self.pixels[first:last] = cv2.blendLinear(layer, self.pixels[first:last], share, 1 - share)

    def overlay(self, shape: Field, soft: Values, outside: bool = False) -> None:
        """Fill a polygon (N, 2), in pixels, with a soft picture (h, w, 3); or everything but the polygon."""
        mask = np.full((self.height, self.width), 255 if outside else 0, np.uint8)
        cv2.fillPoly(mask, [_fixed(shape)], 0 if outside else 255, cv2.LINE_AA, _SHIFT)
        self._blend(0, self.height, self.enlarge(np.broadcast_to(soft, (self.low_h, self.low_w, 3))), mask)

    def points(self, shape: Values, x: float, v: float, size: float) -> Field:
        """Pixels of a shape (N, 2) given in its own units, y downwards, set at (x, v) and scaled to `size` units."""
        return shape * np.float32(size * self.unit) + np.array(
            [self.width / 2 + x * self.unit, v * self.height], np.float32
        )

    def fill(self, shapes: Sequence[Field], colour: Colour) -> None:
        """Fill polygons (N, 2), in pixels, with one colour."""
        for shape in shapes:
            cv2.fillPoly(self.pixels, [_fixed(shape)], colour, cv2.LINE_AA, _SHIFT)

    def dot(self, x: float, v: float, radius: float, colour: Colour) -> None:
        """A disc of `radius` units."""
        centre = (round((self.width / 2 + x * self.unit) * 16), round(v * self.height * 16))
        cv2.circle(self.pixels, centre, max(6, round(radius * self.unit * 16)), colour, -1, cv2.LINE_AA, _SHIFT)

    def screen(self, light: Field, colour: Colour) -> None:
        """Add soft light (h, w) in 0..1 of a colour; white stays white."""
        keep = 1 - np.clip(light, 0, 1)[..., None] * (np.array(colour, np.float32) / 255)
        dark = cv2.multiply(cv2.bitwise_not(self.pixels), self.enlarge(keep * 255), scale=1 / 255)
        self.pixels = pixels_of(cv2.bitwise_not(dark))

    def shade(self, keep: Field) -> None:
        """Darken by a soft field (h, w) or (h, w, 3) in 0..1."""
        full = np.repeat(keep[..., None], 3, 2) if keep.ndim == 2 else keep
        self.pixels = pixels_of(cv2.multiply(self.pixels, self.enlarge(full * 255), scale=1 / 255))

    def mirror(self, line: float, depth: Colour, strength: float, ripple: Field) -> None:
        """Still water below `line` (v): what stands above it upside down, blurred, sunk towards a colour.

        `ripple` (h, w) shifts the reflection sideways, in units.
        """
        row = round(line * self.height)
        below = self.height - row
        if row <= 0 or below <= 0:
            return
        ys = np.clip(row - 1 - np.arange(below, dtype=np.float32) * min(1.0, row / below), 0, row - 1)
        wide = cv2.resize(ripple, (self.width, self.height), interpolation=cv2.INTER_LINEAR)[row:] * self.unit
        map_x = (np.arange(self.width, dtype=np.float32)[None, :] + wide).astype(np.float32)
        map_y = np.repeat(ys[:, None], self.width, 1).astype(np.float32)
        image = cv2.remap(self.pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        image = cv2.blur(image, (1, max(1, round(self.unit * 0.012))))
        self.pixels[row:] = cv2.addWeighted(image, 1 - strength, np.full_like(image, depth), strength, 0)


def _fixed(points: Field | npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def conifer(rng: np.random.Generator, tiers: int = 5) -> Field:
    """The outline (N, 2) of a fir one unit tall that stands on (0, 0)."""
    width = rng.uniform(0.17, 0.23)
    right: list[tuple[float, float]] = [(0.0, -1.0)]
    for tier in range(1, tiers + 1):
        y = -1 + 0.9 * tier / tiers
        reach = width * (tier / tiers) ** 0.9 * rng.uniform(0.88, 1.12)
        right += [(reach, y + 0.02), (reach * 0.55, y - 0.005)]
    right += [(0.03, -0.1), (0.03, 0.02)]
    left = [(-px * rng.uniform(0.9, 1.1), py) for px, py in reversed(right[1:])]
    return np.array(right + left, np.float32)


def ellipse(wide: float, high: float, count: int = 40) -> Field:
    """An ellipse (N, 2) with those half axes about (0, 0)."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([wide * np.cos(angle), high * np.sin(angle)], 1).astype(np.float32)


def strip(centre: Field, widths: Field) -> Field:
    """A ribbon (2N, 2) along a line of points (N, 2), `widths` (N,) to each side."""
    step = np.gradient(centre, axis=0)
    step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-6)
    normal = np.stack([-step[:, 1], step[:, 0]], 1) * widths[:, None]
    return np.concatenate([centre + normal, (centre - normal)[::-1]]).astype(np.float32)


def box(left: float, top: float, right: float, bottom: float) -> Field:
    """A rectangle (4, 2)."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
