"""The embedded engine on `tiny`: real stations, random weights, small canvases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch

from vitascope import errors
from vitascope.engines import load
from vitascope.engines.mini import CHUNK, MiniEngine, SamplerSpec
from vitascope.media.stills import fit
from vitascope.model.specs import TINY
from vitascope.types import Allowed, Decision, Frames, Outside, Pixels, Progress, Request, Still
from vitascope.weights.build import random_model
from vitascope.weights.text_files import load_text_encoder
from vitascope.world.backgrounds import dead_leaves

REQUEST = Request("a red fox runs", width=320, height=160, fps=12, seconds=1.0, steps=2, model="tiny", seed=5)


class Log:
    """Decisions are of no interest here."""

    def record(self, decision: Decision) -> None: ...


class Kept:
    """Checkpoints in memory, and how often one was asked for and found."""

    def __init__(self) -> None:
        self.latents: dict[str, npt.NDArray[np.float32]] = {}
        self.found = 0

    def load(self, key: str) -> npt.NDArray[np.float32] | None:
        self.found += key in self.latents
        return self.latents.get(key)

    def save(self, key: str, latents: npt.NDArray[np.float32]) -> None:
        self.latents[key] = latents.copy()


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    return MiniEngine(random_model(TINY), load_text_encoder())


@pytest.fixture(scope="module")
def still() -> Still:
    return Still(dead_leaves(1, 500, 300), "a" * 64, "leaves.png")


@pytest.fixture(scope="module")
def clip(engine: MiniEngine) -> Pixels:
    return frames_of(engine, REQUEST)


def asked(engine: MiniEngine, request: Request, outside: Outside | None = None) -> Frames:
    return engine.frames(Allowed(request, ()), outside or Outside(log=Log()))


def frames_of(engine: MiniEngine, request: Request, outside: Outside | None = None) -> Pixels:
    return np.concatenate(list(asked(engine, request, outside).chunks))


def test_a_clip_has_the_frames_asked_for(clip: Pixels) -> None:
    assert clip.shape == (13, 160, 320, 3)
    assert clip.dtype == np.uint8
    assert clip.std() > 0


def test_frames_come_in_chunks(engine: MiniEngine) -> None:
    frames = asked(engine, REQUEST)
    assert [len(chunk) for chunk in frames.chunks] == [CHUNK, 13 - CHUNK]
    assert frames.model == engine.model.id
    assert frames.warnings == ()


def test_equal_requests_give_equal_frames(engine: MiniEngine, clip: Pixels) -> None:
    assert np.array_equal(frames_of(engine, REQUEST), clip)


@pytest.mark.parametrize(
    "changed",
    [{"seed": 6}, {"prompt": "a blue whale"}, {"negative_prompt": "a boat"}, {"guidance_scale": 6.0}, {"steps": 3}],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_is_asked_changes_the_frames(engine: MiniEngine, clip: Pixels, changed: dict[str, object]) -> None:
    assert not np.array_equal(frames_of(engine, replace(REQUEST, **changed)), clip)  # type: ignore[arg-type]


@pytest.mark.parametrize(("width", "height"), [(160, 320), (160, 160), (80, 80)])
def test_every_aspect_is_drawn(engine: MiniEngine, width: int, height: int) -> None:
    assert frames_of(engine, replace(REQUEST, width=width, height=height)).shape == (13, height, width, 3)


@pytest.mark.parametrize(("seconds", "fps", "count"), [(1.0, 8, 9), (2.0, 10, 21), (1.3, 9, 13)])
def test_every_length_is_drawn(engine: MiniEngine, seconds: float, fps: int, count: int) -> None:
    request = replace(REQUEST, width=80, height=80, seconds=seconds, fps=fps)
    assert len(frames_of(engine, request)) == count


@pytest.mark.parametrize("with_still", [False, True])
def test_progress_counts_all_the_work_that_is_done(engine: MiniEngine, still: Still, with_still: bool) -> None:
    told: list[Progress] = []
    request = replace(REQUEST, still=still if with_still else None)
    frames_of(engine, request, Outside(log=Log(), progress=told.append))
    stages = {stage: [p for p in told if p.stage == stage] for stage in ("text", "steps", "decode")}
    assert [p.stage for p in told] == [p.stage for stage in stages for p in stages[stage]]
    steps = REQUEST.steps * (1 if with_still else 1 + SamplerSpec().first_steps_factor)
    assert [p.done for p in stages["steps"]] == list(range(1, steps + 1))
    assert {p.total for p in stages["steps"]} == {steps}
    assert [(p.done, p.total) for p in stages["text"]] == [(0, 1), (1, 1)]
    assert [(p.done, p.total) for p in stages["decode"]] == [(0, 13), (8, 13), (13, 13)]


@pytest.mark.parametrize("after", [1, 2, 5])
def test_it_can_be_cancelled_between_steps(engine: MiniEngine, after: int) -> None:
    told: list[Progress] = []
    outside = Outside(log=Log(), progress=told.append, cancelled=lambda: sum(p.stage == "steps" for p in told) >= after)
    with pytest.raises(errors.Cancelled):
        frames_of(engine, REQUEST, outside)
    assert sum(p.stage == "steps" for p in told) == after
    assert not any(p.stage == "decode" for p in told)


def test_it_can_be_cancelled_between_chunks(engine: MiniEngine) -> None:
    stopped: list[bool] = []
    chunks = asked(engine, REQUEST, Outside(log=Log(), cancelled=lambda: bool(stopped))).chunks
    assert len(next(chunks)) == CHUNK
    stopped.append(True)
    with pytest.raises(errors.Cancelled, match="8 of 13"):
        next(chunks)


def test_nothing_is_done_before_the_first_chunk_is_taken(engine: MiniEngine) -> None:
    told: list[Progress] = []
    asked(engine, REQUEST, Outside(log=Log(), progress=told.append))
    assert told == []


def test_the_first_frame_of_a_still_is_the_still(engine: MiniEngine, still: Still) -> None:
    made = frames_of(engine, replace(REQUEST, still=still, prompt=""))
    assert np.array_equal(made[0], fit(still, REQUEST.width, REQUEST.height))
    assert made.shape == (13, 160, 320, 3)


def test_stills_differ_by_their_pixels(engine: MiniEngine, still: Still) -> None:
    other = replace(still, pixels=dead_leaves(2, 500, 300), sha256="b" * 64)
    made = [frames_of(engine, replace(REQUEST, still=what)) for what in (still, other)]
    assert not np.array_equal(made[0][-1], made[1][-1])


def test_a_run_is_taken_up_from_its_kept_latents(engine: MiniEngine, clip: Pixels) -> None:
    kept, told = Kept(), list[Progress]()
    first = frames_of(engine, REQUEST, Outside(log=Log(), checkpoints=kept))
    second = frames_of(engine, REQUEST, Outside(log=Log(), progress=told.append, checkpoints=kept))
    assert kept.found == 1
    assert not any(p.stage == "steps" for p in told)
    assert np.array_equal(first, clip)
    assert np.array_equal(second, clip)


def test_kept_latents_serve_the_very_same_run_alone(engine: MiniEngine, still: Still) -> None:
    kept = Kept()
    others = [REQUEST, replace(REQUEST, seed=6), replace(REQUEST, prompt="a fox"), replace(REQUEST, still=still)]
    for request in (*others, replace(REQUEST, still=replace(still, sha256="c" * 64))):
        frames_of(engine, replace(request, width=80, height=80), Outside(log=Log(), checkpoints=kept))
    other = MiniEngine(engine.model, engine.text, SamplerSpec(shift=2.0))
    frames_of(other, replace(REQUEST, width=80, height=80), Outside(log=Log(), checkpoints=kept))
    assert kept.found == 0
    assert len(kept.latents) == 6


def test_a_preview_is_small_and_begins_with_the_first_frame(engine: MiniEngine) -> None:
    small = engine.preview(REQUEST, count=5)
    assert small.shape == (5, 20, 40, 3)
    assert small.dtype == np.uint8


def test_words_that_the_weights_do_not_know_are_told(engine: MiniEngine) -> None:
    knowing = MiniEngine(replace(engine.model, known_words=frozenset({"fox", "run"})), engine.text)
    (warning,) = asked(knowing, replace(REQUEST, prompt="a red fox runs past a castle")).warnings
    assert "'red', 'castle'" in warning
    assert asked(knowing, replace(REQUEST, prompt="the fox is running")).warnings == ()


def test_the_end_of_a_long_prompt_is_told_as_unread(engine: MiniEngine) -> None:
    (warning,) = asked(engine, replace(REQUEST, prompt="a fox " + "and a dog " * 40 + "by the sea")).warnings
    assert "by the sea" in warning or "and a dog" in warning


def test_low_precision_draws_nearly_the_same_picture(engine: MiniEngine) -> None:
    made = [
        MiniEngine(random_model(TINY), engine.text, precision=precision).preview(REQUEST, 2)
        for precision in (torch.float32, torch.bfloat16)
    ]
    assert np.abs(made[0][0].astype(int) - made[1][0]).mean() < 12


def test_the_engine_is_opened_by_name_and_once() -> None:
    opened = load.load("tiny")
    assert isinstance(opened, MiniEngine)
    assert opened is load.load("tiny")
    with pytest.raises(errors.ModelUnknown, match="'huge'"):
        load.load("huge")
