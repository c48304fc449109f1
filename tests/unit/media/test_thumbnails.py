"""Small pictures of clips."""

from __future__ import annotations

import resource
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from vitascope import errors
from vitascope.media import contact_sheet, poster, save_png

RED = np.full((72, 128, 3), (255, 0, 0), np.uint8)
BLUE = np.full((72, 128, 3), (0, 0, 255), np.uint8)
TALL = np.full((128, 72, 3), (0, 255, 0), np.uint8)


def test_frames_stand_in_rows_from_left_to_right() -> None:
    sheet = contact_sheet([RED, BLUE, BLUE, RED, RED], columns=2, width_each=64)
    assert sheet.shape == (3 * (36 + 6) + 6, 2 * (64 + 6) + 6, 3)
    at = {
        (row, column): tuple(sheet[6 + 18 + 42 * row, 6 + 32 + 70 * column]) for row in range(3) for column in range(2)
    }
    red, blue, paper = (255, 0, 0), (0, 0, 255), tuple(sheet[0, 0])
    assert at == {(0, 0): red, (0, 1): blue, (1, 0): blue, (1, 1): red, (2, 0): red, (2, 1): paper}


def test_a_row_is_as_high_as_its_tallest_frame() -> None:
    sheet = contact_sheet([RED, TALL], columns=2, width_each=72)
    assert sheet.shape[0] == 128 + 12
    assert tuple(sheet[130, 6 + 72 + 6 + 36]) == (0, 255, 0)


def test_captions_stand_below_and_never_run_into_the_neighbour() -> None:
    words = "a red fox with a remarkably long name runs through a snowy field towards the river and back again"
    plain = contact_sheet([RED, BLUE], columns=2, width_each=128, captions=["", ""])
    told = contact_sheet([RED, BLUE], columns=2, width_each=128, captions=[words + "y" * 80, ""])
    changed = np.argwhere((plain != told).any(axis=2))
    assert len(changed) > 100
    assert changed[:, 0].min() >= 6 + 72
    assert changed[:, 1].max() < 6 + 128 + 6


@pytest.mark.parametrize(("frames", "captions"), [([], None), ([RED], ["one", "two"])])
def test_nothing_to_show_and_uneven_captions_are_refused(frames: list[np.ndarray], captions: list[str] | None) -> None:
    with pytest.raises(ValueError, match=r"frames"):
        contact_sheet(frames, columns=2, width_each=64, captions=captions)


def test_the_poster_is_the_sharpest_frame_of_the_middle() -> None:
    sharp = np.random.default_rng(0).integers(0, 255, (72, 128, 3), dtype=np.uint8)
    softer = cv2.GaussianBlur(sharp, (0, 0), 2)
    assert poster([sharp, RED, softer, BLUE, RED, RED, RED, sharp]) is softer
    assert poster([RED]) is RED


def test_a_png_holds_the_pixels(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    save_png(tmp_path / "x.png", pixels)
    with Image.open(tmp_path / "x.png") as image:
        assert np.array_equal(np.asarray(image), pixels)


def test_a_png_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(errors.OutputUnwritable):
        save_png(tmp_path / "missing" / "x.png", RED)
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(errors.DiskFull):
            save_png(tmp_path / "x.png", noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []
