import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks import judge as j
from benchmarks import quality
from benchmarks.cases import HEADS, Case, held_out_cases, read_cases
from benchmarks.results import Kept, wilson
from recipes.mini_palette import palette

from vitascope.world.scene import Scene, is_held_out

LABELS = j.Labels.of(palette())


def few_scenes() -> Iterator[Scene]:
    """Scenes before one and the same drawing, which is made once."""
    return (replace(scene, background="desert", background_seed=0) for scene in j.training_scenes(4, 2))


def test_the_prompts_are_held_out_combinations_and_say_which_way() -> None:
    cases = held_out_cases(200)
    assert len({(c.subject, c.motion, c.background) for c in cases}) == 200
    for case in cases:
        assert is_held_out(case.subject, case.motion, case.background)
        if case.motion in ("left", "right"):
            assert case.motion in case.prompt
    assert held_out_cases(200) == cases


def test_a_strangers_prompts_may_leave_labels_out_and_unknown_ones_are_not_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text('{"prompt": "a fox runs left", "subject": "Fox"}\n\n{"prompt": "x", "background": "the moon"}\n')
    first, second = read_cases(path, LABELS)
    assert (first.subject, first.motion, first.background) == ("fox", "", "")
    assert second.background == ""
    assert "knows no background 'the moon'" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["not json\n", '{"text": "a fox"}\n', '["a fox"]\n', '{"prompt": " "}\n', "\n"])
def test_a_file_that_holds_no_prompts_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prompts.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"prompts\.jsonl"):
        read_cases(path, LABELS)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    torch.manual_seed(0)
    judge, asked = j.Judge(LABELS), []

    def clip(case: Case) -> np.ndarray | None:
        asked.append(case.prompt)
        return None if case.prompt == "refused" else np.zeros((j.FRAMES, 90, 160, 3), np.uint8)

    renders = j.cached(tmp_path, "few", few_scenes, 4)
    near = quality.Neighbours.of(renders, tmp_path / "small.npy")
    cases = [Case("a fox", "fox"), Case("refused", "dog")]
    source = quality.Source("black", "none", clip)
    rows = quality.judge_cases(cases, source, judge, near, tmp_path)
    asked.clear()
    again = quality.judge_cases(cases[:1], source, judge, near, tmp_path)
    assert asked == []
    assert again == rows[:1]
    assert rows[1]["told"] == dict.fromkeys(HEADS, "")


def test_the_nearest_render_to_a_training_render_is_itself(tmp_path: Path) -> None:
    renders = j.cached(tmp_path, "few", few_scenes, 4)
    index, distance = quality.Neighbours.of(renders, tmp_path / "small.npy").nearest(renders.clips[3])
    assert index == 3
    assert distance < 1e-3


def test_shares_count_only_what_a_row_asks_for(capsys: pytest.CaptureFixture[str]) -> None:
    def row(wanted: str, told: str) -> dict[str, object]:
        return {
            "wanted": {"subject": wanted, "motion": "", "background": ""},
            "told": {"subject": told, "motion": "left", "background": "desert"},
        }

    figures = quality.report([row("fox", "fox"), row("fox", "dog"), row("", "cat")], "Three")
    assert (figures["subject"]["right"], figures["subject"]["of"]) == (1, 2)
    assert "motion" not in figures
    assert "taken for: dog 1" in capsys.readouterr().out


def test_results_survive_a_line_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    Kept(path).put("a", {"value": 1})
    with path.open("a") as file:
        file.write('{"key": "b", "val')
    kept = Kept(path)
    assert kept.get("b") is None
    kept.put("b", {"value": 2})
    assert [Kept(path).get(key) for key in "ab"] == [{"key": "a", "value": 1}, {"key": "b", "value": 2}]
    assert json.loads(path.read_text().splitlines()[-1])["value"] == 2


def test_intervals_are_those_of_wilson() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-3)
    assert wilson(0, 20)[0] == 0
    assert wilson(20, 20)[1] == 1
