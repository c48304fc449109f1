"""Frames from layers that move: what is sharp stays sharp, and each layer goes where its move says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vitascope.engines.layers import Staging
from vitascope.engines.moving import MovingPicture, Picture, laplacian_energy
from vitascope.types import Pixels
from vitascope.world.backgrounds import dead_leaves

ROWS, COLUMNS = 180, 320
SMALL = (18, 32)
IDENTITY = np.eye(3)[:2]
Moves = npt.NDArray[np.float64]


def moves_of(last: Moves, frames: int = 7) -> Moves:
    """Moves that go evenly from rest to `last`."""
    return IDENTITY + np.linspace(0, 1, frames)[:, None, None] * (last - IDENTITY)


def shift(x: float, y: float) -> Moves:
    return np.array([[1, 0, x / ROWS], [0, 1, y / ROWS]])


def staging(behind: Moves, front: Moves | None = None, member: float = 0.0) -> Staging:
    blank = np.zeros((*SMALL, 3), np.float32)
    front = behind if front is None else front
    return Staging(behind, front, np.full(SMALL, member, np.float32), blank, blank)


def photograph() -> Pixels:
    return dead_leaves(3, COLUMNS, ROWS)


def picture(large: Pixels | None = None, *, is_still: bool = True) -> Picture:
    pixels = photograph()
    return Picture(pixels, pixels, np.zeros((ROWS, COLUMNS), np.float32), large, is_still)


@pytest.mark.parametrize("is_still", [True, False])
def test_where_nothing_moves_every_frame_is_the_first(is_still: bool) -> None:
    moving = MovingPicture(picture(is_still=is_still), staging(moves_of(IDENTITY)), 2)
    for index in (0, 1, 6, 12):
        assert np.array_equal(moving.frame(index), photograph())


def test_the_first_frame_is_a_copy() -> None:
    moving = MovingPicture(picture(), staging(moves_of(shift(30, 0))), 2)
    moving.frame(0)[:] = 0
    assert np.array_equal(moving.frame(0), photograph())


def test_a_move_by_whole_pixels_moves_the_pixels_and_mirrors_the_border() -> None:
    moving = MovingPicture(picture(is_still=False), staging(moves_of(shift(24, -12))), 2)
    assert np.array_equal(moving.frame(12)[12:, :-24], photograph()[:-12, 24:])
    assert np.array_equal(moving.frame(6)[6:, :-12], photograph()[:-6, 12:])
    mirrored = np.pad(photograph(), ((12, 0), (0, 24), (0, 0)), mode="reflect")
    assert np.array_equal(moving.frame(12), mirrored[:ROWS, 24:])


def test_frames_between_small_frames_lie_between_them() -> None:
    moving = MovingPicture(picture(is_still=False), staging(moves_of(shift(24, 0))), 2)
    assert np.array_equal(moving.frame(11)[:, :-22], photograph()[:, 22:])
    assert np.array_equal(moving.frame(99), moving.frame(12))


@pytest.mark.parametrize(
    "last",
    [
        shift(37.3, 0),
        shift(-20.5, 14.5),
        IDENTITY / 1.45,
        IDENTITY * 1.3,
        np.array([[0.987, -0.16, 0], [0.16, 0.987, 0]]),
    ],
    ids=["pan", "diagonal", "zoom in", "zoom out", "roll"],
)
def test_a_still_keeps_its_finest_detail_in_every_frame(last: Moves) -> None:
    moving = MovingPicture(picture(), staging(moves_of(last)), 2)
    energy = laplacian_energy(photograph())
    kept = [laplacian_energy(moving.frame(index)) / energy for index in range(1, 13)]
    assert min(kept) >= 0.8
    assert max(kept) < 2.5


def test_a_zoom_takes_detail_from_a_larger_file() -> None:
    large = dead_leaves(3, 2 * COLUMNS, 2 * ROWS)
    pixels = large.reshape(ROWS, 2, COLUMNS, 2, 3).mean((1, 3)).round().astype(np.uint8)
    zoom = staging(moves_of(IDENTITY / 1.9))
    blank = np.zeros((ROWS, COLUMNS), np.float32)
    made, without = (
        MovingPicture(Picture(pixels, pixels, blank, source, False), zoom, 2).frame(12) for source in (large, None)
    )
    true = MovingPicture(
        Picture(large, large, np.zeros((2 * ROWS, 2 * COLUMNS), np.float32), None, False), zoom, 2
    ).frame(12)
    true = true.reshape(ROWS, 2, COLUMNS, 2, 3).mean((1, 3))
    assert np.abs(made - true).mean() < 0.8 * np.abs(without - true).mean()


def with_subject(front: Moves) -> MovingPicture:
    """A red square over grey, moved by `front` while the background rests."""
    frame, member = np.full((ROWS, COLUMNS, 3), 100, np.uint8), np.zeros((ROWS, COLUMNS), np.float32)
    behind = frame.copy()
    frame[60:120, 100:160] = (220, 20, 20)
    member[60:120, 100:160] = 1
    layers = staging(moves_of(IDENTITY), moves_of(front), member=0.5)
    return MovingPicture(Picture(frame, behind, member, None, False), layers, 2)


def test_a_subject_goes_against_its_move_back_and_leaves_the_background() -> None:
    made = with_subject(shift(-40, 10)).frame(12)
    assert (made[50:110, 140:200] == (220, 20, 20)).all()
    assert (made[111:, :] == 100).all()
    assert (made[:, :139] == 100).all()


def test_a_subject_may_leave_the_frame() -> None:
    assert (with_subject(shift(-400, 0)).frame(12) == 100).all()
    half = with_subject(shift(190 - 20, 0)).frame(12)
    assert (half[60:120, 0] == 100).all()


def test_a_subject_may_shrink_to_nothing() -> None:
    made = with_subject(IDENTITY * 400).frame(12)
    assert made.shape == (ROWS, COLUMNS, 3)


def test_half_coverage_is_mixed_with_what_is_behind_it() -> None:
    frame = np.full((ROWS, COLUMNS, 3), 150, np.uint8)
    behind, member = np.full_like(frame, 100), np.zeros((ROWS, COLUMNS), np.float32)
    member[60:120, 100:160] = 0.5
    frame[member == 0] = 100
    moving = MovingPicture(
        Picture(frame, behind, member, None, False), staging(moves_of(IDENTITY), moves_of(shift(-40, 0)), 0.5), 2
    )
    made = moving.frame(12)
    assert np.abs(made[65:115, 145:195].astype(int) - 150).max() <= 1
    assert (made[:, :139] == 100).all()
