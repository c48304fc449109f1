"""The reference page on packs tells the truth: its example loads, keeps its promises and decides as printed."""

from __future__ import annotations

import re
from pathlib import Path

from vitascope import policy

PAGE = Path(__file__).parents[3] / "docs" / "reference-policy-pack.md"


def test_the_example_pack_of_the_page_works_as_the_page_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "quiet-garden.yaml"
    path.write_text(example, encoding="utf-8")
    assert policy.test_pack(policy.load_pack(path)) == ()
    decision = policy.decide_text("a cr0w at night", pack=str(path))
    assert (decision.outcome, decision.rule, decision.view) == ("refuse", "birds.crows-at-night", "leetspeak")
    assert [span.text for span in decision.spans] == ["cr0w", "night"]
