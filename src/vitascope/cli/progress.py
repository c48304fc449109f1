"""A progress bar that counts real work: one line a stage, on standard error, gone when the clip is done."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from vitascope.cli.console import err
from vitascope.types import Progress, Stage

NAMES: dict[Stage, str] = {
    "load": "weights",
    "text": "text",
    "steps": "steps",
    "decode": "frames decoded",
    "encode": "frames encoded",
    "sign": "signed",
}


@contextmanager
def shown(*, quiet: bool) -> Generator[Callable[[Progress], None]]:
    """Gives the sink for progress. Silent where `quiet` is asked or standard error is no terminal."""
    if quiet or not err.is_terminal:
        yield _ignore
        return
    columns = (
        TextColumn("{task.description:>14}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=err, transient=True) as bars:
        tasks: dict[Stage, TaskID] = {}

        def advance(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(NAMES[progress.stage], total=progress.total)
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total)

        yield advance


def _ignore(_: Progress) -> None:
    pass
