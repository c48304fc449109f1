"""The renderer: a scene becomes frames, and for every pixel where its background and its subject were at first.

Everything is an affine map: sprite to world, world to screen, so the motion is known exactly. Points are in frame
heights with the origin in the middle of the frame.

Legend: F frames, H rows, W columns.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.types import Pixels
from vitascope.world import backgrounds, motion, subjects
from vitascope.world.scene import COLOURS, UNCAPTIONED, Actor, Scene
from vitascope.world.scenery import pixels_of

Affine = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]

CANVAS_MARGIN = 1.6
_HUES = dict(zip(COLOURS, (0, 14, 27, 60, 110, 138, 165), strict=True))


@dataclass(frozen=True, eq=False)
class Rendered:
    """Colour (F, H, W, 3) uint8 and motion (F, H, W, 5) float32.

    `motion` leads back to the first frame, in two layers: (dx, dy) in frame heights to where the background here was
    then, the same for a subject here, and `member`, how much of the pixel is subject, 0 to 1. The subject's motion is
    told around it too and fades into the background's, so that both are smooth.
    """

    colour: Pixels
    motion: Field


def camera_matrix(scene: Scene, u: float) -> Affine:
    """World to screen at `u`, as a 3×3 matrix in frame heights."""
    view = motion.camera_move(scene.camera).path(u, scene.camera_amount)
    return _similarity(0, 0, view.zoom, view.roll) @ _similarity(-view.x, -view.y, 1, 0)


def actor_matrix(actor: Actor, u: float, aspect: float) -> Affine:
    """Sprite (of mean side 1, origin in its middle) to world at `u`, as a 3×3 matrix in frame heights."""
    path = motion.motion(actor.motion)
    reach = 0.28 * aspect
    pose = path.path(u, reach)
    anchor = 0.3 if path.centred else 1.0
    side = actor.size * pose.scale
    flip = -1.0 if actor.mirrored else 1.0
    shape = np.diag([flip / math.sqrt(pose.squash), pose.squash, 1.0])
    return _similarity(anchor * actor.x + pose.x, anchor * actor.y + pose.y, side, pose.angle) @ shape


def render(scene: Scene, us: Sequence[float], width: int, height: int) -> Rendered:
    """Frames of the scene at the moments `us` (0 first, 1 last), `width` by `height` pixels."""
    canvas, to_world = _canvas(scene, width, height)
    screen = _to_pixels(width, height)
    grid = _grid(width, height)
    opening = camera_matrix(scene, 0)
    colours: list[Pixels] = []
    motions: list[Field] = []
    for u in us:
        camera = camera_matrix(scene, u)
        colour = pixels_of(
            cv2.warpAffine(
                canvas,
                (screen @ camera @ to_world)[:2],
                (width, height),
                flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REFLECT_101,
            )
        )
        behind = _flow(grid, opening @ np.linalg.inv(camera))
        front, member = behind.copy(), np.zeros((height, width, 1), np.float32)
        for actor in scene.actors:
            place = camera @ actor_matrix(actor, u, scene.aspect)
            member = np.maximum(member, _composite(colour, actor, screen @ place)[..., None])
            start = opening @ actor_matrix(actor, 0, scene.aspect)
            front += _nearness(grid, place) * (_flow(grid, start @ np.linalg.inv(place)) - front)
        colours.append(_light(colour, scene.light))
        motions.append(np.concatenate([behind, front, member], -1))
    return Rendered(np.stack(colours), np.stack(motions))


def _similarity(x: float, y: float, scale: float, angle: float) -> Affine:
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    return np.array([[c, -s, x], [s, c, y], [0, 0, 1]], dtype=np.float64)


def _to_pixels(width: int, height: int) -> Affine:
    """Frame heights to pixel coordinates; pixel centres lie at whole numbers."""
    return np.array([[height, 0, width / 2 - 0.5], [0, height, height / 2 - 0.5], [0, 0, 1]], dtype=np.float64)


@functools.lru_cache(maxsize=8)
def _grid(width: int, height: int) -> Field:
    """Positions (H, W, 3) of all pixel centres, homogeneous, in frame heights."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.stack([(x + 0.5 - width / 2) / height, (y + 0.5 - height / 2) / height, np.ones_like(x)], axis=-1)


def _flow(grid: Field, back: Affine) -> Field:
    """(dx, dy) of every pixel under the map `back` from this frame to the first."""
    step = (back[:2] - np.eye(3)[:2]).astype(np.float32)
    return np.asarray(cv2.transform(grid, step), np.float32)


