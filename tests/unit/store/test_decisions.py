from __future__ import annotations

import json
import stat
from multiprocessing import get_context
from pathlib import Path

import pytest

from vitascope import errors
from vitascope.store import FileDecisionLog
from vitascope.types import Decision, Span


def decision(number: int, text: str = "words") -> Decision:
    return Decision(
        id=f"d{number}",
        outcome="refuse",
        pack="default",
        version="1.0.0",
        surface="prompt",
        rule="r",
        spans=(Span(0, len(text), text),),
        view="as_written",
    )


def record_many(home: Path, first: int) -> None:
    log = FileDecisionLog(home)
    for number in range(first, first + 50):
        log.record(decision(number, "long " * 200))


def test_every_decision_is_a_line_with_its_time(tmp_path: Path) -> None:
    log = FileDecisionLog(tmp_path / "home")
    log.record(decision(1))
    log.record(decision(2))
    lines = [json.loads(line) for line in log.path.read_text().splitlines()]
    assert [line["id"] for line in lines] == ["d1", "d2"]
    assert lines[0]["spans"] == [{"start": 0, "end": 5, "text": "words"}]
    assert lines[0]["time"].endswith("+00:00")


def test_only_the_owner_can_read_the_record(tmp_path: Path) -> None:
    log = FileDecisionLog(tmp_path / "home")
    log.record(decision(1))
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.home.stat().st_mode) == 0o700


def test_text_in_any_script_and_broken_text_are_recorded(tmp_path: Path) -> None:
    log = FileDecisionLog(tmp_path)
    log.record(decision(1, "民主 \u2028 two"))
    log.record(decision(2, "\udc80"))
    lines = log.path.read_bytes().split(b"\n")
    assert [json.loads(line)["spans"][0]["text"] for line in lines[:2]] == ["民主 \u2028 two", "\udc80"]


def test_lines_of_several_processes_do_not_mix(tmp_path: Path) -> None:
    context = get_context("spawn")
    workers = [context.Process(target=record_many, args=(tmp_path, first)) for first in (0, 100)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = {json.loads(line)["id"] for line in FileDecisionLog(tmp_path).path.read_text().splitlines()}
    assert len(ids) == 100


def test_a_decision_that_cannot_be_recorded_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(errors.OutputError):
        FileDecisionLog(tmp_path / "home" / "below").record(decision(1))


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    (tmp_path / "decisions.jsonl").symlink_to("/dev/full")
    with pytest.raises(errors.DiskFull):
        FileDecisionLog(tmp_path).record(decision(1))
