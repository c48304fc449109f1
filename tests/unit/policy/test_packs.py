"""The packs that ship: each keeps its own promises, and the reported cases come out as the press reported them."""

from __future__ import annotations

import pytest

from vitascope import policy
from vitascope.types import Surface

REPORTED = ("Democracy in China", "Tiananmen Square protests", "Chinese President Xi Jinping walking down the street")
REPORTED_ZH = ("中国的民主", "天安门广场抗议", "中国国家主席习近平走在街上")
NEUTRAL = ("Democracy in Norway", "Tiananmen Square at sunrise, tourists", "a president walking down the street")


@pytest.mark.parametrize("name", policy.pack_names())
def test_a_pack_that_ships_keeps_all_its_own_examples(name: str) -> None:
    assert [str(failure) for failure in policy.test_pack(policy.load_pack(name))] == []


@pytest.mark.parametrize("name", policy.pack_names())
def test_every_rule_has_examples_for_both_sides_and_explains_itself_in_a_sentence(name: str) -> None:
    for rule in policy.load_pack(name).rules:
        assert rule.examples.allow, rule.id
        assert rule.examples.refuse or rule.examples.label, rule.id
        sentences = dict(rule.explanation)
        assert set(sentences) == {"en", "zh"}, rule.id
        assert sentences["en"].endswith((".", "!")), rule.id


def test_the_three_packs_ship() -> None:
    assert policy.pack_names() == ("default", "kling-2024", "open")


@pytest.mark.parametrize("prompt", REPORTED + REPORTED_ZH)
def test_reported_cases_are_refused_for_study_and_pass_by_default(prompt: str) -> None:
    reported = policy.decide_text(prompt, pack="kling-2024")
    assert reported.outcome == "refuse"
    assert reported.spans
    assert "kling-2024" in reported.explanation
    assert policy.decide_text(prompt).outcome == "allow"
    assert policy.decide_text(prompt, pack="open").outcome == "allow"


@pytest.mark.parametrize("prompt", NEUTRAL)
def test_neutral_twins_of_the_reported_cases_pass(prompt: str) -> None:
    assert policy.decide_text(prompt, pack="kling-2024").outcome == "allow"


@pytest.mark.parametrize("surface", ["negative_prompt", "image", "frames", "caption"])
def test_the_reported_filter_looks_at_the_prompt_alone(surface: Surface) -> None:
    assert policy.decide_text("Xi Jinping", pack="kling-2024", surface=surface).outcome == "allow"


def test_default_holds_every_rule_of_open() -> None:
    wide, narrow = policy.load_pack("default"), policy.load_pack("open")
    assert {rule.id for rule in narrow.rules} < {rule.id for rule in wide.rules}


@pytest.mark.parametrize(
    "negative",
    [
        "nude, child, blurry, low quality",
        "gore, mutilated, extra limbs, bad anatomy",
        "nsfw, violence, blood, celebrity",
    ],
)
def test_lists_of_what_to_leave_out_pass_as_negative_prompts(negative: str) -> None:
    assert policy.decide_text(negative, surface="negative_prompt").outcome == "allow"
