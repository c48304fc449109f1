"""Checkpoints survive a kill at any moment."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vitascope.train import checkpoint


class Unwritable:
    """A disk that fills up half-way."""

    def __reduce__(self) -> object:
        raise OSError("no space left")


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "run" / "state.pt"
    checkpoint.save(path, {"step": 3, "weights": [torch.arange(4.0)], "deep": {"name": "x"}})
    loaded = checkpoint.load(path)
    assert loaded is not None
    assert loaded["step"] == 3
    assert loaded["deep"] == {"name": "x"}
    assert torch.equal(loaded["weights"][0], torch.arange(4.0))


def test_nothing_is_loaded_where_nothing_was_saved(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "state.pt") is None


def test_a_write_that_fails_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    checkpoint.save(path, {"step": 1})
    with pytest.raises(OSError, match="no space left"):
        checkpoint.save(path, {"step": 2, "more": Unwritable()})
    assert checkpoint.load(path) == {"step": 1}


def test_a_kill_between_writing_and_replacing_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.pt"
    checkpoint.save(path, {"step": 1})

    def killed(*_: object) -> None:
        raise SystemExit(137)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(SystemExit):
            checkpoint.save(path, {"step": 2})
    assert checkpoint.load(path) == {"step": 1}

    checkpoint.save(path, {"step": 3})
    assert checkpoint.load(path) == {"step": 3}
    assert [file.name for file in tmp_path.iterdir()] == ["state.pt"]
