"""`make train-smoke`: the whole factory on `tiny`, from nothing to a clip drawn by weights that it trained."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vitascope.weights import cards

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("smoke") / "run"


@pytest.fixture(scope="module")
def told(run: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "recipes" / "smoke.py"), "--run", str(run)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_training_goes_on_after_a_kill(told: dict[str, object]) -> None:
    killed_at, steps = told["killed_at"], told["steps"]
    assert isinstance(killed_at, int)
    assert killed_at >= 10
    assert steps == killed_at + 40
    losses = told["losses"]
    assert isinstance(losses, list)
    assert len(losses) > 8
    assert all(math.isfinite(loss) for loss in losses)


def test_what_was_trained_draws_a_clip(told: dict[str, object]) -> None:
    assert told["frames"] == [25, 320, 320, 3]


def test_weights_are_published_with_their_card(told: dict[str, object], run: Path) -> None:
    card = cards.card("smoke", run / "weights")
    assert told["weights"] == {"sha256": card.sha256, "bytes": len(card.verified(run / "weights"))}
    assert card.spec == "tiny"
    assert card.subjects == ("fox", "car", "balloon", "apple")
    assert card.cameras == ("static", "pan-left", "zoom-in")
    assert {"fox", "snowy", "jumps", "pans"} <= card.known_words
    assert "rises" not in card.known_words
    assert card.cannot
    assert any("MIT" in line for line in card.data)
    assert any("mini_publish.py" in line for line in card.recipe)


def test_a_run_is_never_mixed_with_what_is_there(run: Path, told: dict[str, object]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "recipes" / "smoke.py"), "--run", str(run)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "not empty" in done.stderr
