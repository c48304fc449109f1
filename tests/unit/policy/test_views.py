"""The views: what obfuscation they see through, what real text they leave alone, whence each character."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.policy.views import views


def forms(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for view in views(text):
        found.setdefault(view.name, []).append(view.text)
    return found


@pytest.mark.parametrize(
    ("text", "view", "seen"),
    [
        ("A Red FOX", "as_written", "a red fox"),
        ("ｆｕｌｌ ｗｉｄｔｈ", "width_folded", "full width"),
        ("𝐛𝐨𝐥𝐝 ⓒircle", "width_folded", "bold circle"),
        ("ze\u200bro wi\u2060dth", "width_folded", "zero width"),
        ("b\u202eidi", "width_folded", "bidi"),
        ("ta\U000e0067gs", "width_folded", "tags"),
        ("he\ufe0fart", "width_folded", "heart"),
        ("s\u0336t\u0336r\u0336u\u0336c\u0336k", "width_folded", "struck"),
        ("🅱lock", "width_folded", "block"),
        ("習慣", "simplified_chinese", "习惯"),
        ("раssроrt", "look_alikes", "passport"),
        ("Ηαt", "look_alikes", "hat"),
        ("ᏢᎪᏚᏚport", "look_alikes", "passport"),
        ("вох in the hall", "look_alikes", "box in the hall"),
        ("ᴘaꜱꜱport", "look_alikes", "passport"),
        ("crème brûlée", "look_alikes", "creme brulee"),
        ("p a s s", "spaced_letters", "pass"),
        ("the p.a.s.s word", "spaced_letters", "the pass word"),
        ("m y  p a s s", "spaced_letters", "my pass"),
        ("p.a.s.s m.y", "spaced_letters", "pass my"),
        ("高·山·流", "spaced_letters", "高山流"),
        ("p4$$w0rd", "leetspeak", "password"),
        ("p 4 s s", "leetspeak", "pass"),
        ("th3 r3d f0x 15 4 fr13nd", "leetspeak", "the red fox is a friend"),
    ],
)
def test_a_view_shows_the_plain_words(text: str, view: str, seen: str) -> None:
    assert seen in forms(text)[view]


def test_one_stands_for_i_and_for_l() -> None:
    assert forms("1i1y")["leetspeak"] == ["iiiy", "lily"]
    assert [view.text for view in views("b1ll")][1:] == ["bill", "blll"]


@pytest.mark.parametrize(
    "text",
    [
        "лиса бежит по снежному полю",
        "ثعلب يركض في حقل ثلجي",
        "สุนัขจิ้งจอกวิ่งในทุ่งหิมะ",
        "狐狸在雪地里奔跑",
        "キツネが雪原を走る",
        "여우가 눈밭을 달린다",
        "η αλεπού τρέχει στο χιόνι",
        "bir tilki karda koşuyor".replace("ş", "s"),
        "a red fox runs, 4 k, 24 fps",
    ],
)
def test_real_text_of_many_languages_is_left_alone(text: str) -> None:
    composed = unicodedata.normalize("NFKC", text)
    shown = {form for name, found in forms(composed).items() if name != "leetspeak" for form in found}
    assert {form for form in shown if form.split() != composed.lower().split()} == set()


def test_numbers_without_letters_are_no_leetspeak() -> None:
    assert "leetspeak" not in forms("in 1984 at 10:30")


@given(st.text(max_size=80))
def test_every_character_of_every_view_comes_from_somewhere_in_the_text(text: str) -> None:
    for view in views(text):
        assert len(view.text) == len(view.starts) == len(view.ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, view.ends, strict=True))
        assert list(view.starts) == sorted(view.starts)


@given(st.text(alphabet="abo0@ .-_Аа\u0301\u200bｂ習Ꭺ1!|e\u0336ß", max_size=40))
def test_places_never_run_backwards_whatever_is_mixed(text: str) -> None:
    for view in views(text):
        for start in range(len(view.text)):
            first, last = view.original(start, len(view.text))
            assert 0 <= first < last <= len(text)
