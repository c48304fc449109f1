"""How well photographs are brought to life: first frame, sharpness, direction, and what is left beside a camera move.

Measured on the finished mp4, as a user gets it; sharpness also on the frames before they are encoded:

- first frame: PSNR in dB against the still fitted to the canvas;
- sharpness: mean squared Laplacian of the luma, every frame against the fitted still; the lowest ratio counts;
- direction: sixteen evenly spaced frames at 320 pixels across, DIS optical flow between neighbours, on the half of the
  pixels with most texture a least-squares similarity (shift, scale, turn). A clip goes the way that the prompt says
  when the sum over its fifteen pairs has that sign, exceeds 1 % of the frame's height (2 % of scale for a zoom), and
  so many pairs agree in sign that chance does so in less than 5 % of cases (sign test, one-sided: 12 of 15);
- rest: energy of the flow that no homography explains over all energy, 0 for a pure move of the camera.

Source of the flow: Kroeger et al. (2016), "Fast optical flow using dense inverse search".
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from benchmarks.photographs import name_of
from benchmarks.results import Kept, key_of

from vitascope import media, road
from vitascope.engines import Engine, load
from vitascope.types import Allowed, Decision, Frames, Outside, Pixels, Still

LOOKED_AT = 16
ACROSS = 320
LEAST_PSNR = 26.0
LEAST_SHARPNESS = 0.8
CHANCE = 0.05

Flow = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Direction:
    """What a prompt asks of the flow: a component (`x`, `y` in frame heights, `scale` as a logarithm) and its sign."""

    prompt: str
    axis: str
    sign: int


# A camera that turns left sees everything go to the right.
DIRECTIONS: tuple[tuple[Direction, Direction], ...] = (
    (Direction("pan left", "x", 1), Direction("pan right", "x", -1)),
    (Direction("zoom in", "scale", 1), Direction("zoom out", "scale", -1)),
    (Direction("tilt up", "y", 1), Direction("tilt down", "y", -1)),
)
LEAST_WAY = {"x": 0.01, "y": 0.01, "scale": 0.02}


@dataclass(frozen=True)
class Course:
    """How a clip moves: by axis the sum over its pairs of frames and how many pairs go up; flow energies."""

    total: dict[str, float]
    rising: dict[str, int]
    pairs: int
    energy: float
    rest: float

    def goes(self, wanted: Direction) -> bool:
        """True where the clip moves as asked, by sum, by least way and by sign test."""
        agree = self.rising[wanted.axis] if wanted.sign > 0 else self.pairs - self.rising[wanted.axis]
        far = self.total[wanted.axis] * wanted.sign > LEAST_WAY[wanted.axis]
        return far and sign_test(agree, self.pairs) < CHANCE


@dataclass(frozen=True)
class Animated:
    """What was measured of one animated photograph. `right` is None where the prompt asks for no direction.

    `sharpness` is the file's, `unencoded` that of the engine's frames.
    """

    photo: str
    prompt: str
    psnr: float
    sharpness: float
    unencoded: float
    course: Course
    right: bool | None

    @property
    def passes(self) -> bool:
        """True where first frame, sharpness and direction are all good enough."""
        return self.psnr >= LEAST_PSNR and self.sharpness >= LEAST_SHARPNESS and self.right is not False


def jobs(photos: Sequence[Path], everything: bool) -> Iterator[tuple[Path, Direction | None]]:
    """Which photograph gets which prompts: one pair of opposites in turn and, for every fifth, an empty prompt as well.

    `everything` gives each photograph all seven.
    """
    for index, photo in enumerate(photos):
        pairs = DIRECTIONS if everything else DIRECTIONS[index % 3 : index % 3 + 1]
        for pair in pairs:
            for direction in pair:
                yield photo, direction
        if everything or index % 5 == 0:
            yield photo, None


@dataclass(frozen=True)
class Job:
    """What is the same for all clips of a bench: the model, a name for its weights, and the clips' length."""

    model: str
    weights: str
    seconds: float


class _Watched:
    """An engine whose frames are measured on their way: `lowest` is the least sharpness against the still."""

    def __init__(self, engine: Engine, still: Still) -> None:
        self.engine, self.still, self.lowest = engine, still, math.inf

    def frames(self, allowed: Allowed, outside: Outside) -> Frames:
        frames = self.engine.frames(allowed, outside)
        return replace(frames, chunks=self._measured(frames.chunks))

    def _measured(self, chunks: Iterator[Pixels]) -> Iterator[Pixels]:
        reference = 0.0
        for chunk in chunks:
            reference = reference or laplacian_energy(media.fit(self.still, chunk.shape[2], chunk.shape[1]))
            self.lowest = min([self.lowest, *(laplacian_energy(frame) / max(reference, 1e-9) for frame in chunk)])
            yield chunk


