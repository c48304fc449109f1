"""The `vitascope` command: one table from command to module. A command's module is loaded when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import typer

from vitascope import errors
from vitascope.cli import interrupt


@dataclass(frozen=True)
class Command:
    """One command: the module whose `app` runs it, and the sentence that the overview shows."""

    module: str
    summary: str


TABLE: dict[str, Command] = {
    "generate": Command("vitascope.cli.generate", "Make a clip from a prompt."),
    "animate": Command("vitascope.cli.animate", "Bring a picture to life."),
    "verify": Command("vitascope.cli.verify", "Say what a finished file says of itself: manifest, watermark, label."),
    "reproduce": Command("vitascope.cli.reproduce", "Make a clip again from its own manifest and compare the frames."),
    "policy": Command("vitascope.cli.policy", "Ask the guard about a text; test the packs."),
    "models": Command("vitascope.cli.models", "List the models, what each can be asked for and its licence."),
    "version": Command("vitascope.cli.version", "Print the versions of Vitascope and of what it runs on."),
}

EPILOG = """[b]Examples[/b]

vitascope generate "a red fox runs through a snowy field" -o fox.mp4

vitascope animate photo.jpg "the camera pans left" -o photo.mp4

vitascope verify fox.mp4
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits: 0 done, 2 bad input, 3 refused, 4 output, 5 weights, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--version"]:
        words = ["version"]
    interrupt.install()
    try:
        _dispatch(words)
    except KeyboardInterrupt:  # before or after the command itself, which reports its own
        sys.exit(interrupt.exit_code(errors.Cancelled.exit_code))


def _dispatch(words: list[str]) -> None:
    command = TABLE.get(words[0]) if words else None
    if command is None:
        _overview()(args=words or ["--help"], prog_name="vitascope")
    else:
        app: typer.Typer = import_module(command.module).app
        app(args=words[1:], prog_name=f"vitascope {words[0]}")


def _overview() -> typer.Typer:
    """An app that knows the commands by name alone: it prints the overview and names what is misspelt."""
    app = typer.Typer(
        help="A prompt or a still in, a signed 720p clip out.",
        epilog=EPILOG,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def options(version: bool = typer.Option(False, "--version", help="Print the versions and exit.")) -> None:
        """A prompt or a still in, a signed 720p clip out."""

    for name, command in TABLE.items():
        app.command(name, help=command.summary)(_nothing)
    return app


def _nothing() -> None:
    """Never called: `main` hands known commands to their own modules."""
