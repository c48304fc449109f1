"""What is read from a video file, whatever wrote it; and what is not a video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.unit.media.marked_frames import Watcher, mark, moving_gradient

from vitascope import errors
from vitascope.media import EncodeOptions, encode, probe, read_frames
from vitascope.types import Pixels

# H.273 matrix coefficients and the weights of red and blue in the luma
WEIGHTS = {1: (0.2126, 0.0722), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
COLOURS = [(200, 40, 60), (30, 190, 80), (50, 60, 210), (128, 128, 128)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    pixels = moving_gradient(25, 96, 128)
    return encode(mark(pixels), tmp_path, EncodeOptions(preset="ultrafast"), Watcher().outside).path


def planes(rgb: tuple[int, int, int], matrix: int, full: bool, size: tuple[int, int]) -> Pixels:
    """A plain yuv420p picture by the matrix of the standard, worked out here."""
    width, height = size
    red, green, blue = (value / 255 for value in rgb)
    of_red, of_blue = WEIGHTS[matrix]
    luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    from_blue, from_red = (blue - luma) / (2 - 2 * of_blue), (red - luma) / (2 - 2 * of_red)
    levels = (
        (255 * luma, 128 + 255 * from_blue, 128 + 255 * from_red)
        if full
        else (16 + 219 * luma, 128 + 224 * from_blue, 128 + 224 * from_red)
    )
    y, u, v = (round(level) for level in levels)
    quarter = width * height // 4
    flat = [y] * (width * height) + [u] * quarter + [v] * quarter
    return np.array(flat, np.uint8).reshape(height * 3 // 2, width)


def write(path: Path, pictures: list[Pixels], matrix: int = 2, full: bool = False) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "4", "preset": "ultrafast"})
        stream.height, stream.width, stream.pix_fmt = pictures[0].shape[0] * 2 // 3, pictures[0].shape[1], "yuv420p"
        stream.codec_context.colorspace = matrix
        stream.codec_context.color_range = 2 if full else 1
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 24)
            frame.colorspace, frame.color_range = matrix, 2 if full else 1
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("matrix", [1, 6, 9])
@pytest.mark.parametrize("rgb", COLOURS)
def test_colours_are_read_by_the_matrix_and_range_that_the_file_names(
    tmp_path: Path, rgb: tuple[int, int, int], matrix: int, full: bool
) -> None:
    path = write(tmp_path / "x.mp4", [planes(rgb, matrix, full, (64, 64))] * 2, matrix, full)
    assert np.abs(next(read_frames(path))[0, 30, 30].astype(int) - rgb).max() <= 3


@pytest.mark.parametrize(("size", "matrix"), [((1280, 720), 1), ((640, 480), 6)])
def test_untagged_files_are_read_as_players_read_them(tmp_path: Path, size: tuple[int, int], matrix: int) -> None:
    path = write(tmp_path / "x.mp4", [planes((200, 40, 60), matrix, False, size)])
    assert probe(path).colorspace == "unspecified"
    assert np.abs(next(read_frames(path))[0, 30, 30].astype(int) - (200, 40, 60)).max() <= 3


def test_a_turned_recording_comes_upright(tmp_path: Path) -> None:
    left_bright = np.full((96, 64), 128, np.uint8)
    left_bright[:64] = np.where(np.arange(64) < 32, 235, 16)
    path = write(tmp_path / "x.mp4", [left_bright] * 3)
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    one = 0x10000
    clockwise = [0, one, 0, -one & 0xFFFFFFFF, 0, 0, 0, 0, 0x40000000]
    data[matrix : matrix + 36] = b"".join(value.to_bytes(4, "big") for value in clockwise)
    path.write_bytes(data)
    frame = next(read_frames(path))[0].astype(int)
    assert frame[8, 32].mean() > 240
    assert frame[-8, 32].mean() < 15


def test_chunks_and_limit_are_kept_to(clip: Path) -> None:
    assert [len(chunk) for chunk in read_frames(clip, chunk=10)] == [10, 10, 5]
    assert [len(chunk) for chunk in read_frames(clip, limit=13, chunk=10)] == [10, 3]
    assert list(read_frames(clip, limit=0)) == []
    first = next(read_frames(clip))
    assert (first.shape, first.dtype) == ((16, 96, 128, 3), np.uint8)


def test_length_is_told_where_the_header_is_silent_about_frames(clip: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy.mkv"
    with av.open(str(clip)) as source, av.open(str(other), "w") as sink:
        stream = sink.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    info = probe(other)
    assert (info.frames, round(info.seconds, 2), info.fps, info.faststart) == (25, 1.04, 24.0, False)


def sound(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 4_800), np.float32), format="fltp", layout="mono")
        silence.rate = 48_000
        container.mux(stream.encode(silence))
        container.mux(stream.encode(None))


def playlist(path: Path) -> None:
    neighbour = write(path.with_name("neighbour.mp4"), [planes((9, 9, 9), 1, False, (64, 64))])
    path.write_text(f"ffconcat version 1.0\nfile {neighbour.name}\n")


BAD = {
    "missing": lambda path: None,
    "folder": lambda path: path.mkdir(),
    "empty": lambda path: path.touch(),
    "text": lambda path: path.write_text("not a video, however it is called\n" * 40),
    "noise": lambda path: path.write_bytes(np.random.default_rng(0).bytes(50_000)),
    "sound only": sound,
    "playlist": playlist,
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_a_video_is_refused_by_name(tmp_path: Path, what: str) -> None:
    path = tmp_path / "clip.mp4"
    BAD[what](path)
    with pytest.raises(errors.VideoUnreadable, match=r"clip\.mp4"):
        probe(path)
    with pytest.raises(errors.VideoUnreadable, match=r"clip\.mp4"):
        list(read_frames(path))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_clip_that_ends_early_is_refused(clip: Path, share: float) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(errors.VideoUnreadable, match="ends early"):
        list(read_frames(clip))


def test_a_clip_without_its_index_is_refused(clip: Path) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data.replace(b"moov", b"none", 1))
    with pytest.raises(errors.VideoUnreadable):
        list(read_frames(clip))
