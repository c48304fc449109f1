"""What a clip's manifest says, written and read: the C2PA definition to sign, and the `Record` that is read back.

The definition holds what C2PA asks of generated media (the action `c2pa.created` with IPTC's digital source type
`trainedAlgorithmicMedia`) and an assertion of our own, `org.vitascope.generation`: model, weights, the whole request,
versions, decisions, watermark and a hash of the frames; enough to make the clip again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import metadata
from typing import Any, Final

from vitascope.errors import InvalidRequest, ManifestAbsent
from vitascope.types import Decision, Frames, Marked, ModelId, Mp4, Request, Still

GENERATION: Final = "org.vitascope.generation"
SOURCE_TYPE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_FORMAT = 1
_PACKAGES = ("vitascope", "torch", "av")
_TEXTS = ("prompt", "negative_prompt")


@dataclass(frozen=True)
class Hidden:
    """A text left out of a private clip's manifest: SHA-256 over the salt and the text in UTF-8."""

    salt: str
    sha256: str

    @classmethod
    def of(cls, text: str) -> Hidden:
        """The text's hash under a fresh random salt."""
        salt = os.urandom(16).hex()
        return cls(salt, _salted(salt, text))

    def matches(self, text: str) -> bool:
        """True where `text` is the text that was left out."""
        return hmac.compare_digest(_salted(self.salt, text), self.sha256)


@dataclass(frozen=True)
class Record:
    """How a clip was made, as its manifest says: `options` are the request's fields that are neither text nor still.

    `prompt` and `negative_prompt` are None in a private clip, which has their salted hashes in `hidden`.
    """

    model: ModelId
    prompt: str | None
    negative_prompt: str | None
    hidden: Mapping[str, Hidden]
    still_sha256: str | None
    still_name: str | None
    options: Mapping[str, Any]
    decisions: tuple[Mapping[str, str], ...]
    packages: Mapping[str, str]
    payload: bytes
    pixels_sha256: str

    def request(
        self, *, prompt: str | None = None, negative_prompt: str | None = None, still: Still | None = None
    ) -> Request:
        """The request again. What the manifest leaves out must be given: a private clip's texts, an animated still.

        Raises `InvalidRequest` where something is missing or is not what the clip was made from.
        """
        if still is None and self.still_sha256 is not None:
            raise InvalidRequest(
                f"The clip animates {self.still_name or 'a still'}; give that picture to make it again."
            )
        if still is not None and still.sha256 != self.still_sha256:
            raise InvalidRequest(f"The picture's SHA-256 is {still.sha256}; the manifest has {self.still_sha256}.")
        return Request(
            prompt=self._text("prompt", self.prompt, prompt),
            negative_prompt=self._text("negative_prompt", self.negative_prompt, negative_prompt),
            still=still,
            **self.options,
        )

    def _text(self, name: str, kept: str | None, given: str | None) -> str:
        if kept is not None:
            if given is not None and given != kept:
                raise InvalidRequest(f"The {name} given is not the one in the manifest.")
            return kept
        hidden = self.hidden.get(name)
        if hidden is None:
            raise InvalidRequest(f"The manifest has neither the {name} nor its hash.")
        # most clips have no negative prompt: then nobody need say so
        text = "" if given is None and hidden.matches("") else given
        if text is None:
            raise InvalidRequest(f"The clip is private: its {name} is not in the manifest, so it must be given.")
        if not hidden.matches(text):
            raise InvalidRequest(f"The {name} given is not the one that the clip was made from.")
        return text


def definition(mp4: Mp4) -> dict[str, Any]:
    """The C2PA manifest definition to sign for this clip, as plain JSON values."""
    request = mp4.frames.allowed.request
    agent = {"name": "vitascope", "version": version()}
    created = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE, "softwareAgent": agent}
    actions = {"actions": [created, {"action": "c2pa.watermarked.unbound", "softwareAgent": agent}]}
    still = request.still
    ingredient: dict[str, Any] | None = None
    if still is not None:
        ingredient = {"relationship": "inputTo", "instance_id": f"sha256:{still.sha256}", "title": _shown_name(request)}
    return {
        "claim_generator_info": [agent],
        "title": "Vitascope clip",
        "format": "video/mp4",
        "assertions": [
            {"label": "c2pa.actions.v2", "data": actions, "created": True},
            {"label": GENERATION, "data": _generation(mp4), "created": True},
        ],
        "ingredients": [] if ingredient is None else [ingredient],
    }


