"""Weight cards: what a set of weights is, what it can draw and how well, and the hash of its file. No torch here."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from vitascope.errors import ModelUnknown, WeightsDamaged, WeightsMissing

SHIPPED = Path(str(files("vitascope.weights")))
"""The folder of the weights that ship in the package."""

_LISTS = ("subjects", "motions", "backgrounds", "cameras", "cannot", "data", "recipe", "known_words")


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

    def path(self, folder: Path = SHIPPED) -> Path:
        """The weights file in `folder`. Raises `WeightsMissing` where it is not there."""
        path = folder / self.file
        if not path.is_file():
            raise WeightsMissing(f"The weights of {self.name} are missing: expected the file {path}.")
        return path

    def verified(self, folder: Path = SHIPPED) -> bytes:
        """The weights file's bytes. Raises `WeightsMissing`, or `WeightsDamaged` where their SHA-256 is another."""
        data = self.path(folder).read_bytes()
        found = hashlib.sha256(data).hexdigest()
        if found != self.sha256:
            raise WeightsDamaged(
                f"The weights of {self.name} are damaged: got SHA-256 {found[:16]}…, expected {self.sha256[:16]}…."
            )
        return data

    def written(self) -> str:
        """The card as JSON, as `read` takes it; equal cards give equal text."""
        told = {**asdict(self), "known_words": sorted(self.known_words)}
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


@cache
def card(name: str, folder: Path = SHIPPED) -> WeightCard:
    """The card of the weights called `name` in `folder`.

    Raises `ModelUnknown` where there are none and `WeightsDamaged` where the card is not what is expected.
    """
    place = folder / f"{name}.json"
    if not place.is_file():
        raise ModelUnknown(f"No weights called {name!r} are in {folder}: expected the card {place}.")
    return read(place)


def read(place: Path) -> WeightCard:
    """The card in a JSON file. Raises `WeightsDamaged` where fields are missing, unknown or of another kind."""
    try:
        raw: Any = json.loads(place.read_text(encoding="utf-8"))
    except ValueError as error:
        raise WeightsDamaged(f"The weight card {place} is not JSON: {error}.") from error
    wanted = [field.name for field in fields(WeightCard)]
    got = sorted(raw) if isinstance(raw, dict) else type(raw).__name__
    if got != sorted(wanted):
        raise WeightsDamaged(f"The weight card {place} has {got}; expected an object of {sorted(wanted)}.")
    return WeightCard(**{name: _value(place, name, raw[name]) for name in wanted})


def _value(place: Path, name: str, value: Any) -> Any:
    """A field's value from JSON."""
    if name in _LISTS:
        if isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value)):
            return frozenset[str](value) if name == "known_words" else tuple[str, ...](value)
        expected = "a list of strings"
    elif name == "bars":
        if isinstance(value, dict):
            return cast("dict[str, Any]", value)
        expected = "an object"
    else:
        if isinstance(value, str):
            return value
        expected = "a string"
    raise WeightsDamaged(f"The weight card {place} has {str(value)[:60]!r} as {name}; expected {expected}.")