class _Unlogged:
    def record(self, decision: Decision) -> None:
        """A bench keeps no log of decisions."""


def bench(photos: Sequence[Path], kept: Kept, job: Job, everything: bool = False) -> list[Animated]:
    """Animates and measures, in order, and prints a line a clip; what is kept is not made again."""
    heads = f"{'photograph':<16} {'prompt':<10} {'first frame':>11} {'sharp':>6} {'unencoded':>9}"
    print(f"\n{heads} {'way':>8} {'agree':>6} {'rest':>5}")
    found: list[Animated] = []
    for photo, direction in jobs(photos, everything):
        prompt = direction.prompt if direction else ""
        key = key_of("animate", job.weights, photo.stat().st_size, name_of(photo), prompt, job.seconds)
        row = kept.get(key)
        if row is None:
            row = kept.put(key, {"animated": asdict(animated(photo, direction, job))})
        values = dict(row["animated"])
        measured = Animated(**{**values, "course": Course(**values["course"])})
        found.append(measured)
        print(_line(measured, direction), flush=True)
    return found


def animated(photo: Path, direction: Direction | None, job: Job) -> Animated:
    """Makes the clip by the whole road and measures the file."""
    prompt = direction.prompt if direction else ""
    still = media.load_still(photo)
    with tempfile.TemporaryDirectory() as folder:
        request = road.request(prompt, still=still, seconds=job.seconds, model=job.model)
        engine = _Watched(load.load(job.model), still)
        made = road.make(request, Path(folder) / "clip.mp4", engine, Outside(log=_Unlogged()))
        psnr, sharpness, small = look_at(made.ref.path, still)
    moves = course(small)
    right = moves.goes(direction) if direction else None
    return Animated(name_of(photo), prompt, psnr, sharpness, engine.lowest, moves, right)


def look_at(path: Path, still: Still) -> tuple[float, float, list[npt.NDArray[np.uint8]]]:
    """PSNR of the first frame (dB), lowest sharpness of all frames, and sixteen of them in grey, 320 pixels across."""
    psnr, lowest = 0.0, math.inf
    small: list[npt.NDArray[np.uint8]] = []
    reference, target = 0.0, None
    for chunk in media.read_frames(path):
        for frame in chunk:
            if target is None:
                height, width = frame.shape[:2]
                target = media.fit(still, width, height)
                error = float(np.square(frame.astype(np.float32) - target).mean())
                psnr = min(99.0, 10 * math.log10(255**2 / max(error, 1e-9)))
                reference = laplacian_energy(target)
            lowest = min(lowest, laplacian_energy(frame) / max(reference, 1e-9))
            grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
            size = (ACROSS, round(ACROSS * grey.shape[0] / grey.shape[1]))
            small.append(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))
    picks = np.linspace(0, len(small) - 1, min(LOOKED_AT, len(small))).round().astype(int)
    return psnr, lowest, [small[i] for i in picks]


def laplacian_energy(frame: Pixels) -> float:
    """Mean squared Laplacian of the luma."""
    return float(np.square(cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.CV_32F)).mean())


def course(frames: Sequence[npt.NDArray[np.uint8]]) -> Course:
    """How a sequence of grey frames (H, W) moves, from neighbour to neighbour."""
    matcher = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    total, rising = dict.fromkeys(LEAST_WAY, 0.0), dict.fromkeys(LEAST_WAY, 0)
    energy = rest = 0.0
    for before, after in pairwise(frames):
        flow = matcher.calc(before, after, np.zeros((*before.shape, 2), np.float32))
        textured = _textured(before)
        for axis, value in _similarity(flow, textured).items():
            total[axis] += value
            rising[axis] += value > 0
        energy += float(np.square(flow[textured]).sum())
        rest += float(np.square(flow[textured] - _by_homography(flow, textured)).sum())
    return Course(total, rising, max(0, len(frames) - 1), energy, min(rest, energy))


def sign_test(agree: int, count: int) -> float:
    """How likely `agree` or more of `count` fair coins fall one way."""
    return sum(math.comb(count, k) for k in range(agree, count + 1)) / 2**count


