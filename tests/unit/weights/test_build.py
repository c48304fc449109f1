"""From a file of weights to a model that runs as the one that was packed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load as parse
from tests.unit.weights.small_card import card_of
from torch import nn

from vitascope.errors import ModelUnknown, WeightsDamaged, WeightsMissing
from vitascope.model.autoencoder import Autoencoder
from vitascope.model.specs import MINI, TINY
from vitascope.model.transformer import Transformer
from vitascope.types import ModelId
from vitascope.weights.build import Model, build, packed, random_model


@pytest.fixture(scope="module")
def model() -> Model:
    return random_model(TINY)


@pytest.fixture(scope="module")
def weights(model: Model) -> bytes:
    return packed(model.autoencoder, model.transformer)


@pytest.fixture
def folder(tmp_path: Path, weights: bytes) -> Path:
    card = card_of(weights)
    (tmp_path / "small.json").write_text(card.written(), encoding="utf-8")
    (tmp_path / card.file).write_bytes(weights)
    return tmp_path


def test_a_model_is_built_from_its_card(folder: Path, weights: bytes) -> None:
    built, card = build("small", folder), card_of(weights)
    assert built.id == ModelId("small", "1.0", card.sha256)
    assert built.spec == TINY
    assert built.known_words == card.known_words


def test_built_weights_are_the_packed_ones_rounded(folder: Path, model: Model) -> None:
    built = build("small", folder)
    for mine, theirs in ((built.transformer, model.transformer), (built.autoencoder, model.autoencoder)):
        state = theirs.state_dict()
        for name, value in mine.state_dict().items():
            assert value.dtype == torch.float32
            exact = name.endswith(("mean_P", "scale_C"))
            assert torch.equal(value, state[name] if exact else state[name].bfloat16().float()), name


def test_built_modules_are_for_use_only(folder: Path) -> None:
    built = build("small", folder)
    for module in (built.transformer, built.autoencoder):
        assert not module.training
        assert not any(parameter.requires_grad for parameter in module.parameters())


def test_equal_weights_are_packed_into_equal_bytes(weights: bytes) -> None:
    again = random_model(TINY)
    assert packed(again.autoencoder, again.transformer) == weights
    with torch.no_grad():
        next(again.transformer.parameters()).add_(1)
    assert packed(again.autoencoder, again.transformer) != weights


def test_weights_ship_in_half_precision_and_within_their_size(weights: bytes) -> None:
    for name, value in parse(weights).items():
        assert value.dtype == (torch.float32 if name.endswith(("mean_P", "scale_C")) else torch.bfloat16), name
    count = sum(p.numel() for module in modules_of_mini() for p in (*module.parameters(), *module.buffers()))
    assert 2 * count < 30 * 2**20


def modules_of_mini() -> tuple[nn.Module, nn.Module]:
    with torch.device("meta"):
        return Autoencoder(MINI.autoencoder), Transformer(MINI.transformer, MINI.autoencoder.channels)


def test_weights_of_another_card_are_damaged(folder: Path, weights: bytes) -> None:
    (folder / "small.safetensors").write_bytes(weights[:-1] + bytes([weights[-1] ^ 1]))
    with pytest.raises(WeightsDamaged, match="small"):
        build("small", folder)


def test_absent_weights_and_unknown_names_are_told(folder: Path) -> None:
    (folder / "small.safetensors").unlink()
    with pytest.raises(WeightsMissing):
        build("small", folder)
    with pytest.raises(ModelUnknown):
        build("large", folder)


def test_the_random_model_is_always_the_same(model: Model, weights: bytes) -> None:
    again = build("tiny")
    assert again.id == model.id
    assert again.known_words is None
    assert packed(again.autoencoder, again.transformer) == weights
    assert random_model(replace(TINY, name="other")).id.name == "other"
