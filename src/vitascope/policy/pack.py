"""A policy pack as a value: what a YAML file says, checked and frozen. `parse.py` builds it, `rules.py` applies it."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitascope.types import Outcome, Surface


@dataclass(frozen=True)
class Terms:
    """A group of terms or regular expressions, by language ("en", "zh", …). One of them found is enough."""

    name: str
    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()
    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Examples:
    """The rule's own tests: texts that it must refuse, that it must label, and that the whole pack must allow."""

    refuse: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule. It applies where every group of `groups` is found, none of `unless` is, and `within` holds.

    A find that lies inside a find of `not_in` does not count. With `within`, every find lies at most that many words
    from the find of the first group. With `in_order`, the finds follow one another in the order of the groups, and
    `within` counts from each to the next.
    """

    id: str
    topic: str
    action: Outcome
    surfaces: tuple[Surface, ...]
    groups: tuple[tuple[Terms, ...], ...]
    unless: tuple[Terms, ...] = ()
    not_in: tuple[Terms, ...] = ()
    within: int | None = None
    in_order: bool = False
    explanation: tuple[tuple[str, str], ...] = ()
    examples: Examples = field(default_factory=Examples)


@dataclass(frozen=True)
class CheckerNeed:
    """An optional checker that the pack asks for on some surfaces. Where it is missing, the guard refuses."""

    name: str
    surfaces: tuple[Surface, ...]


@dataclass(frozen=True, eq=False)
class Pack:
    """A whole policy: `id` and semantic `version` go into every decision; rules stand in the order of the file."""

    id: str
    version: str
    description: str
    topics: tuple[tuple[str, str], ...]
    rules: tuple[Rule, ...]
    lists: tuple[tuple[str, Terms], ...] = ()
    checkers: tuple[CheckerNeed, ...] = ()
    examples: Examples = field(default_factory=Examples)
