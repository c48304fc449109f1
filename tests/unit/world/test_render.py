"""The renderer: the motion that it tells is the motion that it shows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from vitascope.types import Pixels
from vitascope.world.motion import CAMERA_MOVES
from vitascope.world.render import Rendered, render
from vitascope.world.scene import Actor, Scene

WIDTH, HEIGHT = 320, 180
Field = npt.NDArray[np.float32]


def scene(moves: str = "still", camera: str = "static", *, actors: bool = True) -> Scene:
    """A parrot in the desert."""
    who = (Actor("parrot", moves, 0.0, 0.05, 0.5),) if actors else ()
    return Scene("desert", 1, "day", camera, 1.0, who)


def led_back(picture: Pixels, flow: Field) -> tuple[Pixels, npt.NDArray[np.bool_]]:
    """Each pixel fetched from where `flow` says that it was, and where that lies within the picture."""
    rows, columns = picture.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    map_x, map_y = x + flow[..., 0] * rows, y + flow[..., 1] * rows
    inside = (map_x >= 1) & (map_x <= columns - 2) & (map_y >= 1) & (map_y <= rows - 2)
    return cv2.remap(picture, map_x, map_y, cv2.INTER_CUBIC), inside


def psnr(one: Pixels, other: Pixels, where: npt.NDArray[np.bool_]) -> float:
    error = np.square(one[where].astype(np.float64) - other[where]).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


def centre(made: Rendered, frame: int) -> npt.NDArray[np.float64]:
    """Where the subject is: the middle (x, y) of its coverage, in pixels."""
    member = made.motion[frame, ..., 4]
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.array([(x * member).sum(), (y * member).sum()]) / member.sum()


@pytest.mark.parametrize("camera", ["pan-left", "tilt-up", "zoom-in", "roll-clockwise"])
def test_the_background_is_the_first_frame_led_by_its_motion(camera: str) -> None:
    made = render(scene(camera=camera, actors=False), [0.0, 1.0], WIDTH, HEIGHT)
    fetched, inside = led_back(made.colour[0], made.motion[1, ..., :2])
    assert inside.mean() > 0.5
    assert psnr(fetched, made.colour[1], inside) > 34
    assert psnr(made.colour[0], made.colour[1], inside) < 30


@pytest.mark.parametrize("moves", ["left", "rise", "spin", "shrink", "jump"])
@pytest.mark.parametrize("camera", ["static", "zoom-out"])
def test_the_subject_is_the_first_frame_led_by_its_motion(moves: str, camera: str) -> None:
    made = render(scene(moves, camera), [0.0, 0.4], WIDTH, HEIGHT)
    fetched, inside = led_back(made.colour[0], made.motion[1, ..., 2:4])
    was, _ = led_back((made.motion[0, ..., 4:].repeat(3, -1) * 255).astype(np.uint8), made.motion[1, ..., 2:4])
    solid = (made.motion[1, ..., 4] > 0.98) & (was[..., 0] > 250) & inside
    assert solid.sum() > 500
    assert psnr(fetched, made.colour[1], solid) > 27


@pytest.mark.parametrize(("moves", "axis", "sign"), [("left", 0, -1), ("right", 0, 1), ("rise", 1, -1), ("fall", 1, 1)])
def test_a_subject_goes_the_way_that_its_motion_is_called(moves: str, axis: int, sign: int) -> None:
    made = render(scene(moves), [0.0, 0.5, 1.0], WIDTH, HEIGHT)
    path = [centre(made, frame)[axis] for frame in range(3)]
    assert (np.diff(path) * sign > 20).all()
    solid = made.motion[2, ..., 4] > 0.98
    assert (made.motion[2, solid, 2 + axis] * sign < 0).all()


@pytest.mark.parametrize(
    ("camera", "shift"), [("pan-left", (-0.36, 0)), ("pan-right", (0.36, 0)), ("tilt-up", (0, -0.2))]
)
def test_a_camera_that_moves_shows_the_world_moving_the_other_way(camera: str, shift: tuple[float, float]) -> None:
    made = render(scene(camera=camera), [0.0, 1.0], WIDTH, HEIGHT)
    assert np.allclose(made.motion[1, ..., :2], shift, atol=1e-5)
    resting = np.array(shift) * HEIGHT
    assert centre(made, 1) == pytest.approx(centre(made, 0) - resting, abs=2)


@pytest.mark.parametrize("camera", [move.name for move in CAMERA_MOVES])
def test_nothing_has_moved_in_the_first_frame(camera: str) -> None:
    made = render(scene("zigzag", camera), [0.0], WIDTH, HEIGHT)
    assert np.abs(made.motion[..., :4]).max() < 1e-6


def test_coverage_is_a_share_and_tells_where_the_subject_is() -> None:
    shown = render(scene(), [0.3], WIDTH, HEIGHT)
    empty = render(scene(actors=False), [0.3], WIDTH, HEIGHT)
    member = shown.motion[0, ..., 4]
    assert member.min() == 0
    assert 0.99 < member.max() <= 1
    assert empty.motion[..., 4].max() == 0
    differs = np.abs(shown.colour[0].astype(int) - empty.colour[0]).max(-1) > 2
    assert not differs[member == 0].any()
    assert differs[member > 0.9].mean() > 0.9


def test_the_subjects_motion_fades_into_the_backgrounds_far_from_it() -> None:
    motion = render(scene("left", "pan-right"), [0.0, 1.0], WIDTH, HEIGHT).motion[1]
    apart = np.linalg.norm(motion[..., 2:4] - motion[..., :2], axis=-1)
    assert apart[motion[..., 4] > 0.98].min() > 10 * apart[:20, -20:].max()


def test_rendering_is_a_function_of_the_scene_and_the_moment() -> None:
    what = scene("circle", "zoom-in")
    together = render(what, [0.0, 0.5, 1.0], WIDTH, HEIGHT)
    alone = render(what, [0.5], WIDTH, HEIGHT)
    assert np.array_equal(together.colour[1], alone.colour[0])
    assert np.array_equal(together.motion[1], alone.motion[0])


def test_frames_do_not_share_memory_with_what_is_cached() -> None:
    first = render(scene(), [0.0], WIDTH, HEIGHT)
    kept = first.colour.copy()
    first.colour[:] = 0
    assert np.array_equal(render(scene(), [0.0], WIDTH, HEIGHT).colour, kept)


def test_one_scene_has_one_composition_at_every_size() -> None:
    small = render(scene("left"), [0.7], WIDTH // 2, HEIGHT // 2).colour[0]
    large = render(scene("left"), [0.7], WIDTH, HEIGHT).colour[0]
    shrunk = cv2.resize(large, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    assert psnr(small, shrunk, np.ones(small.shape[:2], bool)) > 24


def test_light_changes_the_picture_and_not_the_motion() -> None:
    day = render(scene("left"), [1.0], WIDTH, HEIGHT)
    night, fog = (render(replace(scene("left"), light=light), [1.0], WIDTH, HEIGHT) for light in ("night", "fog"))
    assert night.colour.mean() < 0.6 * day.colour.mean()
    assert fog.colour.std() < 0.8 * day.colour.std()
    assert np.array_equal(night.motion, day.motion)


def test_a_colour_is_seen_on_the_subject_alone() -> None:
    car = replace(scene(), actors=(Actor("car", "still", 0.0, 0.0, 0.5, colour="blue"),))
    red = replace(car, actors=(replace(car.actors[0], colour="red"),))
    blue_made, red_made = (render(what, [0.0], WIDTH, HEIGHT) for what in (car, red))
    member = blue_made.motion[0, ..., 4]
    difference = blue_made.colour[0].astype(int) - red_made.colour[0]
    assert difference[member > 0.98].mean(0)[2] > 10
    assert difference[member > 0.98].mean(0)[0] < -10
    assert (difference[member == 0] == 0).all()
