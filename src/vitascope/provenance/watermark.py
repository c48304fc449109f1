"""An invisible, keyed watermark: 64 bits spread over the brightness of the whole picture, the same in every frame.

A key gives each cell of a coarse grid (about 10 × 10 pixels at 1280×720) a sign and one of the code's signs to carry;
a cell is made brighter or darker by a level or two, more where texture hides it. The grid is laid over the picture in
relative coordinates, so that a rescaled copy falls on the same cells. The detector averages each cell over time,
removes what its neighbours predict, weighs it by how quiet its neighbourhood is, correlates with the key's signs and
decodes. The pattern does not change with time: cut, slowed or re-timed copies need no synchronisation.

Method: spread spectrum (Cox, Kilian, Leighton and Shamoon, 1997) with the time-constant pattern of JAWS (Kalker et
al., 1999), a convolutional code and a CRC. A mark counts as found only when the CRC-32 of the decoded payload agrees,
so a picture without one passes with a probability of 2^-32 a grid, 7e-10 for the three grids tried.

Legend: T frames, H rows, W columns, R and C rows and columns of the grid.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from cv2.typing import MatLike

from vitascope.provenance import code
from vitascope.types import ModelId, Pixels, Request

PUBLIC_KEY = b"vitascope watermark, public key 1"
"""Known to all, so that all can detect. A secret key makes a mark that only its owner finds."""

Plane = npt.NDArray[np.float32]

_MIDDLE = 128
_GRIDS = ((90, 160), (160, 90), (120, 120))
# levels of brightness: in flat regions, more for each level of texture, at most; and for a whole picture, root mean
# square of the grid (0.75 of it arrives on the pixels, which keeps every clip above 42 dB)
_FLAT = 1.15
_TEXTURE_GAIN = 0.25
_STRONGEST = 4.0
_RMS_CEILING = 2.35
# added to the variance around a cell before it is inverted: rounding to whole levels is noise everywhere
_VARIANCE_FLOOR = 0.3
# what smoothing and the detector's own filter leave of a cell's strength
_YIELD = 0.6
_GAIN_RANGE = (0.3, 4.0)


@dataclass(frozen=True)
class Watermark:
    """What the detector found. `payload` is 8 bytes, or None; `confidence` is the share of the correlation's strength
    that agrees with the decoded word: 1 for a clean mark, about 0.75 for one that was just readable, 0 for none."""

    found: bool
    payload: bytes | None
    confidence: float


_NOTHING = Watermark(False, None, 0.0)


def payload_of(model: ModelId, request: Request) -> bytes:
    """The clip's 64 bits: the start of SHA-256 over the weights' hash, the request in canonical JSON and the seed.

    `label` and `private` are left out, since they change how a clip is presented and not what is generated; the still
    enters by the hash of its file. Whoever reproduces a clip gets the same payload and so the same frames.
    """
    asked = {f.name: getattr(request, f.name) for f in fields(request) if f.name not in ("label", "private", "seed")}
    asked["still"] = None if request.still is None else request.still.sha256
    text = json.dumps([model.sha256, asked, request.seed], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[: code.PAYLOAD_BYTES]


def embed(chunks: Iterable[Pixels], payload: bytes, key: bytes = PUBLIC_KEY) -> Iterator[Pixels]:
    """The chunks (T, H, W, 3), uint8 RGB, with the payload in them. Each frame depends on itself alone, so the result
    is the same however the clip is cut into chunks. The input is not changed."""
    pen: _Pen | None = None
    for chunk in chunks:
        if pen is None:
            pen = _Pen(payload, key, chunk.shape[1], chunk.shape[2])
        marked = np.empty_like(chunk)
        for index in range(chunk.shape[0]):
            pen.draw(np.ascontiguousarray(chunk[index]), marked[index])
        yield marked


def detect(chunks: Iterable[Pixels], key: bytes = PUBLIC_KEY) -> Watermark:
    """What the chunks (T, H, W, 3), uint8 RGB, carry. All frames are read and none is kept; one second will do.

    Where the whole clip gives nothing its beginning is tried alone (1, 2, 4 … frames): encoders at low rates carry the
    first frame's pattern along with whatever moves, and the later frames blur it.
    """
    readers = tuple(_Reader(key, *grid) for grid in _GRIDS)
    count = 0
    for chunk in chunks:
        for frame in chunk:
            grey = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
            count += 1
            for reader in readers:
                reader.add(grey)
                if count & (count - 1) == 0:
                    reader.bookmark()
    for back in range(count.bit_length() + 1 if count else 0):
        for reader in readers:
            mark = reader.read(back)
            if mark.found:
                return mark
    return _NOTHING


class _Pen:
    """Draws one payload on frames of one size."""

    def __init__(self, payload: bytes, key: bytes, height: int, width: int) -> None:
        rows, columns = min(_GRIDS, key=lambda grid: abs(np.log(grid[1] / grid[0]) - np.log(width / height)))
        signs, carries = _layout(key, rows, columns)
        self._pattern, self._carries = signs * code.encode(payload)[carries], carries
        self._size, self._grid = (width, height), (columns, rows)
        self._small = (min(width, columns * 4), min(height, rows * 4))
        self._smooth = np.empty((height, width), np.float32)
        self._delta, self._part = np.empty((height, width), np.uint8), np.empty((height, width), np.uint8)
        self._rgb = np.empty((height, width, 3), np.uint8)
        self._middle = np.full((height, width), _MIDDLE, np.uint8)

    def draw(self, frame: Pixels, out: Pixels) -> None:
        cells = cv2.resize(self._strength(frame) * self._pattern, self._small, interpolation=cv2.INTER_NEAREST)
        cv2.resize(cv2.blur(cells, (3, 3)), self._size, dst=self._smooth, interpolation=cv2.INTER_LINEAR)
        cv2.convertScaleAbs(self._smooth, dst=self._delta, alpha=1.0, beta=_MIDDLE)
        cv2.cvtColor(cv2.subtract(self._delta, self._middle, dst=self._part), cv2.COLOR_GRAY2RGB, dst=self._rgb)
        cv2.add(frame, self._rgb, dst=out)
        cv2.cvtColor(cv2.subtract(self._middle, self._delta, dst=self._part), cv2.COLOR_GRAY2RGB, dst=self._rgb)
        cv2.subtract(out, self._rgb, dst=out)

    def _strength(self, frame: Pixels) -> Plane:
        """How many levels each cell may move (R, C): one in flat regions, more under texture."""
        grey = cv2.cvtColor(cv2.resize(frame, self._small, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        detail = cv2.absdiff(grey, cv2.blur(grey, (5, 5)))
        texture = cv2.resize(detail, self._grid, interpolation=cv2.INTER_AREA).astype(np.float32)
        strength = _within(np.minimum(_FLAT + _TEXTURE_GAIN * texture, _STRONGEST))
        return strength * self._against_host(grey, strength)

    def _against_host(self, grey: MatLike, strength: Plane) -> Plane:
        """A gain a cell (R, C): more for the coded bits that the picture itself contradicts, less for those it favours,
        all in all the same energy (informed embedding, after Malvar and Florencio, 2003)."""
        rest, weight = _whiten(_whiten(_cells(grey, self._grid))[0])
        host = _summed(self._carries, rest * weight * self._pattern)
        mark = _summed(self._carries, strength * weight)
        energy = _summed(self._carries, np.square(strength))
        favour = host / (_YIELD * mark)
        low, high = -4.0, 4.0
        for _ in range(12):
            aim = (low + high) / 2
            gain = np.clip(aim - favour, *_GAIN_RANGE)
            low, high = (low, aim) if energy @ np.square(gain) > energy.sum() else (aim, high)
        return np.clip(low - favour, *_GAIN_RANGE)[self._carries].astype(np.float32)


def _within(strength: Plane) -> Plane:
    """The same strengths, scaled down where the whole picture would change by more than the ceiling."""
    rms = float(np.sqrt(np.mean(np.square(strength))))
    return (strength * min(1.0, _RMS_CEILING / rms)).astype(np.float32)


class _Reader:
    """Gathers frames on one grid and decodes what they carry."""

    def __init__(self, key: bytes, rows: int, columns: int) -> None:
        self._signs, self._carries = _layout(key, rows, columns)
        self._grid = (columns, rows)
        self._sum = np.zeros((rows, columns), np.float64)
        self._weight = np.zeros((rows, columns), np.float64)
        self._kept: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = []

    def add(self, grey: MatLike) -> None:
        rest, weight = _whiten(_cells(grey, self._grid))
        self._sum += rest * weight
        self._weight += weight

    def bookmark(self) -> None:
        """Keep what was gathered so far, to be read by itself later."""
        self._kept.append((self._sum.copy(), self._weight.copy()))

    def read(self, back: int) -> Watermark:
        """What all frames say (`back` 0), or the frames up to the last bookmark, the one before it and so on."""
        total, weight = self._kept[-back] if back else (self._sum, self._weight)
        rest, trust = _whiten((total / weight).astype(np.float32))
        soft = _summed(self._carries, rest * trust * self._signs)
        payload = code.decode(soft)
        if payload is None:
            return _NOTHING
        return Watermark(True, payload, float(soft @ code.encode(payload)) / float(np.abs(soft).sum()))


def _summed(carries: npt.NDArray[np.intp], values: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """The sum of the cells that carry each coded bit, (CODED_BITS,)."""
    return np.bincount(carries.ravel(), values.ravel(), code.CODED_BITS).astype(np.float64, copy=False)


def _cells(grey: MatLike, grid: tuple[int, int]) -> Plane:
    """The mean brightness of each cell (R, C); `grid` is (columns, rows)."""
    return np.asarray(cv2.resize(grey.astype(np.float32), grid, interpolation=cv2.INTER_AREA), np.float32)


def _whiten(cells: Plane) -> tuple[Plane, Plane]:
    """What the neighbours of each cell do not predict, and its weight: one over the variance around it."""
    rest = np.asarray(cells - cv2.blur(cells, (3, 3)), np.float32)
    variance = np.asarray(cv2.blur(np.square(rest), (5, 5)), np.float32)
    return rest, np.float32(1.0) / (variance + np.float32(_VARIANCE_FLOOR))


@lru_cache(maxsize=8)
def _layout(key: bytes, rows: int, columns: int) -> tuple[Plane, npt.NDArray[np.intp]]:
    """Each cell's own sign and the index of the coded bit that it carries, both (R, C), from the key alone."""
    cells = rows * columns
    stream = hashlib.shake_256(key + b"|%d|%d" % (rows, columns)).digest(cells * 9)
    order = np.argsort(np.frombuffer(stream[: cells * 8], "<u8"), kind="stable")
    carries = np.empty(cells, np.intp)
    carries[order] = np.arange(cells) % code.CODED_BITS
    signs = np.where(np.frombuffer(stream[cells * 8 :], np.uint8) & 1, 1.0, -1.0).astype(np.float32)
    signs.setflags(write=False)
    carries.setflags(write=False)
    return signs.reshape(rows, columns), carries.reshape(rows, columns)
