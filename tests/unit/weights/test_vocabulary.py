"""Which words of a prompt are reported as unknown to the weights."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.weights.vocabulary import STOP_WORDS, unknown_words

KNOWN = frozenset(
    {
        "fox", "red fox", "dog", "bus", "butterfly", "wolf", "mouse", "glass", "hot-air balloon", "puppy",
        "runs", "running", "jumps", "flies", "glides", "hops", "spins", "carries", "swims",
        "snowy", "field", "meadow", "hills", "city", "night", "left", "right", "red", "blue", "two",
    }
)  # fmt: skip


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox runs through a snowy field",
        "Two RED foxes are running, from left to right, at night!",
        "A video of the wolves in front of the city, 4k, very high quality.",
        "the mice jumped over the hill while butterflies flew around it",
        "gliding, spinning and hopping: a dog's puppies",
        "a hot-air balloon flies in the snow",
        "the fox ran and the dog swam and carried it",
        "the fox’s meadow; it's red",
        "",
        "  ... !?",
    ],
)
def test_prompt_within_the_known_world_reports_nothing(prompt: str) -> None:
    assert unknown_words(prompt, KNOWN) == ()


def test_unknown_subject_motion_and_thing_are_named_in_order() -> None:
    assert unknown_words("a dragon plays violin in a snowy field", KNOWN) == ("dragon", "plays", "violin")


def test_words_are_reported_as_written_and_once() -> None:
    assert unknown_words("A Dragon, the dragon and the DRAGON's egg", KNOWN) == ("Dragon", "egg")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a king on a wing", ("king", "wing")),
        ("a seed in glasses", ("seed",)),
        ("buses and glass", ()),
        ("a flower in the field", ("flower",)),
        ("a foxglove", ("foxglove",)),
        ("a ring of dogwood", ("ring", "dogwood")),
    ],
)
def test_likeness_of_spelling_is_not_knowledge(prompt: str, expected: tuple[str, ...]) -> None:
    assert unknown_words(prompt, KNOWN) == expected


def test_counts_that_are_not_known_are_reported() -> None:
    assert unknown_words("three foxes and 12 dogs and two wolves", KNOWN) == ("three", "12")


def test_style_that_promises_a_look_is_reported_and_praise_is_not() -> None:
    assert unknown_words("a beautiful cinematic shot of a fox, watercolor", KNOWN) == ("watercolor",)


def test_accents_do_not_hide_a_known_word() -> None:
    assert unknown_words("a fóx in a café", KNOWN) == ("café",)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一只红狐狸在雪地里奔跑", ("一只红狐狸在雪地里奔跑",)),
        ("красная лиса бежит по снегу.", ("красная лиса бежит по снегу",)),
        ("a fox 在雪地里，奔跑 at night", ("在雪地里，奔跑",)),
        ("ثعلب أحمر", ("ثعلب أحمر",)),
        ("a fox and a 🐉 run", ("🐉",)),
        ("ｆｏｘ", ("ｆｏｘ",)),
    ],
)
def test_other_scripts_are_reported_as_whole_phrases(prompt: str, expected: tuple[str, ...]) -> None:
    assert unknown_words(prompt, KNOWN) == expected


def test_phrase_in_another_script_that_is_known_is_not_reported() -> None:
    assert unknown_words("红狐狸", frozenset({"红狐狸"})) == ()


def test_nothing_known_reports_every_content_word() -> None:
    assert unknown_words("a red fox runs", frozenset()) == ("red", "fox", "runs")


@given(st.text(max_size=80))
def test_whatever_is_typed_what_is_reported_stands_in_it(prompt: str) -> None:
    for word in unknown_words(prompt, KNOWN):
        assert word
        assert word in prompt


@given(st.lists(st.sampled_from(sorted(KNOWN | STOP_WORDS)), max_size=12))
def test_any_order_of_known_words_and_stop_words_reports_nothing(words: list[str]) -> None:
    assert unknown_words(" ".join(words), KNOWN) == ()
