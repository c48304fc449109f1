"""Reads the C2PA manifest of a file, offline: no remote manifest, no revocation server, no list of trusted signers but
the one handed in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import c2pa

State = Literal["valid_trusted", "valid_untrusted", "tampered", "missing"]
_UNTRUSTED: Final = "signingCredential.untrusted"
_BOX: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@dataclass(frozen=True)
class Found:
    """What the file's manifest is worth. `signer` is the certificate's common name; `reasons` are sentences.

    `manifest` is the active manifest, also of a tampered file if it could be read: then nothing in it may be believed.
    """

    state: State
    signer: str | None = None
    reasons: tuple[str, ...] = ()
    manifest: dict[str, Any] | None = None


def context(trust_anchors: str = "") -> c2pa.Context:
    """Settings for the library under which it never reaches out; `trust_anchors` are PEM certificates to trust."""
    options: dict[str, Any] = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
    if trust_anchors:
        options["trust"] = {"user_anchors": trust_anchors}
    return c2pa.Context(c2pa.Settings.from_dict(options))


def read(path: Path, trust_anchors: str = "") -> Found:
    """The state of the mp4's manifest. Raises `OSError` where the file cannot be opened, `C2paError` never."""
    with path.open("rb") as file, context(trust_anchors) as settings:
        try:
            with c2pa.Reader("video/mp4", file, context=settings) as reader:
                told: dict[str, Any] = json.loads(reader.json())
                state = reader.get_validation_state()
        except c2pa.C2paError as error:
            if str(error).startswith("ManifestNotFound") or not _has_manifest_box(path):
                return Found("missing", reasons=("The file carries no C2PA manifest.",))
            return Found("tampered", reasons=(f"The manifest is damaged and cannot be read ({error}).",))
    return _judged(told, state)


def _has_manifest_box(path: Path) -> bool:
    """True where the file holds the name of C2PA's box: a file of another kind is not a tampered one."""
    with path.open("rb") as file:
        before = b""
        while block := file.read(1 << 20):
            if _BOX in before + block:
                return True
            before = block[-len(_BOX) :]
    return False


def _judged(told: dict[str, Any], state: str | None) -> Found:
    manifest: dict[str, Any] = told.get("manifests", {}).get(told.get("active_manifest"), {})
    signature = manifest.get("signature_info", {})
    signer = signature.get("common_name") or signature.get("issuer")
    if state == "Trusted":
        return Found(
            "valid_trusted", signer, (f"{signer} signed it, and a trusted authority vouches for {signer}.",), manifest
        )
    if state == "Valid":
        reasons = (
            f"The file is unchanged since {signer} signed it.",
            "No authority that is trusted here vouches for that signer: an identity that an installation makes for "
            "itself shows that the file is whole, not who made it.",
        )
        return Found("valid_untrusted", signer, reasons, manifest)
    failures = told.get("validation_results", {}).get("activeManifest", {}).get("failure", ())
    reasons = tuple(_sentence(failure) for failure in failures if failure.get("code") != _UNTRUSTED)
    return Found("tampered", signer, reasons or ("The manifest does not verify.",), manifest or None)


def _sentence(failure: dict[str, Any]) -> str:
    code = failure.get("code", "")
    plain = {
        "assertion.bmffHash.mismatch": "The video was changed after it was signed",
        "assertion.hashedURI.mismatch": "What the manifest says was changed after it was signed",
        "claimSignature.mismatch": "The signature does not fit the manifest",
        "signingCredential.expired": "The signer's certificate has expired",
    }.get(code)
    return f"{plain} ({code})." if plain else f"{failure.get('explanation', 'The manifest does not verify')} ({code})."
