"""Every test has a home of its own: no test reads or writes the identity and the decisions of the person who runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vitascope import settings


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITASCOPE_HOME", str(home))
        settings.load.cache_clear()
        yield home
    settings.load.cache_clear()
