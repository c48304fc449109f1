"""The table of subjects and their pictures."""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

from vitascope.errors import OptionOutOfRange
from vitascope.world.subjects import SUBJECTS, Subject, asset_name, find, sprite

each_subject = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)


def test_names_are_unique_and_at_least_a_hundred() -> None:
    names = [subject.name for subject in SUBJECTS]
    assert len(set(names)) == len(names) >= 100


def test_no_two_subjects_share_a_word_whatever_its_case() -> None:
    words = [word.lower() for subject in SUBJECTS for word in subject.words]
    assert sorted(words) == sorted(set(words))


@each_subject
def test_the_name_is_the_first_word_and_words_carry_no_article(subject: Subject) -> None:
    assert subject.words[0] == subject.name
    for word in subject.words:
        assert word == word.strip()
        assert word.split()[0].lower() not in {"a", "an", "the"}


def test_the_first_fifty_hold_the_names_that_the_weights_promise() -> None:
    first = {subject.name for subject in SUBJECTS[:50]}
    assert {"fox", "dog", "cat", "elephant", "penguin", "car", "bus", "rocket", "balloon", "apple", "banana"} <= first
    assert {"robot", "butterfly", "fish", "frog", "bicycle", "boat", "train", "dinosaur", "rabbit", "horse"} <= first


def test_a_subject_is_found_by_its_name() -> None:
    assert find("soccer ball") in SUBJECTS
    assert find("soccer ball").name == "soccer ball"


def test_an_unknown_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(OptionOutOfRange, match=r"'griffin'.*fox, dog"):
        find("griffin")


@each_subject
def test_a_picture_has_opaque_and_transparent_pixels_and_a_tight_box(subject: Subject) -> None:
    pixels = sprite(subject)
    height, width, channels = pixels.shape
    assert pixels.dtype == np.uint8
    assert channels == 4
    assert 48 <= max(height, width) <= 256
    alpha = pixels[..., 3]
    assert (alpha == 255).mean() > 0.1
    assert (alpha == 0).any()
    for edge in (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]):
        assert edge.any()


COLOUR_WORDS = {"red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "black", "brown", "grey"}


@pytest.mark.parametrize("subject", [s for s in SUBJECTS if s.colourable], ids=lambda subject: subject.name)
def test_a_colourable_subject_has_colour_to_shift_and_no_colour_in_its_words(subject: Subject) -> None:
    assert not COLOUR_WORDS & {part for word in subject.words for part in word.split()}
    pixels = sprite(subject)
    rgb = pixels[pixels[..., 3] == 255][:, :3].astype(int)
    assert (rgb.max(axis=1) - rgb.min(axis=1) > 60).mean() > 0.25


def test_a_picture_is_decoded_once_and_cannot_be_changed_by_accident() -> None:
    pixels = sprite(find("fox"))
    assert sprite(find("fox")) is pixels
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0, 0] = 0


def test_the_fox_is_orange_and_the_whale_is_blue() -> None:
    for name, order in (("fox", (0, 1, 2)), ("whale", (2, 1, 0))):
        pixels = sprite(find(name))
        mean = pixels[pixels[..., 3] == 255][:, :3].mean(axis=0)
        assert mean[order[0]] > mean[order[1]] > mean[order[2]]


def test_the_folder_holds_every_picture_and_nothing_else_within_its_ceiling() -> None:
    folder = resources.files("vitascope.world") / "assets"
    files = {file.name: len(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".webp")}
    assert set(files) == {asset_name(subject) for subject in SUBJECTS}
    assert sum(files.values()) <= 2_500_000
