"""A finished clip made again from its own manifest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.road.drawing import DrawingEngine

from vitascope import errors, road, verify
from vitascope.types import Decision, Outside, Request, Still

SIZE = {"size": "320x320", "fps": 12, "seconds": 1}


class Log:
    """Takes decisions and forgets them."""

    def record(self, decision: Decision) -> None:
        del decision


OUTSIDE = Outside(log=Log())


def make(tmp_path: Path, request: Request) -> Path:
    return road.make(request, tmp_path / "clip.mp4", DrawingEngine(), OUTSIDE).ref.path


def test_a_clip_made_again_has_the_same_frames(tmp_path: Path) -> None:
    asked = road.request("a disc moves right", negative="rain", seed=3, label=True, **SIZE)
    record = verify.recorded(make(tmp_path, asked))
    again = record.request()
    assert again == asked
    found = road.reproduce(again, record, DrawingEngine(), OUTSIDE)
    assert (found.same, found.differences) == (True, ())
    assert found.pixels_sha256 == found.recorded_sha256
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_another_request_is_told_apart(tmp_path: Path) -> None:
    record = verify.recorded(make(tmp_path, road.request("a disc moves right", seed=3, **SIZE)))
    found = road.reproduce(replace(record.request(), seed=4), record, DrawingEngine(), OUTSIDE)
    assert not found.same


def test_other_weights_and_versions_are_named(tmp_path: Path) -> None:
    record = verify.recorded(make(tmp_path, road.request("a disc moves right", **SIZE)))
    elsewhere = replace(record, model=replace(record.model, sha256="0" * 64), packages={"torch": "1.0"})
    found = road.reproduce(record.request(), elsewhere, DrawingEngine(), OUTSIDE)
    assert found.same
    assert [sentence.split()[0] for sentence in found.differences] == ["The", "torch"]


def test_a_private_clip_wants_its_prompt_back(tmp_path: Path) -> None:
    record = verify.recorded(make(tmp_path, road.request("a disc moves right", private=True, **SIZE)))
    for prompt in (None, "a disc moves left"):
        with pytest.raises(errors.InvalidRequest):
            record.request(prompt=prompt)
    found = road.reproduce(record.request(prompt="a disc moves right"), record, DrawingEngine(), OUTSIDE)
    assert found.same


def test_an_animated_clip_wants_its_picture_back(tmp_path: Path) -> None:
    still = Still(np.full((64, 64, 3), 90, np.uint8), "a" * 64, "grey.png")
    record = verify.recorded(make(tmp_path, road.request("", still=still, **SIZE)))
    for other in (None, replace(still, sha256="b" * 64)):
        with pytest.raises(errors.InvalidRequest):
            record.request(still=other)
    assert road.reproduce(record.request(still=still), record, DrawingEngine(), OUTSIDE).same


def test_a_file_without_a_valid_manifest_cannot_be_made_again(tmp_path: Path) -> None:
    path = make(tmp_path, road.request("a disc moves right", **SIZE))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(errors.ManifestAbsent):
        verify.recorded(path)
    with pytest.raises(errors.VideoUnreadable):
        verify.recorded(tmp_path / "missing.mp4")
