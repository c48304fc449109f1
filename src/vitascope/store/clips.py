"""Puts a signed clip where it belongs: whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from vitascope import errors
from vitascope.types import ClipRef, SignedClip

ROOM_NEEDED = 8 * 1024 * 1024
"""Bytes that must be free before a clip is begun: the encoded and the signed file of a long clip lie side by side."""

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}


def check_destination(destination: Path) -> None:
    """Returns when a clip could be put at `destination`: asked before any work, so that nobody waits for a failure.

    Raises `OutputUnwritable` (no such folder, no right to write, something there that is no file) or `DiskFull`.
    """
    folder = destination.parent
    with file_errors(destination):
        if destination.is_dir():
            raise errors.OutputUnwritable(f"{destination} is a folder; give the name of a file.")
        if destination.exists() and not destination.is_file():
            raise errors.OutputUnwritable(f"{destination} is a device or a pipe; give the name of a file.")
        if not folder.is_dir():
            raise errors.OutputUnwritable(f"There is no folder {folder} to write {destination.name} to.")
        # Trying is the only test that holds for read-only mounts, quotas and the superuser alike
        with tempfile.TemporaryFile(dir=folder):
            pass
        if shutil.disk_usage(folder).free < ROOM_NEEDED:
            raise errors.DiskFull(f"The disk of {folder} has less than {ROOM_NEEDED // 2**20} MiB free.")
        if len(os.fsencode(destination.name)) > os.pathconf(folder, "PC_NAME_MAX"):
            raise errors.OutputUnwritable(f"The file name {destination.name[:40]}... is too long for the disk.")


def put(signed: SignedClip, destination: Path) -> ClipRef:
    """Moves the signed file to `destination`, replacing what was there in one step, and returns where it lies.

    On the same disk the file is renamed; across disks it is copied beside the destination first. Either way the bytes
    are on the disk before the name is. Raises `OutputUnwritable` or `DiskFull`; then nothing new is left behind.
    """
    with file_errors(destination):
        try:
            _rename(signed.path, destination)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(signed.path, destination)
        return ClipRef(destination, _sha256(destination))


def copy(clip: ClipRef, destination: Path) -> ClipRef:
    """A copy of a finished clip at `destination`, whole or not at all; the clip itself stays. Errors as for `put`."""
    with file_errors(destination):
        _copy(clip.path, destination)
        return ClipRef(destination, _sha256(destination))


@contextmanager
def file_errors(destination: Path) -> Generator[None]:
    """Inside, an `OSError` about space becomes `DiskFull` and one about rights or paths `OutputUnwritable`."""
    with room_errors(destination):
        try:
            yield
        except OSError as error:
            if error.errno in _FORBIDDEN:
                raise errors.OutputUnwritable(f"Cannot write {destination}: {_reason(error)}.") from error
            raise


@contextmanager
def room_errors(destination: Path) -> Generator[None]:
    """Inside, an `OSError` about space becomes `DiskFull`; every other one passes as it is."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise errors.DiskFull(f"No room to write {destination}: {_reason(error)}.") from error
        raise


def _reason(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)


def _rename(source: Path, destination: Path) -> None:
    source.chmod(_usual_mode(source.parent))
    _sync(source)
    source.replace(destination)
    _sync(destination.parent)


def _usual_mode(folder: Path) -> int:
    """The mode that the user's umask gives a new file; asking the umask itself would change it for other threads."""
    probe = folder / f".vitascope-{uuid4().hex}"
    handle = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
    try:
        return stat.S_IMODE(os.fstat(handle).st_mode)
    finally:
        os.close(handle)
        probe.unlink(missing_ok=True)


def _copy(source: Path, destination: Path) -> None:
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=".vitascope-", suffix=".mp4")
    os.close(handle)
    beside = Path(name)
    try:
        shutil.copyfile(source, beside)
        _rename(beside, destination)
    finally:
        beside.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
