"""What a failed write means, in the words of the tree of errors; and a temporary file that never outlives a failure."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from vitascope import errors

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_UNWRITABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.ELOOP,
}


def output_error(error: Exception, place: Path) -> errors.OutputError:
    """The leaf of the tree that says why writing at `place` failed, judged by the `errno` that `error` carries.

    No space, no quota and a file-size limit are `DiskFull`; what is forbidden, missing or not a folder is
    `OutputUnwritable`; anything else is the plain `OutputError`.
    """
    number = getattr(error, "errno", None)
    reason = os.strerror(number) if isinstance(number, int) and 0 < number < 200 else str(error)
    if number in _FULL:
        return errors.DiskFull(f"{place} could not be written: {reason}.")
    if number in _UNWRITABLE:
        return errors.OutputUnwritable(f"{place} could not be written: {reason}.")
    return errors.OutputError(f"{place} could not be written: {reason}.")


@contextmanager
def temporary_file(folder: Path, suffix: str) -> Generator[Path]:
    """An empty new file in `folder` (mode 0600), kept when the block ends well and removed when anything is raised.

    Raises `OutputUnwritable` or `DiskFull` when it cannot be made.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".vitascope-", suffix=suffix, dir=folder)
    except OSError as error:
        raise output_error(error, folder) from error
    path = Path(name)
    try:
        os.close(handle)
        yield path
    except BaseException:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise
