"""A picture from anywhere → upright, opaque sRGB pixels; and those pixels on a canvas.

Sizes are judged from the header, before any pixel is decoded. Formats are told by content: JPEG, PNG, WebP and GIF (of
moving pictures, the first frame). Transparent places show mid-grey (128, 128, 128) behind them, on which a black
drawing and a white one are both seen. Embedded ICC profiles (Display P3, Adobe RGB, CMYK and grey ones) are converted
to sRGB by relative colorimetry with black-point compensation; a profile that does not parse is ignored.
"""

from __future__ import annotations

import hashlib
import io
import stat
import struct
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin, Image, ImageCms, JpegImagePlugin, PngImagePlugin, WebPImagePlugin
from PIL.ExifTags import Base

from vitascope import errors
from vitascope.types import Pixels, Still

MOST_PIXELS = 100_000_000
FEWEST_A_SIDE = 64
MOST_BYTES = 512 * 1024 * 1024
BACKGROUND = (128, 128, 128)

_READERS = {
    "JPEG": JpegImagePlugin.JpegImageFile,
    "PNG": PngImagePlugin.PngImageFile,
    "WebP": WebPImagePlugin.WebPImageFile,
    "GIF": GifImagePlugin.GifImageFile,
}
# What the decoders raise on damaged files, beside OSError
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def load_still(source: str | Path | bytes | npt.NDArray[Any] | Image.Image) -> Still:
    """The picture as a `Still`: from a path, a file's bytes, an array (H, W[, 1|2|3|4]) of uint8 or uint16, or PIL.

    `sha256` is of the file's bytes, or of the finished pixels where there was no file. Raises `StillUnreadable`,
    `StillTruncated`, `StillTooLarge` (more than 100 megapixels or 512 MiB) or `StillTooSmall` (a side below 64 pixels).
    """
    if isinstance(source, str | Path):
        path = Path(source)
        data = _read(path)
        return Still(_from_file(data, str(path)), hashlib.sha256(data).hexdigest(), path.name)
    if isinstance(source, bytes):
        return Still(_from_file(source, "The picture"), hashlib.sha256(source).hexdigest())
    image = _from_array(source) if isinstance(source, np.ndarray) else source
    _check_size(image.size, "The picture")
    pixels = _decoded(image, b"", "The picture")
    return Still(pixels, hashlib.sha256(pixels.data).hexdigest())


def fit(still: Still, width: int, height: int) -> Pixels:
    """The still on a canvas (height, width, 3): scaled to cover it, cropped from the centre, antialiased (Lanczos)."""
    return _cover(still, width, height, 1.0)


def fit_large(still: Still, width: int, height: int, at_most: float = 2.0) -> Pixels:
    """The crop of `fit` at the still's own resolution, so that a zoom stays sharp: 1 to `at_most` times the canvas."""
    return _cover(still, width, height, at_most)


def _cover(still: Still, width: int, height: int, at_most: float) -> Pixels:
    rows, columns = still.pixels.shape[:2]
    native = min(columns / width, rows / height)
    crop_width, crop_height = width * native, height * native
    left, top = (columns - crop_width) / 2, (rows - crop_height) / 2
    scale = min(at_most, max(1.0, native))
    size = (round(width * scale), round(height * scale))
    box = (max(left, 0.0), max(top, 0.0), min(left + crop_width, columns), min(top + crop_height, rows))
    return np.array(Image.fromarray(still.pixels).resize(size, Image.Resampling.LANCZOS, box, reducing_gap=3.0))


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise errors.StillUnreadable(f"{path} is {what}; a picture file was expected.")
        if status.st_size > MOST_BYTES:
            raise errors.StillTooLarge(f"{path} has {status.st_size:,} bytes; {MOST_BYTES:,} are the most.")
        return path.read_bytes()
    except OSError as error:
        raise errors.StillUnreadable(f"{path} cannot be read: {error.strerror or error}.") from error
    except ValueError as error:  # a zero byte in the name
        raise errors.StillUnreadable(f"{str(path)!r} is not the name of a file.") from error


