"""From a model's name to its modules: weights read from a verified file, or random ones for `tiny`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load as parse
from safetensors.torch import save as serialised
from torch import Tensor, nn

from vitascope.model.autoencoder import Autoencoder
from vitascope.model.specs import SPECS, ModelSpec
from vitascope.model.transformer import Transformer
from vitascope.types import ModelId
from vitascope.weights import cards

RANDOM = "tiny"


@dataclass(frozen=True, eq=False)
class Model:
    """A built model, ready to run; `known_words` is None where the weights know nothing."""

    id: ModelId
    spec: ModelSpec
    autoencoder: Autoencoder
    transformer: Transformer
    known_words: frozenset[str] | None


def build(name: str, folder: Path = cards.SHIPPED) -> Model:
    """The model called `name`, from the card and the weights in `folder`.

    Raises `ModelUnknown`, `WeightsMissing` or `WeightsDamaged`.
    """
    if name == RANDOM:
        return random_model(SPECS[name])
    card = cards.card(name, folder)
    spec = SPECS[card.spec]
    autoencoder, transformer = _empty(spec)
    _fill({"autoencoder": autoencoder, "transformer": transformer}, parse(card.verified(folder)))
    return Model(ModelId(card.name, card.version, card.sha256), spec, autoencoder, transformer, card.known_words)


def random_model(spec: ModelSpec) -> Model:
    """A model with weights drawn from a fixed seed: it draws nothing of sense, but everything runs."""
    generator = torch.Generator().manual_seed(20)
    autoencoder, transformer = _empty(spec)
    digest = hashlib.sha256()
    with torch.no_grad():
        for module in (autoencoder, transformer):
            for tensor in module.state_dict().values():
                tensor.copy_(torch.randn(tensor.shape, generator=generator) * 0.1)
                digest.update(tensor.numpy().tobytes())
        for basis in (autoencoder.colour, autoencoder.flow, autoencoder.member):
            basis.get_buffer("scale_C").fill_(1.0)
    return Model(ModelId(spec.name, "0", digest.hexdigest()), spec, autoencoder, transformer, None)


def packed(autoencoder: Autoencoder, transformer: Transformer) -> bytes:
    """All weights as one safetensors file, as they ship: bfloat16, but for the patch bases' means and scales.

    Equal weights give equal bytes.
    """
    parts: dict[str, nn.Module] = {"autoencoder": autoencoder, "transformer": transformer}
    tensors = {
        f"{part}.{name}": (value.float() if name.endswith(("mean_P", "scale_C")) else value.bfloat16()).contiguous()
        for part, module in parts.items()
        for name, value in module.state_dict().items()
    }
    return serialised(dict(sorted(tensors.items())))


def _empty(spec: ModelSpec) -> tuple[Autoencoder, Transformer]:
    autoencoder = Autoencoder(spec.autoencoder)
    transformer = Transformer(spec.transformer, spec.autoencoder.channels)
    for module in (autoencoder, transformer):
        module.eval().requires_grad_(False)
    return autoencoder, transformer


def _fill(modules: dict[str, nn.Module], weights: dict[str, Tensor]) -> None:
    for part, module in modules.items():
        own = {k.removeprefix(f"{part}."): v.float() for k, v in weights.items() if k.startswith(f"{part}.")}
        module.load_state_dict(own)
