"""Soak: the road again and again in one process. Does memory stay level, is every file and handle given back?

    make soak                                   200 clips on `tiny`, every fourth refused, every fifth cancelled
    make soak ARGS="--model mini --clips 20"

Memory is compared between the first and the last quarter of the run; what a process takes up on its way to its working
size is not counted. Exit code 1 where it grew by more than 5 %, or where a file, a thread or a handle is left over.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

from vitascope import errors, road
from vitascope.engines.load import OnFirstUse
from vitascope.store import FileDecisionLog
from vitascope.types import Outside, Progress

REFUSED = "students march for democracy in China"
MOST_GROWTH = 0.05


def main() -> int:
    """Runs the soak and prints what it saw; 0 where nothing leaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="tiny")
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--size", default="320x320")
    args = parser.parse_args()
    engine = OnFirstUse(args.model)
    resident: list[float] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = FileDecisionLog(folder / "home")
        one_clip(args, engine, Outside(log=log), -1, folder)
        handles = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 -- the listing's own handle is in both counts
        for number in range(args.clips):
            one_clip(args, engine, Outside(log=log), number, folder)
            resident.append(resident_mib())
            if number % 20 == 19:
                print(f"{number + 1:4} clips, {resident[-1]:.0f} MiB, {time.monotonic() - began:.0f} s", flush=True)
        left = sorted(path.name for path in folder.iterdir() if path.name != "home")
        grown_handles = len(os.listdir("/proc/self/fd")) - handles  # noqa: PTH208
    quarter = max(1, args.clips // 4)
    first, last = statistics.median(resident[:quarter]), statistics.median(resident[-quarter:])
    growth = last / first - 1
    strays = [thread.name for thread in threading.enumerate() if thread.name.startswith("encode")]
    print(f"memory {first:.0f} -> {last:.0f} MiB ({growth:+.1%}, at most {MOST_GROWTH:+.0%})")
    print(f"left-over files {left}, handles {grown_handles:+d}, encoder threads {strays}")
    good = growth <= MOST_GROWTH and not left and grown_handles <= 0 and not strays
    print("level" if good else "LEAKING")
    return 0 if good else 1


def one_clip(args: argparse.Namespace, engine: OnFirstUse, outside: Outside, number: int, folder: Path) -> None:
    """Makes a clip and removes it; every fourth is refused, every fifth cancelled half-way through its frames."""
    refused, cancelled = number % 4 == 3, number % 5 == 4
    prompt, policy = (REFUSED, "kling-2024") if refused else ("a red fox runs through a snowy field", "default")
    request = road.request(prompt, policy=policy, model=args.model, size=args.size, fps=12, seconds=1, seed=number + 1)
    half = threading.Event()

    def watch(progress: Progress) -> None:
        if cancelled and progress.stage == "decode" and progress.done * 2 > progress.total:
            half.set()

    outside = Outside(log=outside.log, progress=watch, cancelled=half.is_set)
    with suppress(errors.Refusal, errors.Cancelled):
        road.make(request, folder / "clip.mp4", engine, outside)
    (folder / "clip.mp4").unlink(missing_ok=True)


def resident_mib() -> float:
    """Resident memory of this process in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main())
