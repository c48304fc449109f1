"""Backgrounds: pure functions of their seed, the same composition at every size, told apart by colour and structure."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from vitascope.world.backgrounds import BACKGROUNDS, Background, dead_leaves, draw, find

Pixels = npt.NDArray[np.uint8]
ASPECTS = ((320, 180), (180, 320), (240, 240))
each_background = pytest.mark.parametrize("background", BACKGROUNDS, ids=lambda b: b.name)

# Mean colours of two rows and three columns, seed 0, 320x180: what released weights learned from.
FROZEN: dict[str, tuple[tuple[int, int, int], ...]] = {
    "dead leaves": ((73, 99, 45), (79, 106, 60), (79, 124, 77), (84, 108, 54), (81, 117, 73), (85, 131, 83)),
    "snowy field": (
        (191, 209, 241), (206, 217, 241), (198, 212, 242), (214, 223, 248), (225, 230, 252), (224, 230, 251)),
    "green meadow": (
        (153, 209, 216), (172, 218, 222), (175, 219, 219), (138, 204, 86), (140, 207, 86), (139, 205, 86)),
    "desert": ((232, 216, 205), (217, 211, 208), (206, 204, 203), (225, 141, 76), (220, 133, 70), (218, 132, 71)),
    "beach": ((116, 199, 232), (122, 202, 233), (88, 181, 197), (191, 216, 195), (206, 214, 187), (216, 213, 182)),
    "ocean": ((174, 216, 220), (173, 216, 221), (163, 210, 218), (34, 100, 142), (45, 106, 144), (29, 92, 135)),
    "starry night sky": ((25, 19, 63), (55, 46, 94), (25, 19, 63), (44, 37, 86), (34, 27, 78), (34, 28, 78)),
    "city at night": ((40, 28, 63), (41, 29, 69), (45, 29, 68), (73, 59, 77), (68, 57, 80), (82, 68, 82)),
    "forest": ((133, 160, 118), (127, 163, 111), (122, 150, 108), (111, 151, 95), (110, 155, 93), (98, 136, 87)),
    "mountains": (
        (176, 200, 224), (165, 194, 221), (178, 202, 225), (115, 150, 134), (127, 161, 143), (116, 149, 135)),
    "sunset": ((189, 99, 109), (203, 128, 120), (195, 129, 127), (183, 128, 105), (187, 145, 117), (201, 169, 134)),
    "blue sky with clouds": (
        (104, 171, 224), (133, 185, 227), (153, 194, 229), (205, 223, 236), (238, 239, 240), (204, 225, 238)),
    "underwater": ((87, 199, 192), (102, 206, 198), (109, 205, 201), (46, 119, 133), (36, 121, 143), (59, 120, 135)),
}  # fmt: skip


def shrunk(pixels: Pixels, width: int, height: int) -> npt.NDArray[np.float64]:
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.float64)


def correlation(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


def test_there_are_at_least_sixteen_backgrounds_with_unique_names() -> None:
    names = [background.name for background in BACKGROUNDS]
    assert len(names) >= 16
    assert len(set(names)) == len(names)


def test_no_two_backgrounds_share_a_noun_phrase() -> None:
    nouns = [noun for background in BACKGROUNDS for noun in background.nouns]
    assert len(set(nouns)) == len(nouns)


@each_background
def test_captions_have_three_to_five_nouns_and_some_prepositions(background: Background) -> None:
    assert 3 <= len(background.nouns) <= 5
    assert background.prepositions
    for phrase in (*background.nouns, *background.prepositions):
        assert phrase == phrase.strip().lower()


@each_background
def test_every_aspect_is_filled_with_rgb_bytes(background: Background) -> None:
    for width, height in ASPECTS:
        pixels = draw(background, 1, width, height)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8
        assert (pixels.max(axis=2) > 0).mean() > 0.98


@each_background
def test_the_same_seed_gives_the_same_pixels_and_another_seed_another_picture(background: Background) -> None:
    first = draw(background, 4, 320, 180)
    assert np.array_equal(first, draw(background, 4, 320, 180))
    other = draw(background, 5, 320, 180)
    assert np.abs(first.astype(int) - other.astype(int)).mean() > 3


@each_background
def test_one_seed_is_one_composition_at_every_size(background: Background) -> None:
    large, small = draw(background, 2, 1280, 720), draw(background, 2, 640, 360)
    assert correlation(shrunk(large, 160, 90), shrunk(small, 160, 90)) > 0.97


def test_scenes_are_told_apart_by_their_coarse_colours_alone() -> None:
    """A nearest-neighbour judge that sees 8x6 pixels names a new seed's scene: what a model must be able to do."""
    known = {b.name: [shrunk(draw(b, seed, 160, 90), 8, 6) for seed in range(3)] for b in BACKGROUNDS}
    right = 0
    trials = [(b, seed) for b in BACKGROUNDS for seed in (50,)]
    for background, seed in trials:
        seen = shrunk(draw(background, seed, 160, 90), 8, 6)
        nearest = min(known, key=lambda name: min(float(np.abs(seen - one).mean()) for one in known[name]))
        right += nearest == background.name
    assert right / len(trials) >= 0.85