def _nearness(grid: Field, place: Affine) -> Field:
    """1 on and around the actor at `place`, falling to 0 far from it: where its motion is told (H, W, 1)."""
    reach = 1.3 * math.sqrt(abs(np.linalg.det(place[:2, :2])))
    square = np.square(grid[..., 0] - place[0, 2]) + np.square(grid[..., 1] - place[1, 2])
    return (1 / (1 + (square / np.float32(reach**2)) ** 3))[..., None].astype(np.float32)


def _composite(colour: Pixels, actor: Actor, place: Affine) -> Field:
    """Draws the actor over `colour` in place; returns its coverage (H, W) in 0 to 1."""
    height, width = colour.shape[:2]
    alpha_full = np.zeros((height, width), dtype=np.float32)
    scale = math.sqrt(abs(np.linalg.det(place[:2, :2])))
    levels = _pyramid(actor.subject, actor.colour)
    level = next((s for s in reversed(levels) if math.sqrt(s.shape[0] * s.shape[1]) >= 0.95 * scale), levels[0])
    rows, columns = level.shape[:2]
    side = math.sqrt(rows * columns)
    unit = np.array([[1 / side, 0, -(columns - 1) / 2 / side], [0, 1 / side, -(rows - 1) / 2 / side], [0, 0, 1]])
    warp = place @ unit
    corners = warp @ np.array([[-1, columns, -1, columns], [-1, -1, rows, rows], [1, 1, 1, 1]], dtype=np.float64)
    x0, y0 = (max(0, math.floor(v)) for v in corners[:2].min(axis=1))
    x1, y1 = (min(n, math.ceil(v) + 1) for v, n in zip(corners[:2].max(axis=1), (width, height), strict=True))
    if x1 <= x0 or y1 <= y0:
        return alpha_full
    warp[:2, 2] -= (x0, y0)
    flags = cv2.INTER_CUBIC if scale > side else cv2.INTER_LINEAR
    piece = cv2.warpAffine(level, warp[:2], (x1 - x0, y1 - y0), flags=flags).clip(0, 1)
    region = colour[y0:y1, x0:x1]
    region[:] = (piece[..., :3] * 255 + region * (1 - piece[..., 3:]) + 0.5).clip(0, 255)
    alpha_full[y0:y1, x0:x1] = piece[..., 3]
    return alpha_full


@functools.lru_cache(maxsize=512)
def _pyramid(subject: str, colour: str) -> tuple[Field, ...]:
    """The sprite at full, half, quarter … size: premultiplied RGBA in 0 to 1, largest first."""
    rgba = subjects.sprite(subjects.find(subject))
    rgb = _tint(rgba[..., :3], colour) if colour else rgba[..., :3]
    alpha = rgba[..., 3:].astype(np.float32) / 255
    whole = np.concatenate([rgb.astype(np.float32) / 255 * alpha, alpha], axis=-1)
    levels: list[Field] = [np.asarray(whole, np.float32)]
    while min(levels[-1].shape[:2]) >= 24:
        rows, columns = levels[-1].shape[:2]
        half = cv2.resize(levels[-1], ((columns + 1) // 2, (rows + 1) // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.float32))
    return tuple(levels)


def _tint(rgb: Pixels, colour: str) -> Pixels:
    """The picture with every coloured pixel moved to one hue; greys stay grey."""
    hsv = cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = _HUES[colour]
    return pixels_of(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB))


def _canvas(scene: Scene, width: int, height: int) -> tuple[Pixels, Affine]:
    """The background picture, larger than the frame by `CANVAS_MARGIN`, and its map to the world."""
    columns, rows = round(width * CANVAS_MARGIN), round(height * CANVAS_MARGIN)
    canvas = _background(scene.background, scene.background_seed, columns, rows)
    to_canvas = _to_pixels(columns, rows) @ _similarity(0, 0, 1 / CANVAS_MARGIN, 0)
    return canvas, np.asarray(np.linalg.inv(to_canvas), np.float64)


@functools.lru_cache(maxsize=1024)
def _background(name: str, seed: int, width: int, height: int) -> Pixels:
    if name == UNCAPTIONED:
        return backgrounds.dead_leaves(seed, width, height)
    return backgrounds.draw(backgrounds.find(name), seed, width, height)


def _light(colour: Pixels, light: str) -> Pixels:
    if light == "day":
        return colour
    gain, lift = _LIGHT[light]
    return (colour * np.array(gain, np.float32) + np.array(lift, np.float32)).clip(0, 255).astype(np.uint8)


_LIGHT: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "dusk": ((0.95, 0.72, 0.62), (18, 4, 10)),
    "night": ((0.35, 0.42, 0.62), (0, 2, 14)),
    "fog": ((0.55, 0.55, 0.55), (100, 104, 108)),
}
