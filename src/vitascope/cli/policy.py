"""`vitascope policy`: ask the guard about a text, list the packs, put each pack to its own examples."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, get_args

import typer
from rich.text import Text

from vitascope import errors, policy
from vitascope.cli import console
from vitascope.types import Surface

app = typer.Typer(
    help="Ask the guard about a text; test the packs.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

CHECK = """[b]Examples[/b]

vitascope policy check "a red fox runs through a snowy field"

vitascope policy check "..." --policy kling-2024 --json

vitascope policy check "..." --policy my-pack.yaml --surface negative_prompt
"""


@app.command(epilog=CHECK)
def check(
    text: Annotated[str, typer.Argument(help="The text to ask about.", show_default=False)],
    pack: Annotated[str, typer.Option("--policy", help="A pack's name, or the path of a .yaml file.")] = "default",
    surface: Annotated[str, typer.Option(help=f"Where the text stands: {', '.join(get_args(Surface))}.")] = "prompt",
    as_json: Annotated[bool, typer.Option("--json", help="Print the decision as a JSON object.")] = False,
) -> None:
    """Say what the guard decides about a text, and why. Exits with 3 where it refuses."""
    with console.reporting(as_json=as_json):
        decision = policy.decide_text(text, pack=pack, surface=_surface(surface))
        if as_json:
            console.print_json(asdict(decision))
        else:
            style = "bold red" if decision.refused else "bold green"
            console.out.print(Text(console.SAID[decision.outcome], style))
            console.print_decision(console.out, decision, text)
    if decision.refused:
        raise typer.Exit(errors.Refusal.exit_code)


@app.command(epilog="[b]Examples[/b]\n\nvitascope policy test\n\nvitascope policy test my-pack.yaml")
def test(
    packs: Annotated[list[str] | None, typer.Argument(help="Packs by name or path; all that ship if none.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Put packs to their own examples. Exits with 1 where one comes out otherwise than the pack says."""
    with console.reporting(as_json=as_json):
        failures = {name: policy.test_pack(policy.load_pack(name)) for name in packs or policy.pack_names()}
    if as_json:
        console.print_json({name: [asdict(failure) for failure in found] for name, found in failures.items()})
    else:
        for name, found in failures.items():
            verdict = Text(f"{len(found)} wrong", "bold red") if found else Text("holds", "green")
            console.out.print(Text.assemble(f"{name:20} ", verdict))
            for failure in found:
                console.out.print(Text(f"  {failure}"))
    if any(failures.values()):
        raise typer.Exit(1)


@app.command("list", epilog="[b]Examples[/b]\n\nvitascope policy list")
def packs() -> None:
    """List the packs that ship."""
    for name in policy.pack_names():
        pack = policy.load_pack(name)
        console.out.print(Text.assemble((f"{name:12} ", "bold"), f"{pack.version}  ", pack.description.strip()))


def _surface(name: str) -> Surface:
    for surface in get_args(Surface):
        if name == surface:
            return surface
    raise errors.OptionOutOfRange(f"surface is {name!r}; one of {', '.join(get_args(Surface))} was expected.")
