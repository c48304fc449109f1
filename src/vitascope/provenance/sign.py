"""Mp4 → SignedClip: the manifest goes in last, so that it covers every byte of the file."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import c2pa

from vitascope.errors import DiskFull, SigningFailed
from vitascope.provenance import identity as identities
from vitascope.provenance import reader
from vitascope.provenance.identity import Identity
from vitascope.provenance.manifest import definition
from vitascope.types import Mp4, SignedClip

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def sign(mp4: Mp4, identity: Identity | Path) -> SignedClip:
    """A signed copy of the clip at a new temporary path beside it; the unsigned file is left as it is.

    `identity` is who signs, or the folder of the local identity, which is made on first use. Nothing is sent anywhere:
    there is no time stamp. The copy is read back, and `manifest` is what a reader finds there. Raises `SigningFailed`
    or `DiskFull`; then no file stays behind.
    """
    if isinstance(identity, Path):
        identity = identities.load_or_create(identity)
    try:
        handle, name = tempfile.mkstemp(prefix=".vitascope-", suffix=".mp4", dir=mp4.path.parent)
    except OSError as error:
        raise _failure(mp4.path.parent, error) from error
    path = Path(name)
    try:
        manifest = _write(mp4, identity, path, handle)
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    frames = mp4.frames
    return SignedClip(path=path, manifest=manifest, decisions=frames.allowed.decisions, warnings=frames.warnings)


def _write(mp4: Mp4, identity: Identity, path: Path, handle: int) -> dict[str, Any]:
    raw = _Output(handle)
    try:
        with io.BufferedRandom(raw) as out, mp4.path.open("rb") as source, reader.context() as context:
            info = c2pa.C2paSignerInfo(b"es256", identity.chain_pem, identity.key_pem, None)  # pyright: ignore[reportArgumentType] -- no time stamp server
            with c2pa.Signer.from_info(info) as signer, c2pa.Builder(definition(mp4), context) as builder:
                builder.sign(signer, "video/mp4", source, out)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise _failure(path.parent, error) from error
    except c2pa.C2paError as error:
        if raw.failure is not None:
            raise _failure(path.parent, raw.failure) from error
        raise SigningFailed(f"{identity.name} could not sign the clip: {error}") from error
    found = reader.read(path)
    if found.manifest is None or found.state not in ("valid_trusted", "valid_untrusted"):
        raise SigningFailed(f"The clip that {identity.name} signed does not verify: {'; '.join(found.reasons)}.")
    return found.manifest


class _Output(io.FileIO):
    """A file that remembers why writing failed: the library that writes to it only knows that it did."""

    def __init__(self, handle: int) -> None:
        super().__init__(handle, "r+b")
        self.failure: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = error
            raise


def _failure(folder: Path, error: OSError) -> DiskFull | SigningFailed:
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        return DiskFull(f"No room for the signed clip in {folder}: {reason}.")
    return SigningFailed(f"The signed clip could not be written in {folder}: {reason}.")
