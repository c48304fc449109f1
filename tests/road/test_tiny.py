"""The road on `tiny`, as a user walks it: from Python and from the command line. Random weights, real stations."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vitascope
from vitascope import errors, media, settings

OPTIONS = {"model": "tiny", "size": "320x320", "fps": 12, "seconds": 1}
FLAGS = ["--model", "tiny", "--size", "320x320", "--fps", "12", "--seconds", "1"]
REFUSED = "students march for democracy in China"


@pytest.fixture(scope="module")
def clip() -> vitascope.Clip:
    return vitascope.generate("a red fox runs", seed=3, **OPTIONS)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("picture") / "ramp.png"
    rows, columns = np.mgrid[0:480, 0:640]
    Image.fromarray(np.stack([rows // 2, columns // 3, (rows + columns) // 5], -1).astype(np.uint8)).save(path)
    return path


def vitascope_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vitascope", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_clip_tells_what_it_is(clip: vitascope.Clip) -> None:
    assert clip.decision.outcome == "allow"
    assert [decision.surface for decision in clip.decisions] == ["prompt", "frames"]
    assert clip.model.name == "tiny"
    assert clip.request.seed == 3
    assert clip.manifest["assertions"]
    assert clip.timings.total > 0
    assert "a red fox runs" in repr(clip)


def test_a_clip_is_saved_as_often_as_wanted(clip: vitascope.Clip, tmp_path: Path) -> None:
    first, second = clip.save(tmp_path / "1.mp4"), clip.save(str(tmp_path / "2.mp4"))
    assert first.read_bytes() == second.read_bytes() == clip.path.read_bytes()
    with pytest.raises(errors.OutputUnwritable):
        clip.save(tmp_path / "missing" / "3.mp4")


def test_the_frames_of_a_clip_can_be_read_again_and_again(clip: vitascope.Clip) -> None:
    for _ in range(2):
        assert sum(len(chunk) for chunk in clip.frames) == clip.request.num_frames


def test_a_clip_takes_its_file_with_it() -> None:
    clip = vitascope.generate("a red fox runs", **OPTIONS)
    path = clip.path
    assert path.exists()
    del clip
    assert not path.parent.exists()


def test_streamed_frames_arrive_in_chunks() -> None:
    chunks = list(vitascope.stream("a red fox runs", seed=3, **OPTIONS))
    assert sum(len(chunk) for chunk in chunks) == 13
    assert {chunk.shape[1:] for chunk in chunks} == {(320, 320, 3)}


def test_a_picture_becomes_a_clip_that_begins_with_it(picture: Path) -> None:
    clip = vitascope.animate(picture, **OPTIONS)
    first = next(iter(clip.frames))[0].astype(float)
    still = media.fit(media.load_still(picture), 320, 320).astype(float)
    assert np.abs(first - still).mean() < 8
    assert clip.request.still is not None


def test_a_refusal_carries_its_decision() -> None:
    with pytest.raises(vitascope.errors.Refusal) as refused:
        vitascope.generate(REFUSED, policy="kling-2024", **OPTIONS)
    assert refused.value.decision.rule


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(TypeError, match="second"):
        vitascope.generate("a fox", second=3)  # pyright: ignore[reportCallIssue]


def test_the_command_makes_a_clip_and_tells_of_it_in_json(tmp_path: Path, clip: vitascope.Clip) -> None:
    done = vitascope_command(tmp_path, "generate", "a red fox runs", "-o", "fox.mp4", "--seed", "3", "--json", *FLAGS)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["path"] == "fox.mp4"
    assert told["decision"]["outcome"] == "allow"
    assert told["model"]["sha256"] == clip.model.sha256
    assert {"load", "text", "steps", "decode", "encode", "total"} <= set(told["timings"])
    assert [path.name for path in tmp_path.iterdir()] == ["fox.mp4"]

    verified = vitascope_command(tmp_path, "verify", "fox.mp4", "--json")
    assert verified.returncode == 0
    assert json.loads(verified.stdout)["watermark"]["found"]

    reproduced = vitascope_command(tmp_path, "reproduce", "fox.mp4", "--json")
    assert (reproduced.returncode, json.loads(reproduced.stdout)["same"]) == (0, True)


def test_several_seeds_make_several_files(tmp_path: Path) -> None:
    done = vitascope_command(tmp_path, "generate", "a red fox runs", "-n", "2", "--seed", "5", *FLAGS)
    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a-red-fox-runs-5.mp4", "a-red-fox-runs-6.mp4"]
    assert "allowed by policy default" in done.stdout
    files = sorted(tmp_path.iterdir())
    assert files[0].read_bytes() != files[1].read_bytes()


def test_a_refused_prompt_makes_no_file_and_names_its_rule(tmp_path: Path) -> None:
    done = vitascope_command(tmp_path, "generate", REFUSED, "--policy", "kling-2024", "--label", *FLAGS)
    assert done.returncode == 3
    for word in ("kling-2024", "rule", "democracy", "matched", "why"):
        assert word in done.stderr
    assert list(tmp_path.iterdir()) == []

    told = json.loads(vitascope_command(tmp_path, "generate", REFUSED, "--policy", "kling-2024", "--json").stdout)
    assert told["error"]["code"] == "policy_refused"
    assert told["error"]["decision"]["pack"] == "kling-2024"


def test_every_decision_is_in_the_record(clip: vitascope.Clip) -> None:
    recorded = (settings.load().home / "decisions.jsonl").read_text().splitlines()
    assert {decision.id for decision in clip.decisions} <= {json.loads(line)["id"] for line in recorded}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    flags = ["--model", "tiny", "--seconds", "10", "--steps", "100", "-o", "out.mp4"]
    process = subprocess.Popen(
        [sys.executable, "-m", "vitascope", "generate", "a red fox runs", *flags],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    try:
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=300)
    finally:
        process.kill()
    assert b"error cancelled" in said
    assert process.returncode == 128 + number
    assert list(tmp_path.iterdir()) == []