def test_find_returns_the_background_of_that_name_and_names_those_there_are_otherwise() -> None:
    assert find("forest").name == "forest"
    with pytest.raises(KeyError, match=r"no background is called 'moon'.*forest"):
        find("moon")


@pytest.mark.parametrize("name", FROZEN)
def test_what_weights_learned_from_keeps_its_looks(name: str) -> None:
    pixels = dead_leaves(0, 320, 180) if name == "dead leaves" else draw(find(name), 0, 320, 180)
    assert np.abs(shrunk(pixels, 3, 2).reshape(-1, 3) - np.array(FROZEN[name])).max() <= 1.5


def test_the_first_twelve_are_those_that_weights_learned_from() -> None:
    assert {background.name for background in BACKGROUNDS[:12]} == set(FROZEN) - {"dead leaves"}


def test_dead_leaves_repeat_by_seed_and_fill_every_aspect() -> None:
    for width, height in ASPECTS:
        pixels = dead_leaves(3, width, height)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8
        assert np.array_equal(pixels, dead_leaves(3, width, height))


def test_dead_leaves_keep_their_composition_at_every_size() -> None:
    large, small = dead_leaves(6, 1280, 720), dead_leaves(6, 640, 360)
    assert correlation(shrunk(large, 160, 90), shrunk(small, 160, 90)) > 0.97


def test_dead_leaves_vary_between_seeds_and_have_edges_inside() -> None:
    pictures = [dead_leaves(seed, 320, 180) for seed in range(6)]
    for first, second in itertools.combinations(pictures, 2):
        assert np.abs(first.astype(int) - second.astype(int)).mean() > 8
    for picture in pictures:
        steps = np.abs(np.diff(picture.astype(int), axis=1)).max(axis=2)
        assert (steps > 24).mean() > 0.01


def test_dead_leaves_have_the_falling_spectrum_of_photographs() -> None:
    """Amplitude falls with frequency by a power between 0.7 and 2 (photographs: about 1)."""
    slopes: list[float] = []
    for seed in range(4):
        grey = dead_leaves(seed, 256, 256).mean(axis=2)
        window = np.hanning(256)[:, None] * np.hanning(256)[None, :]
        amplitude = np.abs(np.fft.fft2((grey - grey.mean()) * window))
        radius = np.hypot(*np.meshgrid(np.fft.fftfreq(256) * 256, np.fft.fftfreq(256) * 256))
        rings = np.arange(4, 64)
        means = [amplitude[(radius >= r) & (radius < r + 1)].mean() for r in rings]
        slopes.append(float(np.polyfit(np.log(rings), np.log(means), 1)[0]))
    assert -2.0 < np.mean(slopes) < -0.7