def _textured(grey: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    slope = cv2.blur(slope, (9, 9))
    return slope >= np.median(slope)


def _places(shape: tuple[int, ...], where: npt.NDArray[np.bool_]) -> Flow:
    rows, columns = np.nonzero(where)
    middle = ((shape[1] - 1) / 2, (shape[0] - 1) / 2)
    return np.stack([columns - middle[0], rows - middle[1]], axis=1).astype(np.float32)


def _similarity(flow: Flow, where: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Shift of the middle (frame heights), growth (logarithm) that fit the flow best, a turn fitted beside them."""
    places, moved = _places(flow.shape, where), flow[where]
    (x, y), n = places.T, len(places)
    ones, nought = np.ones(n, np.float32), np.zeros(n, np.float32)
    matrix = np.concatenate([np.stack([ones, nought, x, -y], 1), np.stack([nought, ones, y, x], 1)])
    fitted = np.linalg.lstsq(matrix, np.concatenate([moved[:, 0], moved[:, 1]]), rcond=None)[0]
    height = flow.shape[0]
    return {"x": float(fitted[0]) / height, "y": float(fitted[1]) / height, "scale": float(np.log1p(fitted[2]))}


def _by_homography(flow: Flow, where: npt.NDArray[np.bool_]) -> Flow:
    """The part of the flow at the chosen pixels (n, 2) that one homography of the whole frame explains."""
    places, moved = _places(flow.shape, where), flow[where]
    some = slice(None, None, max(1, len(places) // 3000))
    matrix, _ = cv2.findHomography(places[some], (places + moved)[some], cv2.RANSAC, 0.75, maxIters=500)
    if matrix is None:
        return np.zeros_like(moved)
    return cv2.perspectiveTransform(places[:, None], matrix)[:, 0] - places


def _line(found: Animated, direction: Direction | None) -> str:
    axis = direction.axis if direction else max(found.course.total, key=lambda a: abs(found.course.total[a]))
    rising = found.course.rising[axis]
    agree = rising if found.course.total[axis] > 0 else found.course.pairs - rising
    rest = found.course.rest / found.course.energy if found.course.energy else 0.0
    said = {True: "as asked", False: "NOT AS ASKED", None: ""}[found.right]
    way = f"{axis[0]}{found.course.total[axis]:>+7.3f} {agree:>3}/{found.course.pairs} {rest:>5.2f}"
    what = f"{found.photo:<16} {found.prompt or '(empty)':<10} {found.psnr:>8.1f} dB"
    return f"{what} {found.sharpness:>6.2f} {found.unencoded:>9.2f} {way}  {said}"


def opposite_pairs(found: Sequence[Animated]) -> tuple[int, int]:
    """Of the pairs of opposite prompts on one photograph: how many went opposite ways, and how many there are."""
    by_job = {(a.photo, a.prompt): a.course.total for a in found}
    opposed = count = 0
    for photo in dict.fromkeys(a.photo for a in found):
        for one, other in DIRECTIONS:
            ways = [by_job.get((photo, d.prompt)) for d in (one, other)]
            if ways[0] is not None and ways[1] is not None:
                count += 1
                opposed += ways[0][one.axis] * ways[1][one.axis] < 0
    return opposed, count


def summary(found: Sequence[Animated]) -> tuple[list[str], bool]:
    """Sentences for the end of the bench, and whether every clip is good enough."""
    directed = [a for a in found if a.right is not None]
    opposed, pairs = opposite_pairs(found)
    rests = [a.course.rest / a.course.energy for a in found if a.course.energy]
    lines = [
        f"first frame: {_share(a.psnr >= LEAST_PSNR for a in found)} at {LEAST_PSNR:g} dB or more, "
        f"lowest {min(a.psnr for a in found):.1f} dB",
        f"sharpness: {_share(a.sharpness >= LEAST_SHARPNESS for a in found)} keep {LEAST_SHARPNESS:g} of the still's "
        f"Laplacian energy in every frame, lowest {min(a.sharpness for a in found):.2f} "
        f"(before encoding {_share(a.unencoded >= LEAST_SHARPNESS for a in found)}, "
        f"lowest {min(a.unencoded for a in found):.2f})",
        f"direction: {_share(a.right is True for a in directed)} go as asked; "
        f"opposite prompts go opposite ways in {opposed} of {pairs} pairs",
    ]
    if rests:
        lines.append(
            f"motion left after a global homography: {np.median(rests):.2f} of all (median), {max(rests):.2f} at most"
        )
    return lines, all(a.passes for a in found)


def _share(holds: Iterator[bool]) -> str:
    rows = list(holds)
    return f"{sum(rows)} of {len(rows)} clips"
