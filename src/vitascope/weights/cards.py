"""Weight cards: what a set of weights is, what it can draw and how well, and the hash of its file. No torch here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from vitascope.errors import ModelUnknown, WeightsDamaged, WeightsMissing

_HERE = files("vitascope.weights")


@dataclass(frozen=True)
class WeightCard:
    """One set of weights. `subjects`, `motions`, `backgrounds` and `cameras` are rows of the world's tables.

    `known_words` are the words that captions in training held; `bars` are measured figures by name, each with how it
    was measured. `sha256` is the hash of `file`, a safetensors file beside the card.
    """

    name: str
    version: str
    spec: str
    file: str
    sha256: str
    licence: str
    summary: str
    subjects: tuple[str, ...]
    motions: tuple[str, ...]
    backgrounds: tuple[str, ...]
    cameras: tuple[str, ...]
    cannot: tuple[str, ...]
    data: tuple[str, ...]
    recipe: tuple[str, ...]
    bars: dict[str, Any]
    known_words: frozenset[str]

    def path(self) -> Path:
        """The weights file. Raises `WeightsMissing` where it is not there."""
        path = Path(str(_HERE.joinpath(self.file)))
        if not path.is_file():
            raise WeightsMissing(f"The weights of {self.name} are missing: expected the file {path}.")
        return path

    def verified(self) -> bytes:
        """The weights file's bytes. Raises `WeightsDamaged` where their SHA-256 is not the card's."""
        data = self.path().read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != self.sha256:
            raise WeightsDamaged(
                f"The weights of {self.name} are damaged: got SHA-256 {found[:16]}…, expected {self.sha256[:16]}…."
            )
        return data


@cache
def card(name: str) -> WeightCard:
    """The card of the weights that ship under `name`. Raises `ModelUnknown` where there are none."""
    place = _HERE.joinpath(f"{name}.json")
    if not place.is_file():
        raise ModelUnknown(f"No weights ship under the name {name!r}.")
    raw: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    lists = {k: tuple(raw[k]) for k in ("subjects", "motions", "backgrounds", "cameras", "cannot", "data", "recipe")}
    return WeightCard(**{**raw, **lists, "known_words": frozenset(raw["known_words"])})
