"""`vitascope reproduce`: a clip made again from its own manifest, and the frames compared."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from vitascope.cli import console, interrupt, options, progress

if TYPE_CHECKING:
    from vitascope import road

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)

EPILOG = """[b]Examples[/b]

vitascope reproduce fox.mp4

vitascope reproduce private.mp4 --prompt "a red fox runs through a snowy field"

vitascope reproduce animated.mp4 --image photo.jpg
"""


@app.command(epilog=EPILOG)
def reproduce(
    file: Annotated[Path, typer.Argument(help="An mp4 that Vitascope made.", show_default=False)],
    prompt: Annotated[str | None, typer.Option(help="The prompt of a private clip.", show_default=False)] = None,
    negative: Annotated[str | None, typer.Option(help="Its negative prompt.", show_default=False)] = None,
    image: Annotated[Path | None, typer.Option(help="The picture of an animated clip.", show_default=False)] = None,
    as_json: options.Json = False,
) -> None:
    """Make a clip again from its own manifest and compare the frames. Exits with 1 where they differ."""
    with console.reporting(as_json=as_json, texts={"prompt": prompt or ""}):
        from vitascope import media, road, settings, store, verify
        from vitascope.engines.load import OnFirstUse
        from vitascope.types import Outside

        record = verify.recorded(file)
        still = media.load_still(image) if image is not None else None
        request = record.request(prompt=prompt, negative_prompt=negative, still=still)
        with progress.shown(quiet=as_json) as sink:
            log = store.FileDecisionLog(settings.load().home)
            outside = Outside(log=log, progress=sink, cancelled=interrupt.requested)
            found = road.reproduce(request, record, OnFirstUse(request.model), outside)
    if as_json:
        console.print_json(
            {
                "same": found.same,
                "recorded_sha256": found.recorded_sha256,
                "pixels_sha256": found.pixels_sha256,
                "model": asdict(found.model),
                "differences": list(found.differences),
            }
        )
    else:
        _print(found)
    if not found.same:
        raise typer.Exit(1)


def _print(found: road.Reproduction) -> None:
    if found.same:
        console.out.print(Text("same  the frames made again equal the recorded ones, bit for bit", "bold green"))
        return
    console.out.print(Text("different  the frames made again are not the recorded ones", "bold red"))
    console.out.print(Text.assemble(("recorded ", "dim"), found.recorded_sha256))
    console.out.print(Text.assemble(("now      ", "dim"), found.pixels_sha256))
    for difference in found.differences:
        console.out.print(Text.assemble(("because? ", "dim"), difference))
