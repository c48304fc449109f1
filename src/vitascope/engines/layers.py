"""From small frames to layers that move: what is subject, what is behind it, and one move a frame for each.

The latents tell the motion of background and subject at every small pixel of every frame. Each is fitted with one
similarity a frame, robustly and smoothly in time, so that noise in single pixels does not wobble the picture. Seen
back through these maps all frames agree on what is subject and on what it hides, and together they say it better than
any one of them.

Legend: F small frames, h rows, w columns; points are in frame heights from the middle, x right, y down. A move is
(2, 3), applied to (x, y, 1); it leads from a frame back to the first one.
Method: iteratively reweighted least squares (Holland and Welsch 1977).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Moves = npt.NDArray[np.float64]

STILL = 0.012
LEAST_SUBJECT = 10.0
AGREEMENT = 0.66


@dataclass(frozen=True, eq=False)
class SmallClip:
    """Small frames: colour (F, h, w, 3) in -1 to 1, motion of background and subject (F, h, w, 2), member (F, h, w)."""

    colour: Field
    behind: Field
    front: Field
    member: Field


@dataclass(frozen=True, eq=False)
class Staging:
    """Moves of background and subject (F, 2, 3), coverage (h, w), small background and first frame (h, w, 3)."""

    behind: Moves
    front: Moves
    member: Field
    plate: Field
    first: Field

    @property
    def has_subject(self) -> bool:
        """True where a part of the picture moves on its own."""
        return float(self.member.sum()) >= LEAST_SUBJECT

    @property
    def is_still(self) -> bool:
        """True where nothing moves."""
        moved = [self.behind, self.front] if self.has_subject else [self.behind]
        return all(np.array_equal(m, np.broadcast_to(_IDENTITY, m.shape)) for m in moved)


_IDENTITY = np.eye(3)[:2]


def stage(clip: SmallClip) -> Staging:
    """Layers and moves of a clip whose first small frame is the first frame."""
    frames, rows, columns = clip.member.shape
    points = _points(rows, columns)
    member = np.clip(clip.member, 0, 1)
    behind = _fits(points, clip.behind, 1 - member, smooth=2.0)
    behind = _at_rest(behind, columns / rows)
    front = _fits(points, clip.front, np.square(member), smooth=0.8)
    covered = _agreed(member, front)
    covered = _cleaned(covered) if covered.sum() >= LEAST_SUBJECT else np.zeros_like(covered)
    staging = Staging(behind, front, covered, clip.colour[0], clip.colour[0])
    if not staging.has_subject or frames == 1:
        return staging
    return Staging(behind, front, covered, _plate(clip, member, behind, covered), clip.colour[0])


def pushed_in(staging: Staging, amount: float = 0.06) -> Staging:
    """The same layers under a slow push-in, for a still in which the weights found nothing to move."""
    steps = np.linspace(0, 1, len(staging.behind))
    ease = steps * steps * (3 - 2 * steps)
    zoom = (1 / (1 + amount * ease))[:, None, None] * np.array([[1.0, 0, 0], [0, 1, 0]])
    return replace(staging, behind=zoom, front=zoom)


def to_pixels(move: Moves, rows: int, columns: int) -> Moves:
    """A move (2, 3) in frame heights as one in pixels of a frame of `rows` by `columns`."""
    scale = np.array([[rows, 0, (columns - 1) / 2], [0, rows, (rows - 1) / 2], [0, 0, 1]])
    whole = np.vstack([move, [0, 0, 1]])
    return (scale @ whole @ np.linalg.inv(scale))[:2]


def _points(rows: int, columns: int) -> Field:
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    return np.stack([(x + 0.5 - columns / 2) / rows, (y + 0.5 - rows / 2) / rows, np.ones_like(x)], -1)


def _fits(points: Field, flows: Field, weights: Field, smooth: float) -> Moves:
    """Moves (F, 2, 3) that most of the weighted flow follows; where the weight is gone, the last one goes on."""
    moves = np.repeat(_IDENTITY[None], len(flows), axis=0)
    flat = points[1::3, 1::3].reshape(-1, 3)
    for i in range(1, len(flows)):
        weight = weights[i, 1::3, 1::3].reshape(-1).astype(np.float64)
        weight = np.where(weight > 0.3, weight, 0)
        if weight.sum() < LEAST_SUBJECT / 9:
            moves[i] = moves[i - 1]
            continue
        moves[i] = _IDENTITY + _robust_fit(flat, flows[i, 1::3, 1::3].reshape(-1, 2), weight)
    return _smoothed(moves, smooth)


def _robust_fit(points: Field, flow: Field, given: npt.NDArray[np.float64]) -> Moves:
    """The similarity, less the identity, as (2, 3), that most of the weighted flow follows.

    dx = a x - b y + c and dy = b x + a y + d: scale, turn and shift, and no shear, which noise would be taken for.
    """
    x, y = points[:, 0].astype(np.float64), points[:, 1].astype(np.float64)
    zero, one = np.zeros_like(x), np.ones_like(x)
    rows = np.concatenate([np.stack([x, -y, one, zero], 1), np.stack([y, x, zero, one], 1)])
    wanted = np.concatenate([flow[:, 0], flow[:, 1]]).astype(np.float64)
    weight = given
    a = b = c = d = 0.0
    for _ in range(5):
        weighted = rows * np.concatenate([weight, weight])[:, None]
        a, b, c, d = np.linalg.solve(weighted.T @ rows + 1e-3 * np.eye(4), weighted.T @ wanted)
        error = np.hypot(*(wanted - rows @ (a, b, c, d)).reshape(2, -1))
        near = error[given > 0]
        weight = given / (1 + np.square(error / max(0.006, 1.5 * float(np.median(near)))))
    return np.array([[a, -b, c], [b, a, d]])


def _smoothed(moves: Moves, sigma: float) -> Moves:
    """Moves averaged with their neighbours in time; the first one stays, and a steady move stays steady to the end."""
    reach = min(int(np.ceil(3 * sigma)), len(moves) - 1)
    if reach == 0:
        return moves
    kernel = np.exp(-np.square(np.arange(-reach, reach + 1)) / (2 * sigma**2))
    mirrored = 2 * moves[:1] - moves[reach:0:-1]
    slope, start = np.polyfit(np.arange(-reach, 1), moves[-reach - 1 :].reshape(reach + 1, -1), 1)
    ahead = start + np.arange(1, reach + 1)[:, None] * slope
    padded = np.concatenate([mirrored, moves, ahead.reshape(-1, 2, 3)])
    made = np.stack([np.tensordot(kernel / kernel.sum(), padded[i : i + len(kernel)], 1) for i in range(len(moves))])
    made[0] = moves[0]
    return made


def _at_rest(moves: Moves, aspect: float) -> Moves:
    """Identity throughout where no corner of the picture ever moves noticeably."""
    corners = np.array([[x * aspect / 2, y / 2, 1] for x in (-1, 1) for y in (-1, 1)]).T
    shift = np.abs((moves - _IDENTITY) @ corners).max()
    return np.repeat(_IDENTITY[None], len(moves), axis=0) if shift < STILL else moves


def _agreed(member: Field, front: Moves) -> Field:
    """Coverage in the first frame on which later frames agree, each led back by the subject's own move.

    A third of them is enough: a piece that is left behind is a worse fault than a rim that comes along.
    """
    frames, rows, columns = member.shape
    if frames == 1:
        return np.zeros((rows, columns), np.float32)
    moves = (to_pixels(move, rows, columns) for move in front[1:])
    votes = [cv2.warpAffine(m, move, (columns, rows)) for m, move in zip(member[1:], moves, strict=True)]
    agreed = np.quantile(np.stack(votes), AGREEMENT, axis=0).astype(np.float32)
    return np.clip((agreed - 0.4) * 1.6 + 0.5, 0, 1)


def _cleaned(covered: Field) -> Field:
    """Coverage without specks: pieces below a tenth of the largest one go."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((covered > 0.4).astype(np.uint8))
    if count < 2:
        return np.zeros_like(covered)
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = np.isin(labels, 1 + np.flatnonzero(areas >= 0.1 * areas.max())).astype(np.float32)
    return covered * cv2.dilate(kept, np.ones((5, 5), np.uint8))


