"""Every picture that a user may bring, and every one that must be turned away."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.unit.media import profiles

from vitascope import errors
from vitascope.media import fit, fit_large, load_still
from vitascope.types import Pixels, Still

GREY = 128


def picture(height: int = 77, width: int = 101) -> Pixels:
    """A smooth picture without symmetry, of odd sides."""
    y, x = np.mgrid[:height, :width]
    return np.stack([255 * x / width, 255 * y / height, 200 - 120 * x / width * y / height], -1).astype(np.uint8)


def packed(pixels: Pixels | Image.Image, kind: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    sink = io.BytesIO()
    image.save(sink, kind, **options)
    return sink.getvalue()


def plain(mode: str, colour: Any, kind: str = "PNG", **options: Any) -> bytes:
    return packed(Image.new(mode, (70, 66), colour), kind, **options)


def middle(source: Any) -> tuple[int, ...]:
    pixels = load_still(source).pixels
    return tuple(int(level) for level in pixels[pixels.shape[0] // 2, pixels.shape[1] // 2])


def near(one: Any, other: Any, within: float = 1.0) -> bool:
    return bool(np.abs(np.subtract(one, other, dtype=np.float64)).max() <= within)


def png(width: int, height: int, depth: int, kind: int, rows: bytes) -> bytes:
    """A PNG of our own making, for headers and depths that no writer here gives."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# ---- what comes in well ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options", "within"),
    [("PNG", {}, 0), ("WebP", {"lossless": True}, 0), ("JPEG", {"quality": 97, "subsampling": 0}, 6)],
)
def test_a_file_of_odd_sides_comes_as_it_looks(tmp_path: Path, kind: str, options: Any, within: int) -> None:
    path = tmp_path / "photo.of-any-name"
    path.write_bytes(packed(picture(), kind, **options))
    still = load_still(path)
    assert (still.pixels.shape, still.pixels.dtype) == ((77, 101, 3), np.uint8)
    assert near(still.pixels, picture(), within)
    assert still.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert still.name == "photo.of-any-name"


def test_path_text_bytes_array_and_image_give_the_same_pixels(tmp_path: Path) -> None:
    data = packed(picture(), "PNG")
    path = tmp_path / "x.png"
    path.write_bytes(data)
    sources: list[Any] = [path, str(path), data, picture(), Image.open(io.BytesIO(data)), picture()[:, ::-1][:, ::-1]]
    assert all(np.array_equal(load_still(source).pixels, picture()) for source in sources)
    assert load_still(data).sha256 == load_still(path).sha256
    assert load_still(picture()).sha256 == hashlib.sha256(picture().tobytes()).hexdigest()


# EXIF 2.32, tag 274: where the stored row 0 and column 0 are seen
SIDES = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}


def stored_as(seen: Pixels, orientation: int) -> Pixels:
    row_side, column_side = SIDES[orientation]
    turned = row_side in ("left", "right")
    stored = seen.transpose(1, 0, 2) if turned else seen
    if row_side in ("bottom", "right"):
        stored = stored[::-1]
    if column_side in ("bottom", "right"):
        stored = stored[:, ::-1]
    return np.ascontiguousarray(stored)


