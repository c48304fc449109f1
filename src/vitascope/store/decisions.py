"""The record of decisions: one JSON line each, appended to a file that only its owner can read."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from vitascope.store.clips import file_errors
from vitascope.types import Decision


@dataclass(frozen=True)
class FileDecisionLog:
    """A `DecisionLog` in `home/decisions.jsonl`, mode 0600. Lines of several processes never mix."""

    home: Path

    @property
    def path(self) -> Path:
        """The file that the decisions are in."""
        return self.home / "decisions.jsonl"

    def record(self, decision: Decision) -> None:
        """Appends the decision with the time of day (UTC). Raises `OutputUnwritable` or `DiskFull`.

        A decision that cannot be recorded stops the road: nothing is made that the record does not show.
        """
        line = json.dumps({"time": datetime.now(UTC).isoformat(), **asdict(decision)}, ensure_ascii=False) + "\n"
        data = line.encode("utf-8", "backslashreplace")
        with file_errors(self.path):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                if os.write(handle, data) != len(data):
                    raise OSError(errno.ENOSPC, "the decision was cut short")
            finally:
                os.close(handle)
