"""What a finished file says of itself: signature, watermark, label, and how to make the clip again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitascope import media, provenance
from vitascope.errors import ManifestAbsent, VideoUnreadable
from vitascope.provenance import PUBLIC_KEY, Found, Record, State
from vitascope.types import Pixels

_FRAMES = 301
_HEADLINES: Mapping[State, str] = {
    "valid_trusted": "valid, and signed by someone who is trusted here",
    "valid_untrusted": "valid, but the signer is not trusted here",
    "tampered": "TAMPERED: do not believe what it says",
    "missing": "missing",
}


@dataclass(frozen=True)
class WatermarkFound:
    """The watermark in the frames. `payload` is hexadecimal; `matches_manifest` is None where there is no manifest of
    ours or no watermark to compare."""

    found: bool
    payload: str | None
    confidence: float
    matches_manifest: bool | None


@dataclass(frozen=True)
class Verification:
    """All that a file says of itself. `record` is what its manifest tells of the making, None where that is not ours.

    `aigc` is the parsed value of the metadata key of that name (GB 45438-2025). Nothing in the record of a tampered
    file may be believed.
    """

    path: Path
    state: State
    signer: str | None
    reasons: tuple[str, ...]
    watermark: WatermarkFound
    record: Record | None = None
    aigc: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def valid(self) -> bool:
        """True where the file is as it was signed, whoever signed it."""
        return self.state in ("valid_trusted", "valid_untrusted")

    @property
    def exit_code(self) -> int:
        """0 where the manifest is valid, 1 where it is tampered with or missing."""
        return 0 if self.valid else 1

    @property
    def text(self) -> str:
        """The findings in a few plain lines."""
        return "\n".join(_lines(self))

    def to_json(self) -> dict[str, Any]:
        """The findings as plain JSON values."""
        mark = self.watermark
        return {
            "file": str(self.path),
            "valid": self.valid,
            "manifest": {
                "state": self.state,
                "trusted": self.state == "valid_trusted",
                "signer": self.signer,
                "reasons": list(self.reasons),
            },
            "watermark": {
                "found": mark.found,
                "payload": mark.payload,
                "confidence": round(mark.confidence, 3),
                "matches_manifest": mark.matches_manifest,
            },
            "label": {"aigc": None if self.aigc is None else dict(self.aigc)},
            "made": None if self.record is None else _made(self.record),
            "warnings": list(self.warnings),
        }


def verify(path: str | Path, *, key: bytes = PUBLIC_KEY, trust_anchors: str = "") -> Verification:
    """What the video at `path` says of itself; up to 301 frames are searched for the watermark of `key`.

    `trust_anchors` are certificates (PEM) whose signatures are trusted: none by default, so that an installation's
    own identity is valid and untrusted. Raises `VideoUnreadable` for what is no video and carries no manifest.
    """
    path = Path(path)
    try:
        found = provenance.read_manifest(path, trust_anchors)
    except OSError as error:
        raise VideoUnreadable(f"{path} cannot be read: {error.strerror or error}.") from error
    record, warnings = _record(found)
    aigc, mark = None, provenance.Watermark(False, None, 0.0)
    try:
        aigc = _aigc(media.probe(path).metadata.get("AIGC"))
        reading = _Reading(path)
        mark = provenance.detect(reading.frames(), key)
        warnings += reading.warnings
    except VideoUnreadable as error:
        if found.state == "missing":
            raise
        warnings += (f"The pictures cannot be read: {error}",)
    same = None if record is None or mark.payload is None else mark.payload == record.payload
    payload = None if mark.payload is None else mark.payload.hex()
    return Verification(
        path=path,
        state=found.state,
        signer=found.signer,
        reasons=found.reasons,
        watermark=WatermarkFound(mark.found, payload, mark.confidence, same),
        record=record,
        aigc=aigc,
        warnings=warnings,
    )


def recorded(path: str | Path) -> Record:
    """How the clip at `path` was made, from its own valid manifest; `Record.request` is the request to make it again.

    Raises `ManifestAbsent` where there is no valid manifest of ours, `VideoUnreadable` where there is no file.
    """
    path = Path(path)
    try:
        found = provenance.read_manifest(path)
    except OSError as error:
        raise VideoUnreadable(f"{path} cannot be read: {error.strerror or error}.") from error
    if found.manifest is None or found.state in ("tampered", "missing"):
        raise ManifestAbsent(f"{path} has no manifest to go by: {' '.join(found.reasons)}")
    return provenance.record_of(found.manifest)


class _Reading:
    """The frames of a file up to where it is damaged, which is kept as a warning."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.warnings: tuple[str, ...] = ()

    def frames(self) -> Iterator[Pixels]:
        read = 0
        try:
            for chunk in media.read_frames(self._path, limit=_FRAMES):
                read += len(chunk)
                yield chunk
        except VideoUnreadable as error:
            if not read:
                raise
            self.warnings = (f"The pictures end after {read} frames: {error}",)


def _record(found: Found) -> tuple[Record | None, tuple[str, ...]]:
    if found.manifest is None:
        return None, ()
    try:
        return provenance.record_of(found.manifest), ()
    except ManifestAbsent as error:
        return None, (str(error),)


def _aigc(text: str | None) -> Mapping[str, Any] | None:
    if text is None:
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return {"unreadable": text}
    return value if isinstance(value, dict) else {"unreadable": text}


def _made(record: Record) -> dict[str, Any]:
    return {
        "model": {"name": record.model.name, "version": record.model.version, "sha256": record.model.sha256},
        "request": {
            "prompt": record.prompt,
            "negative_prompt": record.negative_prompt,
            "still": record.still_sha256 and {"name": record.still_name, "sha256": record.still_sha256},
            **record.options,
        },
        "decisions": [dict(decision) for decision in record.decisions],
        "packages": dict(record.packages),
        "pixels_sha256": record.pixels_sha256,
    }


def _lines(seen: Verification) -> Iterator[str]:
    yield f"manifest   {_HEADLINES[seen.state]}"
    for reason in seen.reasons:
        yield f"           {reason}"
    mark = seen.watermark
    if mark.found:
        fits = {True: ", the one that the manifest names", False: ", NOT the one that the manifest names", None: ""}
        yield f"watermark  found: {mark.payload}{fits[mark.matches_manifest]}"
    else:
        yield "watermark  not found"
    yield f"label      {'AI-generated (AIGC metadata)' if seen.aigc is not None else 'none in the metadata'}"
    if seen.record is not None:
        yield from _told(seen.record)
    for warning in seen.warnings:
        yield f"note       {warning}"


def _told(record: Record) -> Iterator[str]:
    options = record.options
    yield f"prompt     {'left out (private clip)' if record.prompt is None else record.prompt}"
    if record.still_sha256 is not None:
        yield f"still      {record.still_name}, SHA-256 {record.still_sha256}"
    yield f"model      {record.model.name} {record.model.version}, weights {record.model.sha256[:16]}"
    yield (
        f"request    {options['width']}×{options['height']}, {options['seconds']:g} s, {options['fps']} fps, "
        f"seed {options['seed']}, {options['steps']} steps, guidance {options['guidance_scale']:g}"
    )
    for decision in record.decisions:
        yield f"decision   {decision['outcome']} by {decision['pack']} {decision['version']} ({decision['surface']})"
