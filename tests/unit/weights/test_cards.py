"""Weight cards: written, read, and held to the file that they speak of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.weights.small_card import card_of

from vitascope.errors import ModelUnknown, WeightsDamaged, WeightsMissing
from vitascope.weights import cards
from vitascope.weights.cards import WeightCard

WEIGHTS = b"not many weights"


@pytest.fixture
def card() -> WeightCard:
    return card_of(WEIGHTS)


@pytest.fixture
def folder(tmp_path: Path, card: WeightCard) -> Path:
    (tmp_path / "small.json").write_text(card.written(), encoding="utf-8")
    (tmp_path / card.file).write_bytes(WEIGHTS)
    return tmp_path


def test_a_card_is_read_as_it_was_written(folder: Path, card: WeightCard) -> None:
    assert cards.card("small", folder) == card
    assert cards.card("small", folder).written() == card.written()


def test_whole_weights_are_given_out(folder: Path, card: WeightCard) -> None:
    assert card.verified(folder) == WEIGHTS


def test_one_changed_bit_is_found(folder: Path, card: WeightCard) -> None:
    (folder / card.file).write_bytes(bytes([WEIGHTS[0] ^ 1]) + WEIGHTS[1:])
    with pytest.raises(WeightsDamaged, match=card.sha256[:16]):
        card.verified(folder)


def test_absent_weights_are_named(folder: Path, card: WeightCard) -> None:
    (folder / card.file).unlink()
    with pytest.raises(WeightsMissing, match=r"small\.safetensors"):
        card.verified(folder)


def test_a_name_without_card_is_unknown(folder: Path) -> None:
    with pytest.raises(ModelUnknown, match="'large'"):
        cards.card("large", folder)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("subjects", "fox", "a list of strings"),
        ("known_words", [1, 2], "a list of strings"),
        ("bars", [], "an object"),
        ("version", 1, "a string"),
        ("colour", "red", "colour"),
    ],
)
def test_a_card_with_a_wrong_field_is_refused(folder: Path, name: str, value: object, said: str) -> None:
    place = folder / "small.json"
    place.write_text(json.dumps({**json.loads(place.read_text(encoding="utf-8")), name: value}), encoding="utf-8")
    with pytest.raises(WeightsDamaged, match=said):
        cards.read(place)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\ufeff null"])
def test_a_card_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "small.json").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsDamaged, match=r"small\.json"):
        cards.read(tmp_path / "small.json")


def test_every_card_that_ships_is_of_a_file_beside_it() -> None:
    for place in cards.SHIPPED.glob("*.json"):
        card = cards.read(place)
        assert card.name == place.stem
        assert card.verified()
