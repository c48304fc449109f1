from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks import judge as j
from benchmarks import judge_training as jt
from recipes.mini_palette import palette

from vitascope.world.scene import Scene, is_held_out

LABELS = j.Labels.of(palette())


def _dots(going: str, count: int) -> jt.Batch:
    """Clips of a bright dot that goes left or right over black."""
    clip = np.zeros((j.FRAMES, j.HEIGHT, j.WIDTH, 3), np.uint8)
    for k in range(j.FRAMES):
        x = 10 + 14 * k if going == "right" else 108 - 14 * k
        clip[k, 30:40, x : x + 10] = 255
    index = np.full(count, LABELS.motions.index(going))
    return jt.Batch(np.stack([clip] * count), j.Truth(index * 0, index, index * 0))


def _way(clip: np.ndarray) -> str:
    columns = clip[..., 0].sum(1).astype(float)
    centre = (columns * np.arange(j.WIDTH)).sum(1) / columns.sum(1)
    steps = np.diff(centre)
    return "right" if (steps > 0).all() else "left" if (steps < 0).all() else j.NO_MOTION


def few_scenes(count: int) -> list[Scene]:
    """Scenes before one and the same drawing, which is made once."""
    return [replace(scene, background="desert", background_seed=0) for scene in j.training_scenes(count, 9)]


@pytest.fixture(scope="module")
def judge() -> j.Judge:
    torch.manual_seed(0)
    return j.Judge(LABELS).eval()


@pytest.mark.parametrize("going", ["left", "right"])
def test_an_augmented_clip_carries_the_label_of_how_it_moves_now(going: str) -> None:
    made = jt.augmented(_dots(going, 120), np.random.default_rng(3), LABELS)
    named = [LABELS.motions[i] for i in made.truth.motion]
    assert named == [_way(clip) for clip in made.clips]
    assert set(named) == {"left", "right", j.NO_MOTION}


def test_the_judge_learns_from_no_held_out_combination_and_is_asked_about_nothing_else() -> None:
    for scene in j.training_scenes(200, 1):
        assert not is_held_out(scene.actors[0].subject, scene.actors[0].motion, scene.background)
    for scene in j.held_out_scenes(200, 1):
        assert is_held_out(scene.actors[0].subject, scene.actors[0].motion, scene.background)
        assert scene.camera == "static"
        assert scene.background_seed >= j.OTHER_SEEDS > palette().background_seeds


def test_verdicts_are_probabilities_and_do_not_depend_on_the_company(judge: j.Judge) -> None:
    clips = [j.clip_of(scene) for scene in few_scenes(3)]
    together, alone = judge.look(clips), judge.look(clips[1:2])
    assert together.subject.shape == (3, 50)
    assert together.motion.shape == (3, 11)
    assert together.background.shape == (3, 12)
    np.testing.assert_allclose(together.subject.sum(1), 1, rtol=1e-4)
    np.testing.assert_allclose(together.motion[1:2], alone.motion, atol=0.02)


def test_frames_of_any_size_are_read(judge: j.Judge) -> None:
    assert judge.look([np.zeros((j.FRAMES, 144, 256, 3), np.uint8)]).subject.shape == (1, 50)


def test_the_judge_is_small(judge: j.Judge) -> None:
    assert sum(p.numel() for p in judge.parameters()) < 1_500_000


def test_right_counts_each_head_by_itself(judge: j.Judge) -> None:
    eye = np.eye(3, dtype=np.float32)
    right = j.Verdicts(eye, eye, eye).right(j.Truth(np.arange(3), np.array([0, 0, 0]), np.array([2, 1, 0])))
    assert [list(right[head]) for head in ("subject", "motion", "background")] == [
        [True, True, True], [True, False, False], [False, True, False],
    ]  # fmt: skip


def test_renders_are_cached_whole_and_in_the_order_of_their_scenes(tmp_path: Path) -> None:
    scenes = few_scenes(4)
    first = j.cached(tmp_path, "few", lambda: iter(scenes), 4)
    again = j.cached(tmp_path, "few", lambda: pytest.fail("they are there"), 4)
    for k, scene in enumerate(scenes):
        assert np.array_equal(again.clips[k], j.shrink(j.clip_of(scene)))
        assert LABELS.subjects[first.truth.subject[k]] == scene.actors[0].subject


def test_training_changes_the_judge_and_its_accuracy_can_be_measured(tmp_path: Path) -> None:
    plan = replace(jt.Plan(), clips=4, steps=2, batch=4)
    j.cached(tmp_path, "training", lambda: iter(few_scenes(4)), 4)
    judge = j.Judge(LABELS)
    before = judge.movement.motion.weight.clone()
    jt.train(judge, plan, tmp_path, tmp_path / "judge", minutes=1)
    assert not torch.equal(before, judge.movement.motion.weight)
    found = jt.measure(judge.eval(), "few", jt.training(tmp_path, plan))
    assert 0 <= found.worst <= 1
    assert found.count == 4


def test_a_blot_keeps_colour_and_loses_shape() -> None:
    clip = np.zeros((1, 72, 128, 3), np.uint8)
    clip[:, :, ::2] = 200
    assert jt.blot(clip).std() < 12
    assert abs(float(jt.blot(clip).mean()) - 100) < 3
