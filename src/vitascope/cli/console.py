"""What the commands print: results to standard output, errors and refusals to standard error, both also as JSON."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from vitascope import errors
from vitascope.cli import interrupt
from vitascope.types import Decision, Outcome

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

SAID: dict[Outcome, str] = {"allow": "allowed", "label": "allowed with a label", "refuse": "refused"}


@contextmanager
def reporting(*, as_json: bool, texts: dict[str, str] | None = None) -> Generator[None]:
    """Inside, an error is printed for a person (or as JSON) and ends the command with the error's own exit code.

    `texts` has the user's texts by surface ("prompt", …), in which a refusal underlines the words that matched.
    """
    try:
        yield
    except (typer.Exit, SystemExit):
        raise
    except BaseException as error:
        # Once a signal came, whatever is raised is its doing: a library that is interrupted may raise anything
        if interrupt.requested() or isinstance(error, KeyboardInterrupt):
            cancelled = errors.Cancelled("Interrupted.")
            _print_error(cancelled, as_json)
            raise typer.Exit(interrupt.exit_code(cancelled.exit_code)) from None
        if not isinstance(error, errors.VitascopeError):
            raise
        _print_failure(error, as_json, texts or {})
        raise typer.Exit(error.exit_code) from None


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))


def print_decision(console: Console, decision: Decision, text: str) -> None:
    """The decision for a person: pack, version, rule, the user's text with the matched words underlined, and why."""
    console.print(Text.assemble(("policy   ", "dim"), f"{decision.pack} {decision.version}"))
    console.print(Text.assemble(("surface  ", "dim"), decision.surface))
    if decision.rule is not None:
        topic = f" (topic {decision.topic})" if decision.topic else ""
        console.print(Text.assemble(("rule     ", "dim"), f"{decision.rule}{topic}"))
    if decision.spans:
        words = ", ".join(f"“{span.text}”" for span in decision.spans)
        console.print(Text.assemble(("matched  ", "dim"), f"{words} (view: {decision.view or 'as_written'})"))
        if text:
            shown = Text(text)
            for span in decision.spans:
                shown.stylize("bold underline", span.start, span.end)
            console.print(Text.assemble(("text     ", "dim"), shown))
    if decision.explanation:
        console.print(Text.assemble(("why      ", "dim"), decision.explanation))
    console.print(Text.assemble(("decision ", "dim"), decision.id))


def decision_summary(decision: Decision) -> str:
    """One line: what the guard decided and under which pack."""
    rule = f", rule {decision.rule}" if decision.rule else ""
    return f"{SAID[decision.outcome]} by policy {decision.pack} {decision.version}{rule}"


def _print_failure(error: errors.VitascopeError, as_json: bool, texts: dict[str, str]) -> None:
    if as_json or not isinstance(error, errors.Refusal) or not isinstance(error.decision, Decision):
        _print_error(error, as_json)
        return
    err.print(Text.assemble(("refused ", "bold red"), (error.code, "red")))
    print_decision(err, error.decision, texts.get(error.decision.surface, ""))
    err.print(Text(error.hint, "dim"))


def _print_error(error: errors.VitascopeError, as_json: bool) -> None:
    if as_json:
        said: dict[str, Any] = {"code": error.code, "message": str(error), "hint": error.hint}
        if isinstance(error, errors.Refusal) and isinstance(error.decision, Decision):
            said["decision"] = asdict(error.decision)
        print_json({"error": said})
        return
    err.print(Text.assemble((f"error {error.code}: ", "bold red"), (str(error), "red")))
    if error.hint:
        err.print(Text(error.hint, "dim"))
