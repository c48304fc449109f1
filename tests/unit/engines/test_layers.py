"""From noisy small frames to layers: moves are found, coverage is agreed on, hidden background is filled in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from vitascope.engines.layers import SmallClip, pushed_in, stage, to_pixels

FRAMES, ROWS, COLUMNS = 13, 45, 80
IDENTITY = np.eye(3)[:2]
Moves = npt.NDArray[np.float64]


def points() -> npt.NDArray[np.float64]:
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    return np.stack([(x + 0.5 - COLUMNS / 2) / ROWS, (y + 0.5 - ROWS / 2) / ROWS, np.ones_like(x)], -1)


def clip(behind: Moves, front: Moves, radius: float = 0.2, noise: float = 0.0) -> SmallClip:
    """A disc over a horizontal ramp, each with its own moves (F, 2, 3) back to the first frame, and noise in all."""
    rng = np.random.default_rng(0)
    members, colours = np.zeros((FRAMES, ROWS, COLUMNS)), np.zeros((FRAMES, ROWS, COLUMNS, 3))
    flows = [points() @ (moves - IDENTITY).transpose(0, 2, 1)[:, None] for moves in (behind, front)]
    for i in range(FRAMES):
        was = points() @ front[i].T
        members[i] = np.hypot(was[..., 0], was[..., 1]) < radius
        ramp = (points() @ behind[i].T)[..., :1] * 0.8
        colours[i] = np.where(members[i][..., None] > 0.5, 1.0, ramp)
    values = [v + noise * rng.standard_normal(v.shape) for v in (colours, *flows, members)]
    values[3][0] = 0  # the first frame tells no subject
    return SmallClip(*(v.astype(np.float32) for v in values))


def shifts(x: float, y: float) -> Moves:
    """Moves that grow evenly to (x, y) at the last frame."""
    moves = np.repeat(IDENTITY[None], FRAMES, 0)
    moves[:, :, 2] = np.linspace(0, 1, FRAMES)[:, None] * (x, y)
    return moves


def test_moves_of_both_layers_are_found() -> None:
    staging = stage(clip(shifts(-0.3, 0.0), shifts(0.2, 0.1)))
    assert np.allclose(staging.behind, shifts(-0.3, 0.0), atol=0.01)
    assert np.allclose(staging.front[:, :, 2], shifts(0.2, 0.1)[:, :, 2], atol=0.02)
    assert staging.has_subject
    assert not staging.is_still


def test_noise_in_single_pixels_does_not_wobble_the_picture() -> None:
    staging = stage(clip(shifts(-0.3, 0.0), shifts(0.2, 0.0), noise=0.03))
    assert np.allclose(staging.behind, shifts(-0.3, 0.0), atol=0.015)
    wobble = np.abs(np.diff(staging.front[:, :, 2], n=2, axis=0)).max()
    assert wobble < 0.02


def test_a_zoom_is_found_as_a_zoom() -> None:
    zoom = np.linspace(1, 0.75, FRAMES)[:, None, None] * IDENTITY
    staging = stage(clip(zoom, zoom))
    assert np.allclose(staging.behind, zoom, atol=0.02)


def test_frames_agree_on_what_is_subject() -> None:
    staging = stage(clip(shifts(0, 0), shifts(0.25, 0.0), noise=0.05))
    true = np.hypot(points()[..., 0], points()[..., 1]) < 0.2
    assert staging.member[true].mean() > 0.9
    assert staging.member[~true].mean() < 0.05


def test_background_that_the_subject_hides_comes_from_frames_that_show_it() -> None:
    staging = stage(clip(shifts(0, 0), shifts(-0.7, 0.0)))
    ramp = points()[..., 0] * 0.8
    hidden = np.hypot(points()[..., 0], points()[..., 1]) < 0.2
    assert staging.first[hidden].min() == 1
    assert np.abs(staging.plate[..., 0] - ramp)[hidden].max() < 0.1
    assert np.array_equal(staging.plate[:, :10], staging.first[:, :10])


def test_a_clip_without_subject_has_none() -> None:
    staging = stage(clip(shifts(-0.2, 0), shifts(-0.2, 0), radius=0.0))
    assert not staging.has_subject
    assert staging.member.max() == 0
    assert np.array_equal(staging.plate, staging.first)


def test_a_clip_in_which_nothing_moves_is_still() -> None:
    staging = stage(clip(shifts(0.002, 0), shifts(0, 0), radius=0.0))
    assert staging.is_still
    assert np.array_equal(staging.behind, np.repeat(IDENTITY[None], FRAMES, 0))


def test_a_still_is_pushed_into_slowly() -> None:
    moves = pushed_in(stage(clip(shifts(0, 0), shifts(0, 0), radius=0.0))).behind
    assert np.array_equal(moves[0], IDENTITY)
    zooms = moves[:, 0, 0]
    assert (np.diff(zooms) < 0).all()
    assert zooms[-1] == pytest.approx(1 / 1.06)


def test_a_single_frame_is_staged() -> None:
    whole = clip(shifts(0, 0), shifts(0, 0))
    staging = stage(SmallClip(whole.colour[:1], whole.behind[:1], whole.front[:1], whole.member[:1]))
    assert staging.behind.shape == (1, 2, 3)
    assert staging.is_still


def test_moves_become_pixels() -> None:
    assert np.allclose(to_pixels(IDENTITY, 90, 160), IDENTITY)
    shift = to_pixels(shifts(0.1, -0.2)[-1], 90, 160)
    assert np.allclose(shift, [[1, 0, 9], [0, 1, -18]])
    zoom = to_pixels(0.5 * IDENTITY, 90, 160)
    assert np.allclose(zoom @ (79.5, 44.5, 1), (79.5, 44.5))
    assert np.allclose(zoom @ (89.5, 44.5, 1), (84.5, 44.5))