def _from_file(data: bytes, name: str) -> Pixels:
    kind = _kind(data)
    if kind is None:
        raise errors.StillUnreadable(f"{name} is {_guess(data)}; a JPEG, PNG or WebP picture was expected.")
    # these two readers set the whole canvas aside when they open
    size = _webp_size(data) if kind == "WebP" else _gif_size(data) if kind == "GIF" else None
    if size:
        _check_size(size, name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of blocks beside the picture, such as a damaged EXIF
        try:
            image = _READERS[kind](io.BytesIO(data))
        except (*_DAMAGED, Image.DecompressionBombError) as error:
            raise _damaged(kind, data, name, error) from error
        _check_size(image.size, name)
        return _decoded(image, data, name)


def _from_array(array: npt.NDArray[Any]) -> Image.Image:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.dtype.name not in ("uint8", "uint16") or not (
        array.ndim == 2 or (array.ndim == 3 and array.shape[2] <= 4)
    ):
        raise errors.StillUnreadable(
            f"An array of shape {array.shape} and type {array.dtype} was given; (H, W, 3) in uint8 was expected."
        )
    if array.size == 0:
        raise errors.StillTooSmall(f"An array of shape {array.shape} holds no pixels.")
    return Image.fromarray(np.ascontiguousarray(array if array.dtype == np.uint8 else _eight_of_sixteen(array)))


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MOST_PIXELS:
        raise errors.StillTooLarge(
            f"{name} has {width:,}×{height:,} pixels, {width * height / 1e6:,.0f} megapixels; 100 are the most."
        )
    if min(width, height) < FEWEST_A_SIDE:
        raise errors.StillTooSmall(f"{name} has {width}×{height} pixels; at least {FEWEST_A_SIDE} a side are needed.")


def _decoded(image: Image.Image, data: bytes, name: str) -> Pixels:
    try:
        orientation = _orientation(image)
        profile = image.info.get("icc_profile")
        image.load()
        image = _opaque(_to_srgb(_eight_bit(image), profile))
    except _DAMAGED as error:
        raise _damaged(image.format or "picture", data, name, error) from error
    if orientation in _UPRIGHT:
        image = image.transpose(_UPRIGHT[orientation])
    return np.array(image)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(Base.Orientation, 1))
    except _DAMAGED:  # an unreadable EXIF block says nothing; the picture itself may be fine
        return 1


def _eight_bit(image: Image.Image) -> Image.Image:
    """The image in one of the modes L, LA, RGB, RGBA, CMYK."""
    if image.mode.startswith("I"):
        samples = np.asarray(image)
        grey = Image.fromarray(_eight_of_sixteen(samples))
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            grey.putalpha(Image.fromarray(np.where(samples == clear, 0, 255).astype(np.uint8)))
        return grey
    if image.has_transparency_data:
        return image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    if image.mode in ("L", "RGB", "CMYK"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _eight_of_sixteen(samples: npt.NDArray[Any]) -> Pixels:
    return ((np.clip(samples, 0, 65_535).astype(np.uint32) * 255 + 32_767) // 65_535).astype(np.uint8)


def _to_srgb(image: Image.Image, profile: object) -> Image.Image:
    """The image in RGB or RGBA, converted from its profile's space where it carries one that fits its mode."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    converted = _by_profile(image, profile) if isinstance(profile, bytes) and profile else None
    if converted is None:
        return image.convert("RGB" if alpha is None else "RGBA")
    if alpha is not None:
        converted.putalpha(alpha)
    return converted


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    """The image without its alpha in sRGB, or None where the profile is damaged or of another kind of picture."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = profile[16:20].decode("ascii", "replace").strip()  # ICC.1, section 7.2.6
        body = {"LA": "L", "RGBA": "RGB"}.get(image.mode, image.mode)
        if space == "RGB" and body == "L":
            body = "RGB"
        if {"GRAY": "L", "RGB": "RGB", "CMYK": "CMYK"}.get(space) != body:
            return None
        return ImageCms.profileToProfile(
            image if image.mode == body else image.convert(body),
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    background = Image.new("RGB", image.size, BACKGROUND)
    background.paste(image, mask=image.getchannel("A"))
    return background


def _kind(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    return "GIF" if data[:6] in (b"GIF87a", b"GIF89a") else None


def _guess(data: bytes) -> str:
    """What a file that is no picture of ours seems to be, for the message."""
    if not data:
        return "empty"
    if data[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file"
    if data[:2] == b"BM":
        return "a BMP picture"
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "a TIFF picture"
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in data[:512])
    return "a text file" if printable == len(data[:512]) and b"\0" not in data[:512] else "no picture that we know"


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the header of a WebP file (RFC 9649, section 2.5 to 2.7)."""
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


def _gif_size(data: bytes) -> tuple[int, int]:
    """Width and height of a GIF's logical screen."""
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _damaged(kind: str, data: bytes, name: str, error: Exception) -> errors.StillError:
    """`StillTruncated` where the file lacks its end, else `StillUnreadable`."""
    ends_early = {
        "JPEG": not data.rstrip(b"\0").endswith(b"\xff\xd9"),
        "PNG": b"IEND" not in data[-4096:],
        "WebP": len(data) < int.from_bytes(data[4:8], "little") + 8,
        "GIF": not data.rstrip(b"\0").endswith(b";"),
    }
    kind = "WebP" if kind == "WEBP" else kind
    if isinstance(error, Image.DecompressionBombError):
        return errors.StillTooLarge(f"{name} has more than 100 megapixels.")
    if data and ends_early.get(kind, False):
        return errors.StillTruncated(f"{name} is a {kind} that ends early, after {len(data):,} bytes ({error}).")
    if not data and "truncated" in str(error):
        return errors.StillTruncated(f"{name} ends early ({error}).")
    return errors.StillUnreadable(f"{name} cannot be decoded as {kind}: {error}.")
