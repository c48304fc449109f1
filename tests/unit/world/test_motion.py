"""The tables of motions: what each path does, and that opposites are opposite."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest

from vitascope.world.motion import CAMERA_MOVES, MOTIONS, Pose, View, camera_move, motion

MOMENTS = [i / 20 for i in range(21)]
REACH = 0.5

POSE: dict[str, Callable[[Pose], float]] = {
    "x": lambda pose: pose.x,
    "y": lambda pose: pose.y,
    "scale": lambda pose: pose.scale,
    "angle": lambda pose: pose.angle,
}


@pytest.mark.parametrize(
    ("name", "what", "sign"),
    [
        ("left", "x", -1),
        ("right", "x", 1),
        ("rise", "y", -1),
        ("fall", "y", 1),
        ("grow", "scale", 1),
        ("shrink", "scale", -1),
        ("spin", "angle", 1),
    ],
)
def test_a_motion_goes_its_one_way(name: str, what: str, sign: int) -> None:
    values = [POSE[what](motion(name).path(u, REACH)) for u in MOMENTS]
    assert (np.diff(values) * sign > 0).all()


@pytest.mark.parametrize("name", ["spin", "circle", "sway", "jump", "still"])
def test_a_motion_on_the_spot_ends_where_it_began(name: str) -> None:
    first, last = (motion(name).path(u, REACH) for u in (0.0, 1.0))
    assert (first.x, first.y, first.scale) == pytest.approx((last.x, last.y, last.scale), abs=1e-9)
    assert math.cos(first.angle) == pytest.approx(math.cos(last.angle))


def test_a_jump_leaves_the_ground_and_comes_back() -> None:
    heights = [motion("jump").path(u, REACH).y for u in MOMENTS]
    assert min(heights) < heights[0] - 0.3
    assert max(heights) == pytest.approx(heights[0], abs=1e-9)


@pytest.mark.parametrize("row", MOTIONS, ids=lambda row: row.name)
def test_subjects_stay_near_the_frame_and_keep_a_size(row: object) -> None:
    for u in MOMENTS:
        pose = motion(row.name).path(u, REACH)  # type: ignore[attr-defined]
        assert abs(pose.x) <= REACH + 0.1
        assert abs(pose.y) <= 0.5
        assert 0.5 < pose.scale < 1.6
        assert 0.5 < pose.squash < 1.5


@pytest.mark.parametrize("move", CAMERA_MOVES, ids=lambda move: move.name)
def test_every_camera_starts_at_the_same_view(move: object) -> None:
    assert astuple(camera_move(move.name).path(0.0, 1.0)) == pytest.approx(astuple(View()))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("one", "other"),
    [("pan-left", "pan-right"), ("tilt-up", "tilt-down"), ("roll-clockwise", "roll-counterclockwise")],
)
def test_opposite_camera_moves_are_mirror_images(one: str, other: str) -> None:
    for u in MOMENTS:
        a, b = camera_move(one).path(u, 0.9), camera_move(other).path(u, 0.9)
        assert (a.x, a.y, a.roll) == pytest.approx((-b.x, -b.y, -b.roll))


def test_zooms_undo_each_other() -> None:
    for u in MOMENTS:
        assert camera_move("zoom-in").path(u, 1).zoom * camera_move("zoom-out").path(u, 1).zoom == pytest.approx(1)


def test_names_are_unique_and_every_motion_can_be_said_of_every_kind() -> None:
    for table in (MOTIONS, CAMERA_MOVES):
        names = [row.name for row in table]
        assert len(set(names)) == len(names)
    for row in MOTIONS:
        assert any(phrase.kinds is None for phrase in row.phrases)


def test_no_two_motions_are_said_in_the_same_words() -> None:
    said = [
        (row.name, f"{phrase.third} {after}".strip())
        for row in MOTIONS
        for phrase in row.phrases
        for after in phrase.after
    ]
    phrases = [phrase for _, phrase in said]
    assert len(set(phrases)) == len(phrases)