def _plate(clip: SmallClip, member: Field, behind: Moves, covered: Field) -> Field:
    """The first small frame with what the subject hides taken from the frames that show it."""
    frames, rows, columns = member.shape
    total, weight = np.zeros((rows, columns, 3), np.float32), np.zeros((rows, columns), np.float32)
    for i in range(1, frames, 2):
        move = to_pixels(behind[i], rows, columns)
        free = (cv2.dilate(member[i], np.ones((3, 3), np.uint8)) < 0.15).astype(np.float32)
        there = cv2.warpAffine(free, move, (columns, rows))
        total += cv2.warpAffine(clip.colour[i], move, (columns, rows)) * there[..., None]
        weight += there
    hole = cv2.dilate(covered, np.ones((3, 3), np.uint8))[..., None] > 0.15
    shown = weight[..., None] > 1.5
    first = clip.colour[0]
    bytes_ = ((first + 1) * 127.5).clip(0, 255).astype(np.uint8)
    guessed = np.asarray(cv2.inpaint(bytes_, hole[..., 0].astype(np.uint8), 4, cv2.INPAINT_TELEA), np.float32)
    inside = np.where(shown, total / np.maximum(weight, 1e-3)[..., None], guessed / 127.5 - 1)
    return np.where(hole, inside, first).astype(np.float32)
