"""Terms: templates, whole words, phrases, beginnings, and scripts without spaces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.policy.terms import TermIndex, expand


def found(template: str, text: str) -> list[str]:
    index = TermIndex()
    index.add([template], 0)
    return [text[find.start : find.end] for find in index.find(text)]


def test_a_template_stands_for_each_choice() -> None:
    assert expand("(red|blue) (fast|) car") == ("red fast car", "red car", "blue fast car", "blue car")


@pytest.mark.parametrize("broken", ["(red", "red)", "r*d", "(a|b*) c", "...", "(|)"])
def test_a_broken_template_is_told(broken: str) -> None:
    with pytest.raises(ValueError, match=r"brackets|star|letters"):
        expand(broken)


def test_a_template_that_stands_for_too_much_is_told() -> None:
    many = "(" + "|".join(f"w{number}" for number in range(100)) + ")"
    with pytest.raises(ValueError, match="10000 terms"):
        expand(f"{many} {many}")


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("cat", "the cat sat", ["cat"]),
        ("cat", "concatenate", []),
        ("cat", "the cat's tail", ["cat"]),
        ("red car", "a red-car, a red  car", ["red-car", "red  car"]),
        ("red car", "it was red. car doors", []),
        ("red car", "it was red; car doors", []),
        ("danc*", "dancing dancers dan", ["dancing", "dancers"]),
        ("slow danc*", "slow dancing", ["slow dancing"]),
        ("very slow danc*", "very slow dancer", ["very slow dancer"]),
        ("狐狸", "一只狐狸跑", ["狐狸"]),
        ("CAFÉ", "un café noir", ["café"]),
    ],
)
def test_a_term_is_found_where_it_stands(template: str, text: str, expected: list[str]) -> None:
    assert found(template, text) == expected


@given(st.lists(st.sampled_from(["red", "fox", "runs", "snow"]), min_size=1, max_size=6), st.text(max_size=20))
def test_a_phrase_is_found_in_any_text_that_holds_it(words: list[str], around: str) -> None:
    phrase = " ".join(words)
    assert phrase in found(phrase, f"{around.lower()}\n{phrase}\n{around.lower()}")
