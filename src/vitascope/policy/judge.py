"""The guard before any work: a request is put to its pack, surface by surface, and every decision is recorded."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from time import perf_counter

from vitascope.policy.library import load_pack
from vitascope.policy.pack import Pack
from vitascope.policy.rules import Match, compiled
from vitascope.types import Allowed, Decision, DecisionLog, Refused, Request, Surface

HAN = re.compile("[\u4e00-\u9fff]")


def decide(request: Request, log: DecisionLog) -> Allowed | Refused:
    """`Allowed` where no rule of the request's pack refuses a surface of it, else `Refused` by the first that does.

    Surfaces: the prompt, the negative prompt where there is one, and the image where there is a still; of an image the
    rules read the file's name, since what the pixels show is for the checkers that a pack names. All surfaces are
    judged, and all decisions are in `log`, when this returns. Where a rule labels, the request asks for the label.
    Raises PackUnknown and PackInvalid.
    """
    pack = load_pack(request.policy)
    decisions = [judge(pack, request.prompt, "prompt")]
    if request.negative_prompt:
        decisions.append(judge(pack, request.negative_prompt, "negative_prompt"))
    if request.still is not None:
        decisions.append(judge(pack, request.still.name, "image"))
    for decision in decisions:
        log.record(decision)
    refusing = next((decision for decision in decisions if decision.refused), None)
    if refusing is not None:
        return Refused(refusing, tuple(decisions))
    if any(decision.outcome == "label" for decision in decisions):
        request = replace(request, label=True)
    return Allowed(request, tuple(decisions))


def decide_text(text: str, pack: str = "default", surface: Surface = "prompt") -> Decision:
    """The decision of a pack, by name or path, on one text, which may be empty. Nothing is recorded.

    Raises PackUnknown and PackInvalid.
    """
    return judge(load_pack(pack), text, surface)


def judge(pack: Pack, text: str, surface: Surface) -> Decision:
    """The decision of `pack` on `text`: refuse beats label beats allow; a checker that is missing means refuse."""
    started = perf_counter()
    matches = compiled(pack).matches(text, surface) if text else []
    if matches and matches[0].rule.action == "refuse":
        return decision_of(pack, surface, started, matches[0], text)
    for checker in pack.checkers:
        if surface in checker.surfaces:
            return missing_checker(pack, surface, started, checker.name)
    return decision_of(pack, surface, started, matches[0] if matches else None, text)


def decision_of(pack: Pack, surface: Surface, started: float, match: Match | None, text: str) -> Decision:
    if match is None:
        return Decision(
            id=new_id(),
            outcome="allow",
            pack=pack.id,
            version=pack.version,
            surface=surface,
            explanation=f"No rule of the policy {pack.id} {pack.version} applies.",
            elapsed_ms=milliseconds(started),
        )
    return Decision(
        id=new_id(),
        outcome=match.rule.action,
        pack=pack.id,
        version=pack.version,
        surface=surface,
        rule=match.rule.id,
        topic=match.rule.topic,
        spans=match.spans,
        view=match.view,
        explanation=explain(match, text),
        elapsed_ms=milliseconds(started),
    )


def missing_checker(pack: Pack, surface: Surface, started: float, name: str) -> Decision:
    return Decision(
        id=new_id(),
        outcome="refuse",
        pack=pack.id,
        version=pack.version,
        surface=surface,
        rule=f"checker.{name}",
        explanation=f"The policy {pack.id} asks for the checker {name!r} here, and it is not installed: without its "
        "answer nothing passes.",
        elapsed_ms=milliseconds(started),
    )


def explain(match: Match, text: str) -> str:
    """The rule's sentence to the user: in Chinese for Chinese text where the pack has it, else English."""
    sentences = dict(match.rule.explanation)
    chinese = len(HAN.findall(text)) * 2 >= len(re.findall(r"\w", text))
    return sentences["zh"] if chinese and "zh" in sentences else sentences["en"]


def new_id() -> str:
    """A decision's own number, never given twice."""
    return f"dec_{uuid.uuid4().hex}"


def milliseconds(started: float) -> float:
    return (perf_counter() - started) * 1_000
