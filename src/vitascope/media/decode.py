"""A video file → what it says of itself, and its frames as upright RGB."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from vitascope import errors
from vitascope.media import boxes, colour
from vitascope.types import Pixels

# A playlist or a script of file names is a text file too: only real containers are opened, and only the file itself.
_OPEN_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,ogg",
    "protocol_whitelist": "file",
}


@dataclass(frozen=True)
class VideoInfo:
    """What a video file says of itself. Sizes in pixels as stored; colour tags by their H.273 names ("bt709")."""

    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    codec: str
    pix_fmt: str
    color_primaries: str
    color_trc: str
    colorspace: str
    color_range: str
    metadata: Mapping[str, str]
    faststart: bool


def probe(path: Path) -> VideoInfo:
    """What the file says of itself; frames are counted where the header does not tell. Raises `VideoUnreadable`."""
    with _opened(path) as (container, stream):
        codec = stream.codec_context
        rate = stream.average_rate or stream.guessed_rate
        frames = stream.frames or sum(packet.size > 0 for packet in container.demux(stream))
        if not rate or not frames or not codec.pix_fmt:
            raise errors.VideoUnreadable(f"{path} has a video stream without frames.")
        return VideoInfo(
            width=codec.width,
            height=codec.height,
            fps=float(rate),
            frames=frames,
            seconds=frames / float(rate),
            codec=codec.name,
            pix_fmt=codec.pix_fmt,
            color_primaries=colour.name_of(codec.color_primaries),
            color_trc=colour.name_of(codec.color_trc),
            colorspace=colour.name_of(codec.colorspace),
            color_range=colour.range_name(codec.color_range),
            metadata=dict(container.metadata),
            faststart=boxes.is_faststart(boxes.top_level(Path(path))),
        )


def read_frames(path: Path, limit: int | None = None, chunk: int = 16) -> Iterator[Pixels]:
    """Frames in order as upright RGB chunks (T, H, W, 3), T ≤ `chunk`, `limit` frames at most.

    Colours are converted by the file's own tags. Raises `VideoUnreadable`, at the latest where the damage lies.
    """
    reformatter = VideoReformatter()
    with _opened(path) as (container, stream):
        stream.thread_type = "AUTO"
        frames = islice(_decoded(container, stream), limit)
        empty = True
        while pixels := [colour.to_rgb(frame, reformatter) for frame in islice(frames, chunk)]:
            empty = False
            yield np.stack(pixels)
        if empty and limit != 0:
            raise errors.VideoUnreadable(f"{path} has a video stream without frames.")


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in container.demux(stream):
        yield from packet.decode()  # pyright: ignore[reportReturnType] -- a video stream's packets give video frames


@contextmanager
def _opened(path: Path) -> Generator[tuple[InputContainer, VideoStream]]:
    """The file's container and first video stream; a failure of the library inside becomes `VideoUnreadable`."""
    if not Path(path).is_file():
        raise errors.VideoUnreadable(f"{path} is not a file.")
    try:
        parts = boxes.top_level(Path(path))
        if parts and parts[0].name == "ftyp" and parts[-1].end > Path(path).stat().st_size:
            raise errors.VideoUnreadable(f"{path} is an mp4 that ends early: copy or download it again.")
        with av.open(str(path), "r", container_options=_OPEN_OPTIONS) as container:
            if not container.streams.video:
                raise errors.VideoUnreadable(f"{path} holds no video.")
            yield container, container.streams.video[0]
    except (av.error.FFmpegError, OSError) as error:
        raise errors.VideoUnreadable(f"{path} cannot be read as video: {error}.") from error
