"""`vitascope models`: what can be chosen with --model."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from vitascope import errors
from vitascope.cli import console
from vitascope.engines.catalog import CATALOG
from vitascope.weights import cards

app = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)


@app.command(epilog="[b]Examples[/b]\n\nvitascope models\n\nvitascope models --json")
def models(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the models: what each can be asked for, what its weights can draw, its licence."""
    if as_json:
        console.print_json({"models": [{**asdict(info), "weights": _weights(info.name)} for info in CATALOG]})
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
        if card := _card(info.name):
            console.out.print(f"      weights  {card.version}, SHA-256 {card.sha256[:16]}")
            console.out.print(f"      draws    {', '.join(card.subjects)}")
            console.out.print(f"      moving   {', '.join(card.motions)}")
            console.out.print(f"      in       {', '.join(card.backgrounds)}")
            console.out.print(f"      cannot   {'; '.join(card.cannot)}")


def _card(name: str) -> cards.WeightCard | None:
    """The card of the model's weights; None where it has none of its own (`tiny` draws its weights at random)."""
    try:
        return cards.card(name)
    except errors.ModelUnknown:
        return None


def _weights(name: str) -> dict[str, Any] | None:
    card = _card(name)
    return None if card is None else {**asdict(card), "known_words": sorted(card.known_words)}
