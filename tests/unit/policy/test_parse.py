"""A pack that does not hold together fails with the place in the file; one that extends another says what it adds."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitascope import policy
from vitascope.errors import PackInvalid, PackUnknown

GOOD = """\
id: small
version: 1.0.0
description: A pack for this test.
topics:
  birds: Birds.
lists:
  birds: {en: [crow]}
rules:
  - id: birds.crow
    topic: birds
    action: refuse
    surfaces: [prompt]
    all_of: [birds]
    explanation: No crows here.
"""

BROKEN = [
    (GOOD + "colour: red\n", 15, 1, "unknown key 'colour'"),
    (GOOD + "    colour: red\n", 15, 5, "unknown key 'colour'"),
    (GOOD.replace("all_of: [birds]", "all_of: [fish]"), 13, 14, "unknown list 'fish'"),
    (GOOD.replace("topic: birds", "topic: fish"), 10, 12, "unknown topic 'fish'"),
    (GOOD.replace("action: refuse", "action: scold"), 11, 13, "refuse, label, allow"),
    (GOOD.replace("surfaces: [prompt]", "surfaces: [prompt, sound]"), 12, 24, "'sound'"),
    (GOOD.replace("surfaces: [prompt]", "surfaces: []"), 12, 15, "no surface"),
    (GOOD.replace("version: 1.0.0", "version: '1'"), 2, 10, "1.0.0"),
    (GOOD.replace("id: small", "id: Small Pack"), 1, 5, "my-pack"),
    (GOOD.replace("    all_of: [birds]\n", ""), 9, 5, "asks for nothing"),
    (GOOD.replace("    all_of: [birds]\n", "    patterns: {en: ['(']}\n"), 13, 21, "'('"),
    (GOOD.replace("[crow]", "['(crow']"), 7, 16, "brackets"),
    (GOOD.replace("    explanation: No crows here.\n", ""), 9, 5, "'explanation' is missing"),
    (GOOD.replace("explanation: No crows here.", "explanation: {fr: Non.}"), 14, 18, "English"),
    (GOOD + "    within: some\n", 15, 13, "number of words"),
    (GOOD + "id: again\n", 15, 1, "second time"),
    (GOOD + "extends: nothing\n", 15, 10, "nothing"),
    (GOOD.replace("topics:\n", "topics: [\n"), 6, 6, "not YAML"),
    ("- a list\n", 1, 1, "no mapping"),
    ("", 1, 1, "no mapping"),
]


@pytest.mark.parametrize(("text", "line", "column", "says"), BROKEN, ids=[broken[3] for broken in BROKEN])
def test_a_broken_pack_is_told_with_line_and_column(
    tmp_path: Path, text: str, line: int, column: int, says: str
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PackInvalid) as caught:
        policy.load_pack(path)
    assert f"small.yaml, line {line}, column {column}:" in str(caught.value)
    assert says in str(caught.value)


def test_a_pack_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD, encoding="utf-8")
    pack = policy.load_pack(str(path))
    assert (pack.id, pack.version, pack.rules[0].id) == ("small", "1.0.0", "birds.crow")
    path.write_text(GOOD.replace("1.0.0", "1.0.10"), encoding="utf-8")
    assert policy.load_pack(str(path)).version == "1.0.10"


def test_a_pack_that_extends_another_adds_to_its_rules_lists_and_examples(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD.replace("topics:", "extends: open\ntopics:"), encoding="utf-8")
    pack = policy.load_pack(path)
    base = policy.load_pack("open")
    assert [rule.id for rule in pack.rules] == [*(rule.id for rule in base.rules), "birds.crow"]
    assert policy.test_pack(pack) == ()


def test_a_list_of_the_extended_pack_cannot_be_replaced_silently(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD.replace("topics:", "extends: open\ntopics:").replace("  birds: {", "  minors: {"), "utf-8")
    with pytest.raises(PackInvalid, match="has a list 'minors' already"):
        policy.load_pack(path)


def test_an_unknown_pack_names_the_known_ones() -> None:
    with pytest.raises(PackUnknown, match="default, kling-2024, open"):
        policy.load_pack("nonesuch")
    with pytest.raises(PackUnknown, match=r"nonesuch\.yaml"):
        policy.load_pack("nonesuch.yaml")


def test_a_pack_that_breaks_its_own_examples_is_told(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD + "    examples: {refuse: [a magpie], allow: [a crow]}\n", encoding="utf-8")
    failures = policy.test_pack(policy.load_pack(path))
    assert [(failure.expected, failure.got) for failure in failures] == [("refuse", "allow"), ("allow", "refuse")]
    assert "birds.crow says refuse to 'a magpie'" in str(failures[0])
