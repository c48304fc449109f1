"""The invisible watermark: what it survives, what it costs, and that it is never seen where it is not."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest
from tests.unit.provenance import clips

from vitascope.provenance import watermark
from vitascope.types import Pixels, Request, Still

PAYLOAD = bytes.fromhex("c0ffee0123456789")
REQUEST = Request("a red fox", seed=7)


def embedded(frames: Pixels, key: bytes = watermark.PUBLIC_KEY) -> Pixels:
    return np.concatenate(list(watermark.embed([frames], PAYLOAD, key)))


def through_x264(frames: Pixels, crf: int) -> Pixels:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": str(crf), "preset": "veryfast"})
        stream.height, stream.width = frames.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def halved(frames: Pixels) -> Pixels:
    size = (frames.shape[2] // 2, frames.shape[1] // 2)
    return np.stack([cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]).astype(np.uint8)


def psnr(one: Pixels, other: Pixels) -> float:
    error = np.mean(np.square(one.astype(np.float32) - other.astype(np.float32)))
    return float(10 * np.log10(255**2 / error))


@pytest.mark.parametrize("crf", [23, 28])
def test_the_payload_survives_x264_and_half_the_size_in_texture_that_moves(crf: int) -> None:
    seen = through_x264(embedded(clips.texture(25, 1280, 720)), crf)
    assert watermark.detect([seen]).payload == PAYLOAD
    assert watermark.detect([halved(seen)]).payload == PAYLOAD


def test_the_payload_survives_a_second_encoding_at_half_the_size() -> None:
    seen = through_x264(halved(through_x264(embedded(clips.texture(25, 1280, 720)), 18)), 28)
    assert watermark.detect([seen]).payload == PAYLOAD


def test_the_payload_survives_in_a_flat_picture() -> None:
    seen = halved(through_x264(embedded(clips.flat(25, 1280, 720)), 28))
    assert watermark.detect([seen]).payload == PAYLOAD


@pytest.mark.parametrize(("width", "height"), [(720, 1280), (720, 720), (1024, 576), (960, 720), (640, 360)])
def test_every_aspect_and_size_carries_the_payload(width: int, height: int) -> None:
    seen = through_x264(embedded(clips.texture(25, width, height)), 23)
    assert watermark.detect([seen]).payload == PAYLOAD


def test_a_picture_squeezed_into_another_aspect_still_carries_it() -> None:
    marked = embedded(clips.texture(8, 1280, 720))
    squeezed = np.stack([cv2.resize(frame, (600, 600), interpolation=cv2.INTER_AREA) for frame in marked])
    assert watermark.detect([squeezed.astype(np.uint8)]).payload == PAYLOAD


@pytest.mark.parametrize(
    "frames",
    [
        clips.texture(2, 1280, 720),
        clips.flat(2, 1280, 720),
        np.random.default_rng(0).integers(0, 256, (2, 720, 1280, 3), dtype=np.uint8),
        np.full((2, 720, 720, 3), 128, np.uint8),
        np.zeros((2, 180, 320, 3), np.uint8),
    ],
    ids=["texture", "flat", "noise", "grey", "black"],
)
def test_the_mark_costs_no_more_than_42_decibels(frames: Pixels) -> None:
    marked = embedded(frames)
    assert psnr(frames, marked) >= 42
    assert not np.array_equal(frames, marked)


def test_no_mark_is_found_in_forty_unmarked_clips() -> None:
    draw = np.random.default_rng(5)
    for seed in range(20):
        assert not watermark.detect([clips.texture(4, 320, 180, seed=seed, speed=seed % 3)]).found
        assert not watermark.detect([draw.integers(0, 256, (2, 180, 320, 3), dtype=np.uint8)]).found


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_mark_is_found_in_an_empty_picture(level: int) -> None:
    assert watermark.detect([np.full((3, 360, 640, 3), level, np.uint8)]) == watermark.Watermark(False, None, 0.0)


def test_no_mark_is_found_in_no_frames() -> None:
    assert not watermark.detect([]).found


def test_a_mark_under_a_secret_key_is_found_with_that_key_alone() -> None:
    marked = embedded(clips.texture(3, 640, 360), b"mine")
    assert watermark.detect([marked], b"mine").payload == PAYLOAD
    assert not watermark.detect([marked]).found


def test_a_clean_mark_is_read_with_confidence() -> None:
    assert watermark.detect([embedded(clips.texture(3, 1280, 720))]).confidence > 0.95


def test_frames_do_not_depend_on_how_the_clip_is_cut_into_chunks() -> None:
    frames = clips.texture(5, 320, 180)
    pieces = np.concatenate(list(watermark.embed(iter([frames[:1], frames[1:4], frames[4:]]), PAYLOAD)))
    assert np.array_equal(pieces, embedded(frames))


def test_the_frames_handed_in_are_not_changed() -> None:
    frames = clips.texture(2, 320, 180)
    before = frames.copy()
    list(watermark.embed([frames], PAYLOAD))
    assert np.array_equal(frames, before)


def test_red_green_and_blue_change_alike_so_that_no_colour_appears() -> None:
    frames = clips.flat(1, 640, 360)
    change = embedded(frames).astype(np.int16) - frames
    assert np.array_equal(change[..., 0], change[..., 1])
    assert np.array_equal(change[..., 0], change[..., 2])


def test_equal_runs_have_the_payload_that_they_always_had() -> None:
    assert watermark.payload_of(clips.MODEL, REQUEST).hex() == "56f27a6bd7e622b5"


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"prompt": "a red fix"}, {"negative_prompt": "blur"}, {"steps": 13}, {"fps": 25}, {"policy": "open"}],
    ids=str,
)
def test_another_request_has_another_payload(change: dict[str, object]) -> None:
    assert watermark.payload_of(clips.MODEL, replace(REQUEST, **change)) != watermark.payload_of(clips.MODEL, REQUEST)


def test_other_weights_and_another_still_have_another_payload() -> None:
    still = Still(np.zeros((2, 2, 3), np.uint8), "ab" * 32)
    payloads = {
        watermark.payload_of(clips.MODEL, REQUEST),
        watermark.payload_of(replace(clips.MODEL, sha256="6b" * 32), REQUEST),
        watermark.payload_of(clips.MODEL, replace(REQUEST, still=still)),
        watermark.payload_of(clips.MODEL, replace(REQUEST, still=replace(still, sha256="cd" * 32))),
    }
    assert len(payloads) == 4


def test_how_a_clip_is_presented_does_not_change_its_payload() -> None:
    shown = replace(REQUEST, label=True, private=True)
    assert watermark.payload_of(clips.MODEL, shown) == watermark.payload_of(clips.MODEL, REQUEST)
