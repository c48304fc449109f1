"""The table of backgrounds: what each is called in a caption, and how it is drawn; and pictures of dead leaves."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from vitascope.world import landscapes, places, seasons, skies
from vitascope.world.dead_leaves import dead_leaves as dead_leaves
from vitascope.world.scenery import pixels_of


@dataclass(frozen=True)
class Background:
    """A kind of scene: noun phrases and prepositions for captions, and the function that draws it."""

    name: str
    nouns: tuple[str, ...]
    prepositions: tuple[str, ...]
    draw: Callable[[np.random.Generator, int, int], npt.NDArray[np.uint8]]


# The first twelve are what released weights learned from: their looks are frozen, and new scenes are appended.
BACKGROUNDS: tuple[Background, ...] = (
    Background(
        "snowy field",
        ("a snowy field", "a field of snow", "the snow", "a snow-covered field", "a winter landscape"),
        ("in", "through", "across", "over"),
        landscapes.snowy_field,
    ),
    Background(
        "green meadow",
        ("a green meadow", "a grassy field", "the grass", "a green field", "a meadow"),
        ("in", "through", "across", "over"),
        landscapes.meadow,
    ),
    Background(
        "desert",
        ("a desert", "the desert", "sand dunes", "a sandy desert", "the dunes"),
        ("in", "through", "across", "over"),
        landscapes.desert,
    ),
    Background(
        "beach",
        ("a beach", "a sandy beach", "the beach", "a tropical beach", "the seashore"),
        ("on", "at", "along", "over"),
        skies.beach,
    ),
    Background(
        "ocean",
        ("the ocean", "the open sea", "a blue ocean", "the sea", "the waves"),
        ("on", "over", "across", "above"),
        skies.ocean,
    ),
    Background(
        "starry night sky",
        ("a starry night sky", "the night sky", "a sky full of stars", "the stars", "a starry sky"),
        ("in", "under", "across", "against"),
        skies.starry_night,
    ),
    Background(
        "city at night",
        ("a city at night", "a night city", "the city lights", "a city skyline at night"),
        ("in", "above", "over", "against"),
        skies.city_at_night,
    ),
    Background(
        "forest",
        ("a forest", "the woods", "a green forest", "the forest", "a sunlit forest"),
        ("in", "through", "across", "inside"),
        landscapes.forest,
    ),
    Background(
        "mountains",
        ("the mountains", "a mountain landscape", "a mountain range", "a mountain valley"),
        ("in", "over", "across", "above"),
        landscapes.mountains,
    ),
    Background(
        "sunset",
        ("a sunset", "the sunset", "an orange sunset sky", "a sunset sky"),
        ("at", "in front of", "against", "under"),
        skies.sunset,
    ),
    Background(
        "blue sky with clouds",
        ("a blue sky", "a blue sky with clouds", "the clouds", "a cloudy blue sky", "white clouds"),
        ("in", "through", "across", "against"),
        skies.cloudy_sky,
    ),
    Background(
        "underwater",
        ("an underwater scene", "the deep blue water", "the sea floor", "an underwater world"),
        ("in", "through", "across", "above"),
        skies.underwater,
    ),
    Background(
        "autumn park",
        ("an autumn park", "a park in autumn", "the autumn leaves", "a park full of fallen leaves"),
        ("in", "through", "across"),
        seasons.autumn_park,
    ),
    Background(
        "outer space",
        ("outer space", "space", "deep space", "the cosmos", "a galaxy with planets"),
        ("in", "through", "across"),
        places.outer_space,
    ),
    Background(
        "rainy street",
        ("a rainy street", "a wet street", "a street in the rain", "a rainy city street"),
        ("in", "on", "along", "above"),
        places.rainy_street,
    ),
    Background(
        "living room",
        ("a living room", "a cozy living room", "the living room", "a room with a sofa"),
        ("in", "inside", "across"),
        places.living_room,
    ),
    Background(
        "volcano",
        ("a volcano", "an erupting volcano", "a lava landscape", "a volcanic landscape"),
        ("in front of", "over", "above", "near"),
        seasons.volcano,
    ),
    Background(
        "lake", ("a lake", "a calm lake", "the lake", "a mountain lake"), ("on", "at", "over", "above"), seasons.lake
    ),
    Background(
        "flower garden",
        ("a flower garden", "a garden full of flowers", "the flowers", "a field of flowers"),
        ("in", "through", "among", "over"),
        seasons.flower_garden,
    ),
    Background(
        "cave", ("a cave", "a dark cave", "the cave", "a rocky cavern"), ("in", "inside", "through"), places.cave
    ),
    Background(
        "snowy mountains at dusk",
        ("snowy mountains at dusk", "snowy peaks at dusk", "pink mountain peaks", "an evening in the snowy mountains"),
        ("against", "in front of", "above"),
        seasons.mountains_at_dusk,
    ),
    Background(
        "wheat field",
        ("a wheat field", "a field of wheat", "a golden field", "the golden wheat"),
        ("in", "through", "across", "over"),
        seasons.wheat_field,
    ),
    Background(
        "bamboo grove",
        ("a bamboo forest", "a bamboo grove", "the bamboo", "tall bamboo"),
        ("in", "through", "among"),
        places.bamboo_grove,
    ),
)


def find(name: str) -> Background:
    """The background of that name; `KeyError` names those there are."""
    for background in BACKGROUNDS:
        if background.name == name:
            return background
    known = ", ".join(background.name for background in BACKGROUNDS)
    raise KeyError(f"no background is called {name!r}; expected one of: {known}")


def draw(background: Background, seed: int, width: int, height: int) -> npt.NDArray[np.uint8]:
    """The scene as RGB pixels (height, width, 3), a pure function of its four arguments.

    One seed gives one composition at every size of the same aspect; other aspects see more or less of it.
    """
    rng = np.random.default_rng([seed, zlib.crc32(background.name.encode())])
    gain, gamma = rng.uniform(0.955, 1.045, 3), rng.uniform(0.9, 1.12)
    pixels = background.draw(rng, width, height)
    levels = (np.arange(256)[:, None] / 255.0) ** gamma * gain
    table = np.clip(levels * 255 + 0.5, 0, 255).astype(np.uint8)
    return pixels_of(cv2.LUT(pixels, table[None]))
