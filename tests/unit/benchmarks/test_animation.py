from pathlib import Path

import cv2
import numpy as np
import pytest
from benchmarks import animation, photographs
from benchmarks.animation import DIRECTIONS, Animated, Course
from PIL import Image

RNG = np.random.default_rng(0)
PICTURE = cv2.GaussianBlur(RNG.integers(0, 255, (300, 500), dtype=np.uint8), (0, 0), 3)
PICTURE = cv2.normalize(PICTURE, None, 0, 255, cv2.NORM_MINMAX)
ALL = [d for pair in DIRECTIONS for d in pair]


def _camera(x: float = 0, y: float = 0, zoom: float = 0) -> list[np.ndarray]:
    """Sixteen frames (180, 320) of a camera that shifts by pixels and zooms by a logarithm a frame."""
    frames = []
    for k in range(animation.LOOKED_AT):
        scale = np.exp(zoom * k)
        matrix = np.array([[scale, 0, 160 - scale * (250 + x * k)], [0, scale, 90 - scale * (150 + y * k)]])
        frames.append(cv2.warpAffine(PICTURE, matrix, (320, 180), borderMode=cv2.BORDER_REFLECT))
    return frames


@pytest.mark.parametrize(
    ("moves", "asked"),
    [
        ({"x": -2}, "pan left"),
        ({"x": 2}, "pan right"),
        ({"y": -1}, "tilt up"),
        ({"y": 1}, "tilt down"),
        ({"zoom": 0.02}, "zoom in"),
        ({"zoom": -0.015}, "zoom out"),
    ],
)
def test_a_camera_move_goes_the_way_it_is_called_and_no_other(moves: dict[str, float], asked: str) -> None:
    course = animation.course(_camera(**moves))
    assert [d.prompt for d in ALL if course.goes(d)] == [asked]
    assert course.rest < 0.1 * course.energy


def test_a_frozen_clip_goes_nowhere() -> None:
    course = animation.course(_camera())
    assert not any(course.goes(d) for d in ALL)


def test_what_a_homography_leaves_is_the_motion_of_things() -> None:
    frames = _camera()
    for k, frame in enumerate(frames):
        frame[60:130, 60 + 6 * k : 140 + 6 * k] = PICTURE[200:270, 300:380]
    course = animation.course(frames)
    assert course.rest > 0.5 * course.energy


def test_the_sign_test_needs_twelve_of_fifteen() -> None:
    assert animation.sign_test(12, 15) < animation.CHANCE < animation.sign_test(11, 15)
    assert animation.sign_test(0, 15) == 1


def test_opposite_pairs_are_counted_by_photograph() -> None:
    def made(photo: str, prompt: str, x: float) -> Animated:
        return Animated(photo, prompt, 40.0, 1.0, 1.0, Course({"x": x, "y": 0, "scale": 0}, {}, 15, 1, 0), True)

    found = [made("a", "pan left", 1), made("a", "pan right", -1), made("b", "pan left", 1), made("b", "pan right", 1)]
    assert animation.opposite_pairs([*found, made("c", "pan left", 1)]) == (1, 2)


def test_a_soft_clip_fails_and_says_so() -> None:
    course = Course({"x": 1, "y": 0, "scale": 0}, {"x": 15, "y": 0, "scale": 0}, 15, 1, 0)
    good, soft = (Animated("a", "pan left", 40.0, sharp, 1.0, course, True) for sharp in (0.9, 0.5))
    assert animation.summary([good])[1]
    lines, fine = animation.summary([good, soft])
    assert not fine
    assert "lowest 0.50" in "\n".join(lines)


def test_every_photograph_gets_a_pair_of_opposites() -> None:
    photos = [Path(f"{k}.jpg") for k in range(6)]
    asked = [(photo, d.prompt if d else "") for photo, d in animation.jobs(photos, everything=False)]
    assert [p for photo, p in asked if photo == photos[0]] == ["pan left", "pan right", ""]
    assert [p for photo, p in asked if photo == photos[1]] == ["zoom in", "zoom out"]
    assert len(list(animation.jobs(photos, everything=True))) == 42


def test_ones_own_photographs_are_taken_where_they_are_large_enough(tmp_path: Path) -> None:
    for name, width in (("small.png", 800), ("large.png", 1280)):
        Image.new("RGB", (width, 400)).save(tmp_path / name)
    assert [p.name for p in photographs.find(tmp_path, tmp_path / "fetched", 20)] == ["large.png"]
    with pytest.raises(NotADirectoryError, match="PHOTOS"):
        photographs.find(tmp_path / "nowhere", tmp_path / "fetched", 20)
