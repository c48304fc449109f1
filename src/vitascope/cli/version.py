"""`vitascope version`: what runs here."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Annotated

import typer

import vitascope
from vitascope.cli import console

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)

PACKAGES = ("torch", "av", "c2pa-python", "numpy")


@app.command(epilog="[b]Examples[/b]\n\nvitascope version --json")
def version(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False) -> None:
    """Print the versions of Vitascope and of what it runs on."""
    versions = {"vitascope": vitascope.__version__, "python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in PACKAGES}
    if as_json:
        console.print_json(versions)
        return
    for name, number in versions.items():
        console.out.print(f"{name:12} {number}")
