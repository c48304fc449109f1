"""What holds for every test: a home of its own, and tensors that are what the annotations say.

No test reads or writes the identity and the decisions of the person who runs it. `--jaxtyping` (the default;
`--no-jaxtyping` turns it off) checks the shapes and dtypes that the package's annotations promise of tensors, at every
call and for the whole package, by beartype through jaxtyping's import hook.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from vitascope import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--jaxtyping",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="check shapes and dtypes of tensors against the package's annotations at run time",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--jaxtyping"):
        from jaxtyping import install_import_hook

        sys.path.append(str(Path(__file__).parent))  # the hook finds its checker by module name
        import_module("tests.annotations")  # the hook finds its checker only in a module that is loaded
        install_import_hook("vitascope", "tests.annotations.checked")


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITASCOPE_HOME", str(home))
        settings.load.cache_clear()
        yield home
    settings.load.cache_clear()
