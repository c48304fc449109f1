"""Captions say what is there, in many ways, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from vitascope.weights.vocabulary import unknown_words
from vitascope.world import backgrounds, subjects
from vitascope.world.captions import caption, vocabulary
from vitascope.world.scene import UNCAPTIONED, Actor, Palette, Scene, sample, whole_world

SCENE = Scene("snowy field", 0, "day", "static", 1.0, (Actor("fox", "left", 0, 0, 0.5),))


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def about(scene: Scene) -> Palette:
    """The part of the world that the scene shows, and no more."""
    return Palette(
        subjects=tuple(actor.subject for actor in scene.actors),
        motions=tuple(actor.motion for actor in scene.actors),
        backgrounds=() if scene.background == UNCAPTIONED else (scene.background,),
        cameras=(scene.camera,),
        camera_share=1.0,
        lights=(scene.light,),
        colour_share=float(any(actor.colour for actor in scene.actors)),
        size_share=float(any(actor.size_word for actor in scene.actors)),
        max_actors=len(scene.actors),
    )


def drawn(count: int, palette: Palette, seed: int = 0) -> list[tuple[Scene, str]]:
    rng = np.random.default_rng(seed)
    scenes = [sample(rng, palette) for _ in range(count)]
    return [(scene, caption(scene, rng)) for scene in scenes]


def test_a_caption_names_every_subject_and_the_background() -> None:
    for scene, said in drawn(400, whole_world()):
        for actor in scene.actors:
            assert any(word.lower() in said.lower() for word in subjects.find(actor.subject).words), said
        assert any(noun in said.lower() for noun in backgrounds.find(scene.background).nouns), said


def test_a_caption_says_nothing_that_is_not_there() -> None:
    for scene, said in drawn(400, whole_world(), seed=1):
        assert words_of(said) <= vocabulary(about(scene)), said


def test_colour_size_light_and_camera_are_said_where_there_are_any() -> None:
    rng = np.random.default_rng(2)
    actor = replace(SCENE.actors[0], subject="car", colour="purple", size_word="large")
    scene = replace(SCENE, actors=(actor,), light="fog", camera="zoom-in")
    for _ in range(50):
        said = caption(scene, rng)
        assert "purple" in said
        assert words_of(said) & {"large", "big", "huge"}
        assert words_of(said) & {"fog", "mist", "foggy"}
        assert re.search(r"zoom|camera", said, re.IGNORECASE)


def test_one_scene_is_told_in_many_ways() -> None:
    rng = np.random.default_rng(3)
    said = [caption(SCENE, rng) for _ in range(300)]
    assert len(set(said)) > 150
    place = re.compile(r"field|snow|landscape")
    before = sum(bool(place.search(s.lower().split("fox")[0])) for s in said)
    assert 30 < before < 270
    assert sum(" running" in s or " walking" in s for s in said) > 10
    assert sum(" runs" in s or " walks" in s for s in said) > 10


def test_the_way_is_said_nearly_always() -> None:
    rng = np.random.default_rng(4)
    told = sum("left" in caption(SCENE, rng) for _ in range(300))
    assert 260 <= told < 300


@pytest.mark.parametrize(("subject", "never"), [("apple", {"runs", "walks", "drives"}), ("car", {"runs", "walks"})])
def test_verbs_suit_the_subject(subject: str, never: set[str]) -> None:
    rng = np.random.default_rng(5)
    scene = replace(SCENE, actors=(replace(SCENE.actors[0], subject=subject),))
    said = [words_of(caption(scene, rng)) for _ in range(150)]
    assert not any(words & never for words in said)


def test_a_picture_without_words_gives_its_subject_alone() -> None:
    rng = np.random.default_rng(6)
    for _ in range(50):
        said = caption(replace(SCENE, background=UNCAPTIONED), rng)
        assert "fox" in said.lower()
        assert not words_of(said) & {"snow", "snowy", "field", "in", "dead", "leaves"}
    assert caption(replace(SCENE, background=UNCAPTIONED, actors=(), camera="pan-left"), rng).strip()


def test_a_caption_is_a_function_of_scene_and_generator() -> None:
    one, same = (caption(SCENE, np.random.default_rng(7)) for _ in range(2))
    assert one == same


@pytest.mark.parametrize(
    "palette",
    [
        whole_world(),
        Palette(("fox", "t-shirt", "television"), ("left", "spin"), ("beach",), size_share=0.5),
        Palette(("pinata", "fish"), ("jump",), ("underwater",), ("pan-left",), camera_share=0.5, lights=("night",)),
    ],
    ids=["whole", "plain", "odd"],
)
def test_the_vocabulary_covers_all_that_captions_say(palette: Palette) -> None:
    known = vocabulary(palette)
    for _, said in drawn(300, palette, seed=8):
        assert words_of(said) <= known, said
        assert unknown_words(said, known) == ()


def test_the_vocabulary_holds_only_what_the_palette_can_say() -> None:
    known = vocabulary(Palette(("fox",), ("left",), ("beach",), size_share=0.0))
    assert {"fox", "red", "runs", "beach", "along"} <= known
    for absent in ("dog", "small", "blue", "dusk", "night", "zooms", "spins", "drives", "snow", "and"):
        assert absent not in known
