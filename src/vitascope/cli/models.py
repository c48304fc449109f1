"""`vitascope models`: what can be chosen with --model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from vitascope.cli import console
from vitascope.engines.catalog import CATALOG

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)


@app.command(epilog="[b]Examples[/b]\n\nvitascope models\n\nvitascope models --json")
def models(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the models, what each can be asked for and its licence."""
    if as_json:
        console.print_json({"models": [asdict(info) for info in CATALOG]})
        return
    for info in CATALOG:
        console.out.print(f"[bold]{info.name}[/bold]  {info.summary}")
        console.out.print(f"      tasks    {', '.join(info.tasks)}")
        console.out.print(f"      sizes    {info.sizes}")
        console.out.print(
            f"      length   {info.seconds[0]:g} to {info.seconds[1]:g} s at {info.fps[0]} to {info.fps[1]} fps"
        )
        console.out.print(f"      default  {info.steps} steps, guidance {info.guidance_scale:g}")
        console.out.print(f"      licence  {info.licence}")
