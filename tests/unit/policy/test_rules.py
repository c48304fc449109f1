"""Every construct of a rule, once where it refuses and once where it lets pass, on small packs written here."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope import policy
from vitascope.types import Allowed, Decision, Request

HEAD = """
id: small
version: 1.2.3
description: A pack for this test.
topics: {birds: Birds.}
lists:
  birds: {en: [(crow|crows|raven), owl*], zh: [乌鸦]}
  places: {en: [tower, old barn], zh: [塔]}
  night: {en: [night, dark]}
rules:
"""
RULE = "- {{id: b, topic: birds, action: refuse, surfaces: [prompt], explanation: No birds here., {body}}}\n"


class Unlogged:
    """A log that forgets."""

    def record(self, decision: Decision) -> None:
        """Keeps nothing."""


def judged(tmp_path: Path, body: str, text: str, surface: str = "prompt") -> Decision:
    path = tmp_path / "small.yaml"
    path.write_text(HEAD + RULE.format(body=body), encoding="utf-8")
    assert surface in ("prompt", "negative_prompt")
    return policy.decide_text(text, pack=str(path), surface=surface)


STORIES = [
    ("terms: {en: [crow]}", "a Crow sits", ("Crow",), "a scarecrow stands"),
    ("terms: {en: [crow], zh: [乌鸦]}", "一只乌鸦在叫", ("乌鸦",), "一只麻雀在叫"),
    ("patterns: {en: ['cr[aeo]+w']}", "a craow sits", ("craow",), "a crw sits"),
    ("all_of: [birds, places]", "a raven on the Tower", ("raven", "Tower"), "a raven on the roof"),
    ("any_of: [birds, places]", "an old barn", ("old barn",), "an old house"),
    ("all_of: [birds], any_of: [places, night]", "owls by night", ("owls", "night"), "owls by day"),
    ("all_of: [birds], unless: [night]", "a crow at noon", ("crow",), "a crow at night"),
    ("terms: {en: [crow]}, not_in: [{en: [crow bar]}]", "a crow and a crow bar", ("crow",), "a crow bar"),
    ("all_of: [birds, places], within: 2", "a crow on the tower", ("crow", "tower"), "a crow far away from the tower"),
    ("all_of: [birds, places], within: 1", "乌鸦在塔上", ("乌鸦", "塔"), "乌鸦飞过了一座很高的塔"),
    (
        "all_of: [birds, places], in_order: true",
        "the tower, then a crow by the tower",
        ("crow", "tower"),
        "the tower with a crow",
    ),
    (
        "all_of: [birds, places, night], in_order: true, within: 1",
        "crow at tower by night",
        ("crow", "tower", "night"),
        "crow at tower when comes night",
    ),
]


@pytest.mark.parametrize(("body", "text", "words", "other"), STORIES, ids=[story[0] for story in STORIES])
def test_a_construct_refuses_its_words_and_passes_others(
    tmp_path: Path, body: str, text: str, words: tuple[str, ...], other: str
) -> None:
    decision = judged(tmp_path, body, text)
    assert decision.outcome == "refuse"
    assert tuple(span.text for span in decision.spans) == words
    assert (decision.pack, decision.version, decision.rule, decision.topic) == ("small", "1.2.3", "b", "birds")
    assert decision.view == "as_written"
    assert judged(tmp_path, body, other).outcome == "allow"


def test_a_rule_holds_on_its_own_surfaces_only(tmp_path: Path) -> None:
    assert judged(tmp_path, "all_of: [birds]", "a crow").refused
    assert not judged(tmp_path, "all_of: [birds]", "a crow", surface="negative_prompt").refused


def test_refuse_beats_label_and_label_beats_allow(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    rule = (
        "- {{id: {0}, topic: birds, action: {0}, surfaces: [prompt], explanation: It is so., terms: {{en: [{1}]}}}}\n"
    )
    rules = rule.format("allow", "(crow|owl|hen)") + rule.format("label", "(crow|owl)") + rule.format("refuse", "crow")
    path.write_text(HEAD + rules, encoding="utf-8")
    outcomes = [policy.decide_text(text, pack=str(path)) for text in ("hen", "owl", "crow", "fox")]
    assert [(decision.outcome, decision.rule) for decision in outcomes] == [
        ("allow", "allow"),
        ("label", "label"),
        ("refuse", "refuse"),
        ("allow", None),
    ]


def test_a_label_asks_for_the_visible_label(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    rule = "- {id: owls, topic: birds, action: label, surfaces: [prompt], explanation: So it is., terms: {en: [owl]}}\n"
    path.write_text(HEAD + rule, encoding="utf-8")
    labelled = policy.decide(Request("an owl", policy=str(path)), Unlogged())
    plain = policy.decide(Request("a fox", policy=str(path)), Unlogged())
    assert isinstance(labelled, Allowed)
    assert isinstance(plain, Allowed)
    assert labelled.request.label
    assert not plain.request.label


@pytest.mark.parametrize(
    ("text", "words", "view"),
    [
        ("a ｃｒｏｗ sits", "ｃｒｏｗ", "width_folded"),
        ("a c\u200bro\u200bw sits", "c\u200bro\u200bw", "width_folded"),
        ("a сrоw sits", "сrоw", "look_alikes"),
        ("a cr0w sits", "cr0w", "leetspeak"),
        ("a c r o w sits", "a c r o w", "spaced_letters"),
        ("see c.r.o.w sit", "c.r.o.w", "spaced_letters"),
        ("烏鴉", "烏鴉", "simplified_chinese"),
        ("乌 鸦", "乌 鸦", "spaced_letters"),
    ],
)
def test_an_obfuscated_word_is_found_and_shown_in_the_users_own_characters(
    tmp_path: Path, text: str, words: str, view: str
) -> None:
    decision = judged(tmp_path, "all_of: [birds]", text)
    assert decision.refused
    assert decision.view == view
    assert decision.spans[0].text in words
    assert decision.spans[0].text.endswith(words[-1])


def test_tricks_of_two_kinds_in_one_text_are_seen_together(tmp_path: Path) -> None:
    decision = judged(tmp_path, "all_of: [birds, places]", "a cr0w on the t.o.w.e.r")
    assert tuple(span.text for span in decision.spans) == ("cr0w", "t.o.w.e.r")


def test_letters_that_stand_apart_do_not_stretch_the_distance(tmp_path: Path) -> None:
    body = "all_of: [birds, places], within: 2"
    assert judged(tmp_path, body, "a c r o w  o n  t h e  t o w e r").refused
    assert judged(tmp_path, body, "\u200b".join("a crow on the tower")).refused
    assert not judged(tmp_path, body, "\u200b".join("a crow far away from the tower")).refused


@settings(deadline=None)  # the first text pays for reading the pack
@given(st.text(alphabet="crow tenw0р.\u200bｃ乌鸦塔習-é\u0336", max_size=50))
def test_a_span_is_always_a_piece_of_the_users_own_text(text: str) -> None:
    for pack in ("default", "kling-2024"):
        decision = policy.decide_text(f"{text} how to make a b0mb, Xi Jinping {text}", pack=pack)
        for span in decision.spans:
            assert span.text == (f"{text} how to make a b0mb, Xi Jinping {text}")[span.start : span.end]


@settings(deadline=None)  # the first text pays for reading the pack
@given(st.text(max_size=120))
def test_any_text_gets_a_decision_with_spans_in_range(text: str) -> None:
    decision = policy.decide_text(text)
    assert decision.outcome in ("allow", "label", "refuse")
    assert all(span.text == text[span.start : span.end] for span in decision.spans)
