"""The whole road with every real station, on frames that are drawn rather than learned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.road.drawing import DrawingEngine

from vitascope import errors, media, road
from vitascope.types import Decision, Outside, Progress, Request

REFUSED = "students march for democracy in China"


class Log:
    """Keeps decisions in memory."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []

    def record(self, decision: Decision) -> None:
        self.decisions.append(decision)


@pytest.fixture
def asked() -> Request:
    return road.request("a disc moves right", size="320x320", fps=12, seconds=1, seed=3)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def outside(log: Log) -> Outside:
    return Outside(log=log)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_request_becomes_a_signed_clip_and_nothing_else_is_left(
    asked: Request, outside: Outside, tmp_path: Path
) -> None:
    made = road.make(asked, tmp_path / "out.mp4", DrawingEngine(), outside)
    assert made.ref.path == tmp_path / "out.mp4"
    assert left_in(tmp_path) == ["out.mp4"]
    info = media.probe(made.ref.path)
    assert (info.width, info.height, info.frames, info.codec) == (320, 320, asked.num_frames, "h264")
    assert made.warnings == ("the words 'qwx' are unknown",)
    assert made.manifest


def test_every_decision_of_the_walk_is_logged_and_told(
    asked: Request, outside: Outside, log: Log, tmp_path: Path
) -> None:
    made = road.make(replace(asked, negative_prompt="rain"), tmp_path / "out.mp4", DrawingEngine(), outside)
    assert [decision.surface for decision in made.decisions] == ["prompt", "negative_prompt", "frames"]
    assert list(made.decisions) == log.decisions
    assert {decision.outcome for decision in made.decisions} == {"allow"}


def test_equal_requests_give_equal_frames_and_other_seeds_others(
    asked: Request, outside: Outside, tmp_path: Path
) -> None:
    first, second = (road.make(asked, tmp_path / name, DrawingEngine(), outside) for name in ("1.mp4", "2.mp4"))
    other = road.make(replace(asked, seed=4), tmp_path / "3.mp4", DrawingEngine(), outside)
    assert first.pixels_sha256 == second.pixels_sha256 != other.pixels_sha256


def test_a_refusal_is_told_before_the_engine_is_asked(
    asked: Request, outside: Outside, log: Log, tmp_path: Path
) -> None:
    engine = DrawingEngine()
    with pytest.raises(errors.Refusal) as refused:
        road.make(replace(asked, prompt=REFUSED, policy="kling-2024"), tmp_path / "out.mp4", engine, outside)
    decision = refused.value.decision
    assert isinstance(decision, Decision)
    assert (decision.pack, decision.outcome) == ("kling-2024", "refuse")
    assert decision.spans
    assert decision.rule
    assert log.decisions == [decision]
    assert engine.clips == 0
    assert left_in(tmp_path) == []


def test_frames_that_stand_still_are_refused_and_leave_no_file(
    asked: Request, outside: Outside, tmp_path: Path
) -> None:
    with pytest.raises(errors.FramesRefused) as refused:
        road.make(asked, tmp_path / "out.mp4", DrawingEngine(moves=False), outside)
    assert refused.value.exit_code == errors.Refusal.exit_code
    assert left_in(tmp_path) == []


def test_a_refused_clip_leaves_the_file_that_was_there(asked: Request, outside: Outside, tmp_path: Path) -> None:
    (tmp_path / "out.mp4").write_bytes(b"precious")
    with pytest.raises(errors.FramesRefused):
        road.make(asked, tmp_path / "out.mp4", DrawingEngine(moves=False), outside)
    assert (tmp_path / "out.mp4").read_bytes() == b"precious"


def test_a_bad_destination_costs_no_work(asked: Request, outside: Outside, log: Log, tmp_path: Path) -> None:
    engine = DrawingEngine()
    with pytest.raises(errors.OutputUnwritable):
        road.make(asked, tmp_path / "missing" / "out.mp4", engine, outside)
    assert (engine.clips, log.decisions) == (0, [])


@pytest.mark.parametrize("after", [0, 5, 13])
def test_cancelling_stops_the_work_and_leaves_no_file(
    asked: Request, outside: Outside, tmp_path: Path, after: int
) -> None:
    engine = DrawingEngine()
    with pytest.raises(errors.Cancelled):
        road.make(asked, tmp_path / "out.mp4", engine, replace(outside, cancelled=lambda: engine.drawn >= after))
    assert engine.drawn <= after + 4
    assert left_in(tmp_path) == []


def interrupt_at(stage: str) -> Callable[[Progress], None]:
    def sink(progress: Progress) -> None:
        if progress.stage == stage and progress.done:
            raise KeyboardInterrupt

    return sink


@pytest.mark.parametrize("stage", ["text", "decode", "encode", "sign"])
def test_an_interrupt_in_any_stage_leaves_no_file(asked: Request, outside: Outside, tmp_path: Path, stage: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        road.make(asked, tmp_path / "out.mp4", DrawingEngine(), replace(outside, progress=interrupt_at(stage)))
    assert left_in(tmp_path) == []


def test_progress_counts_real_work_to_its_end(asked: Request, outside: Outside, tmp_path: Path) -> None:
    seen: list[Progress] = []
    road.make(asked, tmp_path / "out.mp4", DrawingEngine(), replace(outside, progress=seen.append))
    for stage in ("decode", "encode"):
        counts = [progress.done for progress in seen if progress.stage == stage]
        assert counts[-1] == asked.num_frames
        assert all(before <= after for before, after in pairwise(counts))


def test_the_stages_take_no_more_time_than_the_whole(asked: Request, outside: Outside, tmp_path: Path) -> None:
    took = road.make(asked, tmp_path / "out.mp4", DrawingEngine(), outside).timings
    parts = (took.guard, took.load, took.text, took.steps, took.decode, took.encode, took.sign)
    assert all(part >= 0 for part in parts)
    assert 0 < sum(parts) <= took.total


def test_streamed_frames_are_the_frames_of_the_clip(asked: Request, outside: Outside, tmp_path: Path) -> None:
    chunks = list(road.stream(asked, DrawingEngine(), outside))
    streamed = np.concatenate(chunks)
    assert len(chunks) > 1
    assert (streamed.shape, streamed.dtype) == ((asked.num_frames, 320, 320, 3), np.uint8)
    made = road.make(asked, tmp_path / "out.mp4", DrawingEngine(), outside)
    decoded = np.concatenate(list(media.read_frames(made.ref.path)))
    assert np.abs(streamed.astype(int) - decoded.astype(int)).mean() < 4  # what H.264 loses


def test_a_stream_is_refused_like_a_clip(asked: Request, outside: Outside) -> None:
    engine = DrawingEngine()
    with pytest.raises(errors.Refusal):
        next(road.stream(replace(asked, prompt=REFUSED, policy="kling-2024"), engine, outside))
    assert engine.clips == 0


def test_a_full_disk_is_named_and_leaves_no_file(asked: Request, outside: Outside, tmp_path: Path) -> None:
    class Full(DrawingEngine):
        def _frame(self, request: Request, number: int) -> np.ndarray:
            with Path("/dev/full").open("wb", buffering=0) as full:
                full.write(b"x")
            return super()._frame(request, number)

    with pytest.raises(errors.DiskFull, match=r"out\.mp4"):
        road.make(asked, tmp_path / "out.mp4", Full(), outside)
    assert left_in(tmp_path) == []
