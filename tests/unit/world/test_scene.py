"""Scenes are drawn from the palette, by seed, and never show what is held out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from vitascope.world import motion, subjects
from vitascope.world.scene import SIZES, Palette, Scene, held_out, is_held_out, sample, stage, whole_world

DRAWS = 2_000


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    rng = np.random.default_rng(5)
    return [sample(rng, whole_world()) for _ in range(DRAWS)]


def test_training_never_sees_a_held_out_combination(drawn: list[Scene]) -> None:
    combinations = [(actor.subject, actor.motion, scene.background) for scene in drawn for actor in scene.actors]
    assert len(combinations) > DRAWS
    assert not any(is_held_out(*combination) for combination in combinations)


def test_about_a_tenth_of_all_combinations_is_held_out() -> None:
    world = whole_world()
    count = len(list(held_out(world)))
    total = len(world.subjects) * len(world.motions) * len(world.backgrounds)
    assert 0.095 < count / total < 0.105


def test_every_subject_and_every_background_has_held_out_and_seen_combinations() -> None:
    world = whole_world()
    out = list(held_out(world))
    for row, names in ((0, world.subjects), (1, world.motions), (2, world.backgrounds)):
        counts = Counter(combination[row] for combination in out)
        together = len(world.subjects) * len(world.motions) * len(world.backgrounds) // len(names)
        assert counts.keys() == set(names)
        assert max(counts.values()) < 0.25 * together


def test_the_whole_world_is_as_large_as_promised() -> None:
    world = whole_world()
    assert len(world.subjects) >= 100
    assert len(world.motions) >= 12
    assert len(world.cameras) >= 9
    assert world.max_actors == 3


def test_one_seed_gives_one_scene() -> None:
    first, again, other = (sample(np.random.default_rng(seed), whole_world()) for seed in (8, 8, 9))
    assert first == again
    assert first != other


def test_scenes_keep_to_their_palette() -> None:
    palette = Palette(("fox", "car"), ("left", "jump"), ("desert",), background_seeds=2)
    rng = np.random.default_rng(0)
    for _ in range(200):
        scene = sample(rng, palette)
        assert scene.background == "desert"
        assert scene.background_seed in (0, 1)
        assert (scene.camera, scene.light) == ("static", "day")
        (actor,) = scene.actors
        assert actor.subject in palette.subjects
        assert actor.motion in palette.motions
        assert actor.colour == ""


def test_a_size_word_means_its_size() -> None:
    palette = replace(whole_world(), size_share=0.7, max_actors=1, aspects=(1.0,))
    rng = np.random.default_rng(1)
    seen = {actor.size_word: actor.size for _ in range(300) for actor in sample(rng, palette).actors}
    assert seen.keys() == SIZES.keys()
    for word, size in seen.items():
        assert SIZES[word][0] <= size <= SIZES[word][1]


@pytest.mark.parametrize(("moves", "heading"), [("left", "left"), ("right", "right")])
@pytest.mark.parametrize("subject", ["dog", "rocket"])
def test_a_subject_that_looks_to_a_side_looks_where_it_goes(subject: str, moves: str, heading: str) -> None:
    scene = stage(np.random.default_rng(2), whole_world(), "desert", [(subject, moves)])
    looks_the_other_way = subjects.find(subject).faces != heading
    assert scene.actors[0].mirrored is looks_the_other_way


def test_several_actors_stand_apart() -> None:
    rng = np.random.default_rng(3)
    for _ in range(50):
        pairs = [("fox", "jump"), ("car", "spin"), ("apple", "sway")]
        places = [actor.x for actor in stage(rng, whole_world(), "beach", pairs).actors]
        assert places == sorted(places)


def test_every_palette_name_is_in_its_table() -> None:
    world = whole_world()
    assert set(world.cameras) == {move.name for move in motion.CAMERA_MOVES}
    assert set(world.motions) == {row.name for row in motion.MOTIONS}
