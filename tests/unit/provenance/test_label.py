"""The visible label: in the corner, on every frame, tall enough to read, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from vitascope.provenance import label

SIZES = [(1280, 720), (720, 1280), (720, 720), (160, 96)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_label_is_on_every_frame_and_only_in_the_upper_left_corner(width: int, height: int) -> None:
    grey = np.full((3, height, width, 3), 128, np.uint8)
    drawn = np.concatenate(list(label.draw([grey[:2], grey[2:]])))
    changed = np.any(drawn != grey, axis=-1)
    assert changed.any(axis=(1, 2)).all()
    short = min(width, height)
    assert not changed[:, short // 5 :].any()
    assert np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize(("width", "height"), SIZES[:3])
def test_the_text_is_a_twentieth_of_the_shorter_side_tall(width: int, height: int) -> None:
    drawn = next(label.draw([np.zeros((1, height, width, 3), np.uint8)]))[0, ..., 0]
    # the left of the plate holds the capitals and characters of "AI生成", which have no descenders
    inked = np.flatnonzero((drawn[:, : min(width, height) // 5] > 128).any(axis=1))
    assert inked[-1] - inked[0] + 1 >= 0.05 * min(width, height)


def test_the_text_is_white_on_dark_on_a_white_picture_too() -> None:
    drawn = next(label.draw([np.full((1, 720, 1280, 3), 255, np.uint8)]))[0, :80, :400, 0]
    middle = drawn[drawn.shape[0] // 2]
    assert middle.max() > 240
    assert np.median(middle) < 130


def test_the_frames_handed_in_are_not_changed() -> None:
    frames = np.zeros((1, 96, 160, 3), np.uint8)
    list(label.draw([frames]))
    assert not frames.any()
