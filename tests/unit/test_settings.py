from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pydantic
import pytest

from vitascope.settings import Settings, load


def test_home_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    assert Settings().home == tmp_path
    assert Settings().identity_folder == tmp_path / "identity"


def test_home_is_in_the_users_own_folder_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("VITASCOPE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings().home == tmp_path / ".local/share/vitascope"


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VITASCOPE_HOME", "here")
    assert Settings().home == tmp_path / "here"


def test_settings_are_frozen() -> None:
    with pytest.raises(pydantic.ValidationError):
        Settings().home = Path("/elsewhere")


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = load()
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "later"))
    assert load() is before


def test_importing_settings_reads_nothing() -> None:
    code = "import vitascope.settings as s; assert s.load.cache_info().currsize == 0"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "VITASCOPE_HOME": "/nowhere"})