@pytest.mark.parametrize("orientation", SIDES)
@pytest.mark.parametrize(("kind", "within"), [("PNG", 0), ("WebP", 0), ("JPEG", 6)])
def test_every_orientation_comes_upright(orientation: int, kind: str, within: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    options: Any = {"WebP": {"lossless": True}, "JPEG": {"quality": 97, "subsampling": 0}}.get(kind, {})
    data = packed(stored_as(picture(), orientation), kind, exif=exif, **options)
    assert near(load_still(data).pixels, picture(), within)


def test_a_damaged_exif_block_does_not_spoil_the_picture() -> None:
    data = packed(picture(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f nonsense", quality=97, subsampling=0)
    assert near(load_still(data).pixels, picture(), 6)


@pytest.mark.parametrize(
    ("mode", "colour", "seen"),
    [
        ("RGBA", (200, 40, 0, 255), (200, 40, 0)),
        ("RGBA", (200, 40, 0, 0), (GREY, GREY, GREY)),
        ("RGBA", (200, 40, 0, 128), (164, 84, 64)),
        ("LA", (255, 128), (192, 192, 192)),
        ("L", 77, (77, 77, 77)),
        ("1", 1, (255, 255, 255)),
        ("RGB", (1, 2, 3), (1, 2, 3)),
    ],
)
def test_every_mode_of_a_png_comes_opaque_over_mid_grey(mode: str, colour: Any, seen: tuple[int, ...]) -> None:
    assert near(middle(plain(mode, colour)), seen)


def test_webp_alpha_is_composited_over_the_same_grey() -> None:
    assert near(middle(plain("RGBA", (200, 40, 0, 128), "WebP", lossless=True)), (164, 84, 64))


def test_palettes_are_looked_up_and_their_transparent_entry_is_grey() -> None:
    image = Image.new("P", (70, 66), 2)
    image.putpalette([0, 0, 0, 9, 9, 9, 250, 128, 7])
    assert middle(packed(image, "PNG")) == (250, 128, 7)
    assert middle(packed(image, "PNG", transparency=2)) == (GREY, GREY, GREY)
    assert middle(packed(image, "PNG", transparency=1)) == (250, 128, 7)
    assert near(middle(packed(image, "PNG", transparency=bytes([255, 255, 128]))), (189, 128, 68))


def test_the_transparent_colour_of_an_rgb_png_is_grey() -> None:
    assert middle(plain("RGB", (9, 8, 7), transparency=(9, 8, 7))) == (GREY, GREY, GREY)
    assert middle(plain("L", 9, transparency=9)) == (GREY, GREY, GREY)


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, 80 * 70).astype(np.uint16).reshape(70, 80)
    ok, data = cv2.imencode(".png", ramp)
    assert ok
    seen = load_still(data.tobytes()).pixels
    assert near(seen, np.repeat((ramp / 257)[..., None], 3, 2))
    assert near(load_still(ramp).pixels, seen, 0)


def test_sixteen_bit_colour_is_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, 80 * 70 * 3).astype(np.uint16).reshape(70, 80, 3)
    ok, data = cv2.imencode(".png", ramp[..., ::-1])
    assert ok
    assert near(load_still(data.tobytes()).pixels, ramp / 257)
    assert near(load_still(ramp).pixels, ramp / 257)


def test_sixteen_bit_alpha_is_composited() -> None:
    rows = b"".join(b"\0" + struct.pack(">HH", 65_535, 32_768) * 70 for _ in range(66))
    assert near(middle(png(70, 66, 16, 4, rows)), (192, 192, 192))


def test_a_cmyk_jpeg_without_a_profile_shows_its_inks() -> None:
    seen = middle(plain("CMYK", (0, 255, 255, 0), "JPEG", quality=97))
    assert seen[0] > 200
    assert max(seen[1:]) < 60


def test_a_cmyk_jpeg_is_converted_by_its_profile() -> None:
    data = plain("CMYK", (255, 0, 0, 0), "JPEG", quality=97, icc_profile=profiles.cmyk_whose_cyan_prints_red())
    red, green, blue = middle(data)
    assert red > 180
    assert green < 90
    assert blue < 90


@pytest.mark.parametrize("kind", ["PNG", "WebP", "JPEG"])
@pytest.mark.parametrize("rgb", [(200, 80, 60), (60, 180, 90), (40, 60, 190), (255, 255, 255), (117, 117, 117)])
def test_display_p3_becomes_srgb(kind: str, rgb: tuple[int, int, int]) -> None:
    options: Any = {"WebP": {"lossless": True}, "JPEG": {"quality": 100, "subsampling": 0}}.get(kind, {})
    data = plain("RGB", rgb, kind, icc_profile=profiles.display_p3(), **options)
    assert near(middle(data), profiles.p3_to_srgb(rgb), 3)


def test_display_p3_red_differs_from_srgb_red_enough_for_the_test_above_to_tell() -> None:
    assert np.abs(profiles.p3_to_srgb((200, 80, 60)) - (200, 80, 60)).max() > 12


def test_alpha_and_profile_are_both_kept_to() -> None:
    whole = plain("RGBA", (200, 80, 60, 255), icc_profile=profiles.display_p3())
    assert near(middle(whole), profiles.p3_to_srgb((200, 80, 60)), 2)
    half = plain("RGBA", (200, 80, 60, 128), icc_profile=profiles.display_p3())
    assert near(middle(half), (profiles.p3_to_srgb((200, 80, 60)) + GREY) / 2, 2)


def test_palette_with_a_profile_is_converted() -> None:
    image = Image.new("P", (70, 66), 0)
    image.putpalette([200, 80, 60])
    assert near(middle(packed(image, "PNG", icc_profile=profiles.display_p3())), profiles.p3_to_srgb((200, 80, 60)), 2)


def test_grey_with_a_profile_is_converted_to_the_srgb_curve() -> None:
    expected = 255 * profiles.srgb_encoded(np.full(3, (100 / 255) ** 1.2))
    assert expected[0] > 130
    for kind in ("PNG", "JPEG"):
        assert near(middle(plain("L", 100, kind, icc_profile=profiles.grey(1.2))), expected, 3)


@pytest.mark.parametrize("profile", [b"nonsense", profiles.display_p3()[:200], profiles.grey(1.2)])
def test_a_profile_that_is_damaged_or_of_another_kind_is_ignored(profile: bytes) -> None:
    assert middle(plain("RGB", (200, 80, 60), icc_profile=profile)) == (200, 80, 60)


@pytest.mark.parametrize("kind", ["WebP", "PNG", "GIF"])
def test_of_a_moving_picture_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (70, 66), colour) for colour in ((200, 0, 0), (0, 200, 0))]
    options: Any = {"lossless": True} if kind == "WebP" else {}
    data = packed(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, **options)
    assert near(middle(data), (200, 0, 0))


