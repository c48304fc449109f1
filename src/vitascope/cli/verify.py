"""`vitascope verify`: what a finished file says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from vitascope import verify as verification
from vitascope.cli import console, options

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)


@app.command(epilog="[b]Examples[/b]\n\nvitascope verify fox.mp4\n\nvitascope verify fox.mp4 --json")
def verify(
    file: Annotated[Path, typer.Argument(help="A video file.", show_default=False)],
    as_json: options.Json = False,
) -> None:
    """Say what a file says of itself: manifest, watermark, label. Exits with 0 only if the manifest is valid."""
    with console.reporting(as_json=as_json):
        found = verification.verify(file)
        if as_json:
            console.print_json(found.to_json())
        else:
            console.out.print(Text(found.text))
    raise typer.Exit(found.exit_code)
