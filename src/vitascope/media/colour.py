"""RGB to YCbCr and back, by the matrix that the file names (ITU-R BT.709 for what we write; H.273 for the numbers).

A player that is told BT.709 and given BT.601 shows greens too dark and reds too orange: the conversion and the tags
live in this one file so that they cannot part ways.
"""

from __future__ import annotations

import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, Interpolation, VideoReformatter

from vitascope.types import Pixels

_BIT_EXACT = Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_TO_YUV = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INP | _BIT_EXACT
_TO_RGB = Interpolation.BICUBIC | Interpolation.FULL_CHR_H_INT | _BIT_EXACT

_UNSPECIFIED = 2
# H.273 matrix coefficients → the conversion to use
_MATRIX = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
_HD_ROWS = 720
_NAMES = {
    1: "bt709",
    2: "unspecified",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "bt2020",
    10: "bt2020",
    11: "smpte431",
    12: "smpte432",
    13: "srgb",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}


def tag_bt709(codec: VideoCodecContext) -> None:
    """Write BT.709 primaries, transfer and matrix and the limited range into the stream that `codec` makes."""
    codec.color_primaries = ColorPrimaries.BT709
    codec.color_trc = ColorTrc.BT709
    codec.colorspace = Colorspace.ITU709
    codec.color_range = ColorRange.MPEG


def to_yuv420(pixels: Pixels, reformatter: VideoReformatter) -> VideoFrame:
    """One frame of RGB pixels (H, W, 3) as a tagged BT.709 limited-range yuv420p frame; the same bits on every CPU."""
    return reformatter.reformat(
        VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"),
        format="yuv420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG,
        dst_color_range=ColorRange.MPEG,
        dst_color_trc=ColorTrc.BT709,
        dst_color_primaries=ColorPrimaries.BT709,
        interpolation=_TO_YUV,
        threads=1,
    )


def to_rgb(frame: VideoFrame, reformatter: VideoReformatter) -> Pixels:
    """A decoded frame as upright RGB pixels (H, W, 3), by the matrix and range that its tags name.

    Untagged frames are read as players read them: BT.709 from 720 rows on, BT.601 below; limited range. High dynamic
    range (PQ, HLG) is not tone-mapped.
    """
    fallback = Colorspace.ITU709 if frame.height >= _HD_ROWS else Colorspace.ITU601
    full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
    converted = reformatter.reformat(
        frame,
        format="rgb24",
        src_colorspace=_MATRIX.get(int(frame.colorspace), fallback),
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        interpolation=_TO_RGB,
        threads=1,
    )
    pixels = np.asarray(converted.to_ndarray(), dtype=np.uint8)
    quarter_turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(pixels, quarter_turns)) if quarter_turns else pixels


def name_of(code: int) -> str:
    """The short name of an H.273 colour code ("bt709", "unspecified"), or the number itself where it has none here."""
    return _NAMES.get(int(code) or _UNSPECIFIED, str(int(code)))


def range_name(code: int) -> str:
    """The range's name: "limited", "full" or "unspecified"."""
    return {1: "limited", 2: "full"}.get(int(code), "unspecified")