@pytest.mark.parametrize("shape", [(66, 70), (66, 70, 1), (66, 70, 2), (66, 70, 3), (66, 70, 4)])
def test_arrays_of_one_to_four_channels_are_taken(shape: tuple[int, ...]) -> None:
    assert load_still(np.full(shape, 255, np.uint8)).pixels.shape == (66, 70, 3)
    assert middle(np.full(shape, 255, np.uint8)) == (255, 255, 255)


# ---- what is turned away ---------------------------------------------------------------------------------------------


def with_jpeg_size(width: int, height: int) -> bytes:
    data = packed(picture(), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def with_webp_size(side: int, variant: str) -> bytes:
    if variant == "VP8X":
        data = bytearray(plain("RGBA", (1, 2, 3, 4), "WebP", exif=b"Exif\0\0II*\0"))
        data[24:30] = (side - 1).to_bytes(3, "little") * 2
    elif variant == "VP8L":
        data = bytearray(packed(picture(), "WebP", lossless=True))
        data[21:25] = ((side - 1) | (side - 1) << 14).to_bytes(4, "little")
    else:
        data = bytearray(packed(picture(), "WebP"))
        data[26:30] = side.to_bytes(2, "little") * 2
    assert data[12:16].decode().strip() == variant
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(png(30_000, 30_000, 8, 2, b"\0" * 1_000_000), id="png"),
        pytest.param(png(10_001, 10_000, 1, 0, b""), id="png, just above"),
        pytest.param(png(2**31 - 1, 2**31 - 1, 16, 6, b""), id="png, largest"),
        pytest.param(with_jpeg_size(65_500, 65_500), id="jpeg"),
        pytest.param(with_webp_size(16_383, "VP8"), id="webp"),
        pytest.param(with_webp_size(16_383, "VP8L"), id="webp lossless"),
        pytest.param(with_webp_size(16_383, "VP8X"), id="webp extended"),
        pytest.param(b"GIF89a\xff\xff\xff\xff\x00\x00\x00;", id="gif"),
    ],
)
def test_more_than_100_megapixels_are_refused_from_the_header(data: bytes) -> None:
    with pytest.raises(errors.StillTooLarge, match="100 are the most"):
        load_still(data)


def test_a_huge_image_object_is_refused_too() -> None:
    with pytest.raises(errors.StillTooLarge):
        load_still(Image.new("1", (10_001, 10_000)))


@pytest.mark.parametrize("size", [(63, 500), (500, 63), (1, 1)])
def test_less_than_64_pixels_a_side_are_refused(size: tuple[int, int]) -> None:
    for source in (packed(Image.new("RGB", size), "PNG"), np.zeros((*size, 3), np.uint8), Image.new("RGB", size)):
        with pytest.raises(errors.StillTooSmall, match="at least 64 a side"):
            load_still(source)


def test_64_pixels_a_side_are_enough() -> None:
    assert load_still(np.zeros((64, 64, 3), np.uint8)).pixels.shape == (64, 64, 3)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.98])
