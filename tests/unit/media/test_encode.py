"""What a browser needs of the mp4, and that a failure leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from tests.unit.media.marked_frames import Watcher, chunked, mark, moving_gradient

from vitascope import errors
from vitascope.media import EncodeOptions, boxes, encode, probe, read_frames
from vitascope.types import Outside, Pixels, Progress, Request

SMALL = Request("a gradient", width=128, height=96, seconds=2.0)
QUICK = EncodeOptions(preset="ultrafast")


def psnr(one: Pixels, other: Pixels) -> float:
    return float(10 * np.log10(255**2 / np.mean((one.astype(np.float64) - other) ** 2)))


def nothing_in(folder: Path) -> bool:
    return not list(folder.iterdir())


@pytest.fixture
def outside() -> Outside:
    return Watcher().outside


@pytest.fixture(scope="module")
def gradient() -> Pixels:
    return moving_gradient(121, 240, 320)


@pytest.fixture(scope="module")
def clip(gradient: Pixels, tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = EncodeOptions(metadata={"AIGC": '{"Label":"1","ProduceID":"ü-7"}', "title": "gradient"})
    return encode(mark(gradient), tmp_path_factory.mktemp("clip"), options, Watcher().outside).path


def test_five_seconds_are_121_frames_of_h264_at_24_a_second(clip: Path) -> None:
    info = probe(clip)
    assert (info.width, info.height, info.frames, info.fps) == (320, 240, 121, 24.0)
    assert (info.codec, info.pix_fmt) == ("h264", "yuv420p")
    assert sum(len(chunk) for chunk in read_frames(clip)) == 121


def test_frames_come_back_as_they_went_in(clip: Path, gradient: Pixels) -> None:
    back = np.concatenate(list(read_frames(clip)))
    assert min(psnr(one, other) for one, other in zip(back, gradient, strict=True)) > 38.0


def test_stream_and_container_are_tagged_bt709_limited(clip: Path) -> None:
    info = probe(clip)
    assert (info.color_primaries, info.color_trc, info.colorspace, info.color_range) == ("bt709",) * 3 + ("limited",)
    data = clip.read_bytes()
    at = data.index(b"colrnclx")
    assert data[at + 8 : at + 15] == bytes([0, 1, 0, 1, 0, 1, 0])
    bitstream = av.CodecContext.create("h264", "r")
    with av.open(str(clip)) as container:
        bitstream.extradata = container.streams.video[0].codec_context.extradata
        packet = next(container.demux(video=0))
        frame = (bitstream.decode(packet) + bitstream.decode(None))[0]
    assert (frame.color_primaries, frame.color_trc, frame.colorspace, frame.color_range) == (1, 1, 1, 1)


def test_index_comes_before_the_pictures(clip: Path) -> None:
    names = [box.name for box in boxes.top_level(clip)]
    assert names.index("moov") < names.index("mdat")
    assert probe(clip).faststart


def test_metadata_keys_survive_by_their_own_names(clip: Path) -> None:
    metadata = probe(clip).metadata
    assert metadata["AIGC"] == '{"Label":"1","ProduceID":"ü-7"}'
    assert metadata["title"] == "gradient"


@pytest.mark.parametrize(
    "rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (0, 0, 0), (255, 255, 255), (200, 30, 90)]
)
def test_a_plain_colour_is_stored_as_the_bt709_matrix_says(
    outside: Outside, tmp_path: Path, rgb: tuple[int, int, int]
) -> None:
    pixels = np.full((25, 64, 64, 3), rgb, np.uint8)
    path = encode(mark(pixels), tmp_path, QUICK, outside).path
    red, green, blue = (value / 255 for value in rgb)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
    with av.open(str(path)) as container:
        planes = next(container.decode(video=0)).to_ndarray()
    stored = (planes[32, 32], planes[64 + 8, 32], planes[64 + 16 + 8, 32])
    assert np.abs(np.subtract(stored, expected, dtype=np.float64)).max() < 2.0
    shown = next(read_frames(path, limit=1))[0, 32, 32]
    assert np.abs(shown.astype(int) - rgb).max() <= 4


def test_equal_frames_give_equal_files_and_the_hash_of_the_raw_frames(outside: Outside, tmp_path: Path) -> None:
    pixels = moving_gradient(25, 96, 128)
    first, second = (encode(mark(pixels), tmp_path, EncodeOptions(), outside) for _ in range(2))
    assert first.path != second.path
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.pixels_sha256 == second.pixels_sha256 == hashlib.sha256(pixels.tobytes()).hexdigest()


def test_chunk_sizes_do_not_change_the_file(outside: Outside, tmp_path: Path) -> None:
    pixels = moving_gradient(25, 96, 128)
    request = replace(SMALL, seconds=1.0)
    files = [encode(mark(chunked(pixels, size), request), tmp_path, QUICK, outside) for size in (1, 7, 25)]
    assert len({file.path.read_bytes() for file in files}) == 1
    assert len({file.pixels_sha256 for file in files}) == 1


def test_views_that_are_not_contiguous_are_written_as_they_look(outside: Outside, tmp_path: Path) -> None:
    mirrored = moving_gradient(25, 96, 128)[:, :, ::-1]
    clip = encode(mark(mirrored), tmp_path, EncodeOptions(), outside)
    assert clip.pixels_sha256 == hashlib.sha256(np.ascontiguousarray(mirrored).tobytes()).hexdigest()
    assert psnr(np.concatenate(list(read_frames(clip.path))), mirrored) > 38.0


def test_the_frame_rate_is_the_requests(outside: Outside, tmp_path: Path) -> None:
    request = replace(SMALL, seconds=1.0, fps=30)
    path = encode(mark(chunked(moving_gradient(31, 96, 128)), request), tmp_path, QUICK, outside).path
    assert (probe(path).fps, probe(path).frames) == (30.0, 31)


def test_the_iterator_is_pulled_in_the_callers_thread(outside: Outside, tmp_path: Path) -> None:
    threads: list[threading.Thread] = []

    def chunks() -> Iterator[Pixels]:
        for chunk in chunked(moving_gradient(25, 96, 128), 5):
            threads.append(threading.current_thread())
            yield chunk

    encode(mark(chunks(), replace(SMALL, seconds=1.0)), tmp_path, QUICK, outside)
    assert threads == [threading.current_thread()] * 5


def test_progress_counts_encoded_frames_to_the_total(
    tmp_path: Path,
) -> None:
    watcher = Watcher()
    encode(mark(moving_gradient(49, 96, 128)), tmp_path, QUICK, watcher.outside)
    events = watcher.events
    assert {(event.stage, event.total) for event in events} == {("encode", 49)}
    assert [event.done for event in events] == sorted(event.done for event in events)
    assert events[-1].done == 49


def test_cancelling_leaves_no_file_and_asks_for_no_more_frames(outside: Outside, tmp_path: Path) -> None:
    given: list[int] = []

    def chunks() -> Iterator[Pixels]:
        for number, chunk in enumerate(chunked(moving_gradient(49, 96, 128), 7)):
            given.append(number)
            yield chunk

    stopping = replace(outside, cancelled=lambda: len(given) >= 3)
    with pytest.raises(errors.Cancelled):
        encode(mark(chunks(), SMALL), tmp_path, QUICK, stopping)
    assert given == [0, 1, 2]
    assert nothing_in(tmp_path)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("the decoder broke"), OSError(28, "elsewhere")])
def test_a_failure_in_the_iterator_comes_through_as_it_is_and_leaves_no_file(
    outside: Outside, tmp_path: Path, failure: BaseException
) -> None:
    def chunks() -> Iterator[Pixels]:
        yield from chunked(moving_gradient(20, 96, 128), 10)
        raise failure

    with pytest.raises(type(failure)) as caught:
        encode(mark(chunks(), SMALL), tmp_path, QUICK, outside)
    assert caught.value is failure
    assert nothing_in(tmp_path)


def test_a_failure_of_the_encoder_ends_the_iterator(outside: Outside, tmp_path: Path) -> None:
    ended: list[bool] = []
    no_such: Any = "no such preset"

    def chunks() -> Iterator[Pixels]:
        try:
            while True:
                yield moving_gradient(4, 96, 128)
        finally:
            ended.append(True)

    with pytest.raises(errors.OutputError):
        encode(mark(chunks(), SMALL), tmp_path, EncodeOptions(preset=no_such), outside)
    assert ended == [True]
    assert nothing_in(tmp_path)


def test_a_quality_that_x264_does_not_know_is_refused() -> None:
    with pytest.raises(errors.OptionOutOfRange, match="crf 52"):
        EncodeOptions(crf=52)


def test_a_progress_sink_that_raises_leaves_no_file(outside: Outside, tmp_path: Path) -> None:
    def sink(_: Progress) -> None:
        raise BrokenPipeError("nobody listens")

    with pytest.raises(BrokenPipeError):
        encode(mark(moving_gradient(25, 96, 128)), tmp_path, QUICK, replace(outside, progress=sink))
    assert nothing_in(tmp_path)


@pytest.mark.parametrize(
    ("frames", "shape", "dtype", "words"),
    [
        (48, (96, 128, 3), np.uint8, "48 frames; 49"),
        (0, (96, 128, 3), np.uint8, "0 frames; 49"),
        (49, (96, 130, 3), np.uint8, r"\(T, 96, 128, 3\) in uint8 was expected"),
        (49, (96, 128, 3), np.float32, r"\(T, 96, 128, 3\) in uint8 was expected"),
    ],
)
def test_frames_other_than_asked_for_are_refused(
    outside: Outside, tmp_path: Path, frames: int, shape: tuple[int, ...], dtype: type, words: str
) -> None:
    pixels = np.zeros((frames, *shape), dtype)
    with pytest.raises(errors.OutputError, match=words):
        encode(mark(chunked(pixels), SMALL), tmp_path, QUICK, outside)
    assert nothing_in(tmp_path)


def test_odd_sizes_are_refused_before_anything_is_made(outside: Outside, tmp_path: Path) -> None:
    with pytest.raises(errors.SizeUnsupported, match="127×96"):
        encode(mark(_never(), replace(SMALL, width=127)), tmp_path, QUICK, outside)
    assert nothing_in(tmp_path)


def _never() -> Iterator[Pixels]:
    raise AssertionError("no frame may be asked for")
    yield np.zeros(0, np.uint8)


@pytest.mark.parametrize("place", ["missing", "a file"])
def test_a_folder_that_cannot_be_written_is_refused_before_any_frame(
    outside: Outside, tmp_path: Path, place: str
) -> None:
    (tmp_path / "a file").write_text("x")
    with pytest.raises(errors.OutputUnwritable, match=place):
        encode(mark(_never(), SMALL), tmp_path / place, QUICK, outside)


def test_the_systems_own_folder_is_refused(outside: Outside) -> None:
    with pytest.raises((errors.OutputUnwritable, errors.OutputError)):
        encode(mark(_never(), SMALL), Path("/proc/self"), QUICK, outside)


FULL_DISK = """
    import sys
    import numpy as np
    from pathlib import Path
    from vitascope import errors
    from vitascope.media import EncodeOptions, encode
    from vitascope.types import Allowed, Frames, Marked, ModelId, Outside, Request

    class NoLog:
        def record(self, decision): ...

    folder, limit = Path(sys.argv[1]), int(sys.argv[2])
    if limit:
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    request = Request("noise", width=128, height=96, seconds=2.0)
    noise = np.random.default_rng(0).integers(0, 255, (49, 96, 128, 3), dtype=np.uint8)
    frames = Frames(Allowed(request, ()), ModelId("test", "1", "0" * 64), iter(()))
    marked = Marked(frames, (noise[i : i + 7] for i in range(0, 49, 7)), b"12345678")
    try:
        encode(marked, folder, EncodeOptions(preset="ultrafast"), Outside(NoLog()))
    except errors.DiskFull as error:
        print("full:", error)
    print("left:", [file.name for file in folder.iterdir()])
"""


def fill(folder: Path, limit: int) -> str:
    command = [sys.executable, "-c", textwrap.dedent(FULL_DISK), str(folder), str(limit)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@pytest.mark.parametrize("limit", [20, 100_000])
def test_a_write_that_the_system_stops_is_a_full_disk_and_leaves_no_file(tmp_path: Path, limit: int) -> None:
    output = fill(tmp_path, limit)
    assert "full: " in output
    assert "left: []" in output


def test_a_disk_that_fills_up_leaves_no_file(tmp_path: Path) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "vitascope-test", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk needs rights that this machine does not give")
    try:
        output = fill(tmp_path, 0)
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
    assert "full: " in output
    assert "No space left" in output
    assert "left: []" in output
