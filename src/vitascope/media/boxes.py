"""The outermost boxes of an mp4 file (ISO/IEC 14496-12, section 4.2): enough to see that it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Box:
    """A box's four-letter name, and where in the file it starts and ends (bytes)."""

    name: str
    start: int
    end: int


def top_level(path: Path) -> tuple[Box, ...]:
    """The outermost boxes in file order; the last `end` is beyond the file's length where the file was cut short.

    What is not a chain of boxes gives the boxes up to the first that makes no sense. Raises `OSError` like `open`.
    """
    boxes: list[Box] = []
    length = path.stat().st_size
    start = 0
    with path.open("rb") as file:
        while start + 8 <= length:
            file.seek(start)
            header = file.read(16)
            size, name = int.from_bytes(header[:4], "big"), header[4:8]
            if size == 1:
                size = int.from_bytes(header[8:16], "big")
            elif size == 0:
                size = length - start
            if size < 8 or not name.isalnum():
                break
            boxes.append(Box(name.decode("ascii"), start, start + size))
            start += size
    return tuple(boxes)


def is_whole(boxes: tuple[Box, ...], length: int) -> bool:
    """True where index and pictures are both there and the boxes fill a file of `length` bytes exactly."""
    return {"moov", "mdat"} <= {box.name for box in boxes} and boxes[-1].end == length


def is_faststart(boxes: tuple[Box, ...]) -> bool:
    """True where the index (`moov`) comes before the pictures (`mdat`), so that playing starts before the file ends."""
    names = [box.name for box in boxes]
    return "moov" in names and "mdat" in names and names.index("moov") < names.index("mdat")
