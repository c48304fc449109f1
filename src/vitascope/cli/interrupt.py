"""Ctrl-C and SIGTERM: a flag for whoever works in another thread, and `KeyboardInterrupt` in the main one."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from types import FrameType


@dataclass
class _Received:
    number: int | None = None


_received = _Received()


def install() -> None:
    """Both signals set the flag; the first also raises, later ones leave the clearing up alone. Main thread only."""
    _received.number = None
    signal.signal(signal.SIGINT, _receive)
    signal.signal(signal.SIGTERM, _receive)


def requested() -> bool:
    """True once a signal came: what `Outside.cancelled` asks."""
    return _received.number is not None


def exit_code(otherwise: int) -> int:
    """128 and the number of the signal that came (130 for Ctrl-C, 143 for SIGTERM); `otherwise` if none did."""
    return otherwise if _received.number is None else 128 + _received.number


def _receive(number: int, _: FrameType | None) -> None:
    first = _received.number is None
    _received.number = number
    if first:
        raise KeyboardInterrupt
