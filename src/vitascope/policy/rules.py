"""Rules applied to a text: a pack compiled once, its terms looked for in every view, its rules tried in their order."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache, partial

from vitascope.policy.pack import Pack, Rule, Terms
from vitascope.policy.terms import UNSPACED_CHARACTER, WORD, TermIndex
from vitascope.policy.views import View, views
from vitascope.types import Outcome, Span, Surface

GRAVITY: dict[Outcome, int] = {"allow": 0, "label": 1, "refuse": 2}


@dataclass(frozen=True)
class Hit:
    """Characters [start, end) of the user's own text where a group was found, and the first view that showed it."""

    start: int
    end: int
    view: str
    depth: int


@dataclass(frozen=True)
class Match:
    """A rule that applies, with the words for it and the deepest view that was needed to see them."""

    rule: Rule
    spans: tuple[Span, ...]
    view: str


class WordCount:
    """Counts the words between two places of a text, as its plainest view parts them.

    Two characters of an unspaced script count as one word.
    """

    def __init__(self, plainest: View) -> None:
        self.words = [plainest.starts[match.start()] for match in WORD.finditer(plainest.text)]
        self.characters = [plainest.starts[match.start()] for match in UNSPACED_CHARACTER.finditer(plainest.text)]

    def between(self, one: Hit, other: Hit) -> int:
        start, end = min(one.end, other.end), max(one.start, other.start)
        if end <= start:
            return 0
        words = bisect_left(self.words, end) - bisect_left(self.words, start)
        return words + (bisect_left(self.characters, end) - bisect_left(self.characters, start)) // 2


class CompiledPack:
    """A pack ready to judge: one index over the terms of all its rules, and the patterns beside it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.index = TermIndex()
        self.patterns: list[tuple[int, re.Pattern[str]]] = []
        self.numbers: dict[Terms, int] = {}
        for rule in pack.rules:
            for terms in (*(terms for group in rule.groups for terms in group), *rule.unless, *rule.not_in):
                self.add(terms)

    def add(self, terms: Terms) -> None:
        if terms in self.numbers:
            return
        number = self.numbers[terms] = len(self.numbers)
        for _, templates in terms.terms:
            self.index.add(templates, number)
        for _, patterns in terms.patterns:
            self.patterns += [(number, re.compile(pattern, re.IGNORECASE)) for pattern in patterns]

    def hits(self, forms: Iterable[View]) -> dict[int, list[Hit]]:
        """Every find of every group in any of the views, in the user's own characters, in the order of the text."""
        found: dict[int, dict[tuple[int, int], Hit]] = {}
        for depth, view in enumerate(forms):
            finds = [(find.group, find.start, find.end) for find in self.index.find(view.text)]
            for run in view.runs:
                finds += [(find.group, find.start, find.end) for find in self.index.find_joined(view.text, run)]
            for group, pattern in self.patterns:
                finds += [(group, *match.span()) for match in pattern.finditer(view.text) if match.group()]
            for group, start, end in finds:
                place = view.original(start, end)
                found.setdefault(group, {}).setdefault(place, Hit(*place, view.name, depth))
        return {group: sorted(hits.values(), key=lambda hit: (hit.start, hit.end)) for group, hits in found.items()}

    def matches(self, text: str, surface: Surface) -> list[Match]:
        """The rules for `surface` that apply to `text`, the gravest first, else in the order of the pack."""
        forms = tuple(views(text))
        hits = self.hits(forms)
        if not hits:
            return []
        count = WordCount(forms[-1])
        found: list[Match] = []
        for rule in self.pack.rules:
            if surface in rule.surfaces and (chosen := self.chosen(rule, hits, count)):
                found.append(match_of(rule, chosen, text))
        return sorted(found, key=lambda match: -GRAVITY[match.rule.action])

    def chosen(self, rule: Rule, hits: dict[int, list[Hit]], count: WordCount) -> tuple[Hit, ...]:
        """One hit a group that together satisfy the rule; empty where it does not apply."""
        if any(terms in self.numbers and hits.get(self.numbers[terms]) for terms in rule.unless):
            return ()
        harmless = [hit for terms in rule.not_in for hit in hits.get(self.numbers[terms], ())]
        groups: list[list[Hit]] = []
        for alternatives in rule.groups:
            group = [hit for terms in alternatives for hit in hits.get(self.numbers[terms], ())]
            group = [hit for hit in group if not any(inside(hit, other) for other in harmless)]
            if not group:
                return ()
            groups.append(sorted(group, key=lambda hit: (hit.start, hit.end)))
        first, *others = groups
        for anchor in first:
            if chosen := around(anchor, others, rule, count):
                return chosen
        return ()


def inside(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


def around(anchor: Hit, others: list[list[Hit]], rule: Rule, count: WordCount) -> tuple[Hit, ...]:
    """`anchor` and the nearest hit of each other group; empty where one of them is too far or out of order."""
    chosen = [anchor]
    for group in others:
        near = chosen[-1] if rule.in_order else anchor
        fitting = [hit for hit in group if not rule.in_order or hit.start >= near.end]
        if not fitting:
            return ()
        nearest = min(fitting, key=partial(count.between, near))
        if rule.within is not None and count.between(near, nearest) > rule.within:
            return ()
        chosen.append(nearest)
    return tuple(chosen)


def match_of(rule: Rule, chosen: Iterable[Hit], text: str) -> Match:
    hits = sorted(set(chosen), key=lambda hit: (hit.start, hit.end))
    spans = tuple(dict.fromkeys(Span(hit.start, hit.end, text[hit.start : hit.end]) for hit in hits))
    return Match(rule, spans, max(hits, key=lambda hit: hit.depth).view)


@lru_cache(maxsize=32)
def compiled(pack: Pack) -> CompiledPack:
    """The pack ready to judge, kept for the next text."""
    return CompiledPack(pack)
