"""What the quality benches keep between runs, and how they state a share: JSON lines by key, Wilson intervals."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import os
import platform
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Kept:
    """Results in an append-only file of JSON lines: a run that was stopped goes on where it was."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._rows: dict[str, dict[str, Any]] = {}
        self._mend = ""
        if path.exists():
            text = path.read_text()
            self._mend = "" if text.endswith("\n") or not text else "\n"
            for line in text.splitlines():
                try:
                    row = json.loads(line)
                except json.JSONDecodeError:  # the line that was being written when the run was stopped
                    continue
                self._rows[row["key"]] = row

    def get(self, key: str) -> dict[str, Any] | None:
        """The row kept under that key."""
        return self._rows.get(key)

    def put(self, key: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Keeps the row, on disk before this returns."""
        whole = {"key": key, **row}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(self._mend + json.dumps(whole) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._rows[key], self._mend = whole, ""
        return whole


def key_of(*parts: object) -> str:
    """A short name for everything that a result depends on."""
    return hashlib.sha256(json.dumps([str(part) for part in parts]).encode()).hexdigest()[:16]


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson (1927), "Probable inference, the law of succession"."""
    if count == 0:
        return 0.0, 1.0
    share = right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def surroundings() -> dict[str, str]:
    """Machine, versions and command, as a bench prints them first."""
    packages = ("vitascope", "torch", "numpy", "opencv-python-headless", "av")
    found = {name: importlib.metadata.version(name) for name in packages}
    return {
        "command": shlex.join([Path(sys.executable).name, *sys.orig_argv[1:]]),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version}" for name, version in found.items()),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