def record_of(manifest: Mapping[str, Any]) -> Record:
    """The record in a C2PA manifest as a reader gives it. Raises `ManifestAbsent` where it is none of ours."""
    for assertion in manifest.get("assertions", ()):
        if assertion.get("label") == GENERATION:
            try:
                return _parsed(assertion["data"])
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ManifestAbsent(
                    f"The manifest's {GENERATION} is not one that this version reads ({type(error).__name__}: {error})."
                ) from error
    raise ManifestAbsent(f"The manifest has no {GENERATION}: the clip was not made by Vitascope.")


def aigc_metadata(marked: Marked) -> str:
    """The value of the file's metadata key `AIGC`: JSON in the form of GB 45438-2025, appendix E (China).

    Label "1" says that the content is AI-generated; the product's number is the watermark's payload, and the first
    reserved code the SHA-256 of the weights. Nothing was propagated yet, so those fields are empty.
    """
    return json.dumps(
        {
            "Label": "1",
            "ContentProducer": f"vitascope/{version()}",
            "ProduceID": marked.payload.hex(),
            "ReservedCode1": marked.frames.model.sha256,
            "ContentPropagator": "",
            "PropagateID": "",
            "ReservedCode2": "",
        },
        separators=(",", ":"),
    )


def version(package: str = "vitascope") -> str:
    """The installed version of a package, without importing it; "unknown" where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


def _generation(mp4: Mp4) -> dict[str, Any]:
    frames: Frames = mp4.frames
    model = frames.model
    return {
        "format": _FORMAT,
        "model": {"name": model.name, "version": model.version, "sha256": model.sha256},
        "request": _request(frames.allowed.request),
        "decisions": [_decision(decision) for decision in frames.allowed.decisions],
        "packages": {package: version(package) for package in _PACKAGES},
        "watermark": {"payload": mp4.payload.hex(), "kind": "vitascope-spread-spectrum-1"},
        "pixels_sha256": mp4.pixels_sha256,
    }


def _request(request: Request) -> dict[str, Any]:
    """Every field of the request; a private one has hashes for its texts and no name for its still."""
    values: dict[str, Any] = {f.name: getattr(request, f.name) for f in fields(request)}
    still = request.still
    values["still"] = None if still is None else {"sha256": still.sha256, "name": _shown_name(request)}
    if request.private:
        hidden = {name: Hidden.of(values[name]) for name in _TEXTS}
        values |= dict.fromkeys(_TEXTS)
        values["hidden"] = {name: {"salt": text.salt, "sha256": text.sha256} for name, text in hidden.items()}
    return values


def _shown_name(request: Request) -> str:
    return "still" if request.private or request.still is None else request.still.name


def _decision(decision: Decision) -> dict[str, str]:
    """What may be told of a decision: never the user's words."""
    return {
        "id": decision.id,
        "pack": decision.pack,
        "version": decision.version,
        "surface": decision.surface,
        "outcome": decision.outcome,
    }


def _parsed(data: Mapping[str, Any]) -> Record:
    if data["format"] != _FORMAT:
        raise ValueError(f"format {data['format']}, expected {_FORMAT}")
    request = data["request"]
    still = request["still"] or {}
    model = data["model"]
    return Record(
        model=ModelId(str(model["name"]), str(model["version"]), str(model["sha256"])),
        prompt=request["prompt"],
        negative_prompt=request["negative_prompt"],
        hidden={name: Hidden(text["salt"], text["sha256"]) for name, text in request.get("hidden", {}).items()},
        still_sha256=still.get("sha256"),
        still_name=still.get("name"),
        options=_options(request),
        decisions=tuple({key: str(value) for key, value in decision.items()} for decision in data["decisions"]),
        packages={key: str(value) for key, value in data["packages"].items()},
        payload=bytes.fromhex(data["watermark"]["payload"]),
        pixels_sha256=str(data["pixels_sha256"]),
    )


def _options(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request's plain fields with their types put right: JSON does not tell 5.0 from 5 in every reader."""
    options: dict[str, Any] = {}
    for f in fields(Request):
        if f.name in (*_TEXTS, "still"):
            continue
        value, kind = request[f.name], type(f.default)
        if kind is float and type(value) in (int, float) and math.isfinite(value):
            value = float(value)
        if type(value) is not kind:
            raise TypeError(f"{f.name} is {value!r}, expected {kind.__name__}")
        options[f.name] = value
    return options


def _salted(salt: str, text: str) -> str:
    return hashlib.sha256(salt.encode() + text.encode("utf-8", "surrogatepass")).hexdigest()