@pytest.mark.parametrize("kind", ["JPEG", "progressive JPEG", "PNG", "WebP", "lossless WebP", "GIF"])
def test_a_picture_that_ends_early_is_told_apart(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    options: Any = {"lossless WebP": {"lossless": True}, "progressive JPEG": {"progressive": True}}.get(kind, {})
    data = packed(noise, kind.split()[-1], **options)
    with pytest.raises(errors.StillTruncated, match="ends early"):
        load_still(data[: int(len(data) * share)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "GIF"])
def test_no_damaged_file_gives_anything_but_a_still_or_a_still_error(kind: str) -> None:
    rng = np.random.default_rng(7)
    good = packed(picture(), kind)
    for _ in range(60):
        data = bytearray(good)
        for at in rng.integers(8, len(data), 6):
            data[at] = rng.integers(256)
        try:
            assert load_still(bytes(data)).pixels.ndim == 3
        except errors.StillError as error:
            assert str(error)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"this is a text file that somebody called .png\n" * 9, "a text file"),
        ("это текст".encode(), "a text file"),
        (b"BM" + bytes(60), "a BMP"),
        (b"II*\0" + bytes(60), "a TIFF"),
        (b"\0\0\0\x18ftypheic" + bytes(60), "HEIC"),
        (bytes(300), "no picture"),
    ],
)
def test_what_is_no_picture_is_called_what_it_is(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    with pytest.raises(errors.StillUnreadable, match=words) as caught:
        load_still(path)
    assert "photo.png" in str(caught.value)
    assert "JPEG, PNG or WebP" in str(caught.value)


def test_places_that_are_not_files_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place, words in [
        (tmp_path / "missing.png", "No such file"),
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "not a regular file"),
        (Path("/dev/zero"), "not a regular file"),
        ("a\0b.png", "not the name of a file"),
        ("x" * 5_000, "too long"),
    ]:
        with pytest.raises(errors.StillUnreadable, match=words):
            load_still(place)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(packed(picture(), "PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):
        path = Path("/proc/self/mem")  # nobody reads this from its start, not even root
    with pytest.raises(errors.StillUnreadable, match="cannot be read"):
        load_still(path)


@pytest.mark.parametrize(
    "array", [np.zeros((70, 70, 3), np.float32), np.zeros((70, 70, 5), np.uint8), np.zeros((2, 70, 70, 3), np.uint8)]
)
def test_other_arrays_are_refused_with_shape_and_type(array: Any) -> None:
    with pytest.raises(errors.StillUnreadable, match=r"shape \(.*\) and type"):
        load_still(array)


# ---- on the canvas ---------------------------------------------------------------------------------------------------


def still(pixels: Pixels) -> Still:
    return load_still(pixels)


@pytest.mark.parametrize("size", [(640, 360), (201, 177), (4_000, 300), (300, 2_000)])
@pytest.mark.parametrize("canvas", [(128, 72), (72, 128), (96, 96)])
def test_fit_covers_the_canvas_from_the_centre(size: tuple[int, int], canvas: tuple[int, int]) -> None:
    width, height = size
    y, x = np.mgrid[:height, :width]
    radius = min(width / canvas[0], height / canvas[1]) * 20
    disc = (x + 0.5 - width / 2) ** 2 + (y + 0.5 - height / 2) ** 2 < radius**2
    fitted = fit(still(np.where(disc[..., None], 255, 0).astype(np.uint8).repeat(3, 2)), *canvas)
    assert fitted.shape == (canvas[1], canvas[0], 3)
    rows, columns = np.nonzero(fitted[..., 0] > 128)
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(canvas[1] / 2, abs=0.6)
    assert (columns.min() + columns.max() + 1) / 2 == pytest.approx(canvas[0] / 2, abs=0.6)
    assert columns.max() - columns.min() + 1 == pytest.approx(40, abs=1.6)
    assert rows.max() - rows.min() + 1 == pytest.approx(40, abs=1.6)


def test_fit_of_the_canvas_size_changes_nothing() -> None:
    assert np.array_equal(fit(still(picture(72, 128)), 128, 72), picture(72, 128))


def test_fine_stripes_become_even_grey_not_moire() -> None:
    stripes = np.zeros((720, 1_280, 3), np.uint8)
    stripes[:, ::2] = 255
    inner = fit(still(stripes), 300, 169)[4:-4, 4:-4].astype(int)
    assert np.abs(inner - 127.5).max() < 8


@pytest.mark.parametrize(
    ("still_size", "expected"),
    [((1_280, 720), (256, 144)), ((192, 108), (192, 108)), ((100, 80), (128, 72)), ((256, 400), (256, 144))],
)
def test_fit_large_keeps_what_the_still_has_up_to_twice_the_canvas(
    still_size: tuple[int, int], expected: tuple[int, int]
) -> None:
    large = fit_large(still(picture(still_size[1], still_size[0])), 128, 72)
    assert (large.shape[1], large.shape[0]) == expected


def test_fit_large_is_the_same_crop_as_fit() -> None:
    source = still(picture(600, 700))
    large = Image.fromarray(fit_large(source, 128, 72)).resize((128, 72), Image.Resampling.BOX)
    assert near(np.asarray(large), fit(source, 128, 72), 3)


def test_fit_large_at_the_stills_own_scale_touches_no_pixel() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (108, 192, 3), dtype=np.uint8)
    assert np.array_equal(fit_large(still(pixels), 128, 72), pixels)
