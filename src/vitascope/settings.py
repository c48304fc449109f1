"""Settings, read once from the environment: the only file that reads it.

Each field is set by a variable of its name in capitals after `VITASCOPE_`: `VITASCOPE_HOME=/srv/vitascope`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where this installation keeps its own files."""

    model_config = SettingsConfigDict(env_prefix="VITASCOPE_", frozen=True, validate_default=True)

    home: Path = Path("~/.local/share/vitascope")
    """The signing identity and the record of decisions."""

    @field_validator("home")
    @classmethod
    def _absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @property
    def identity_folder(self) -> Path:
        """Where the signing identity lies (created on first use, readable by its owner alone)."""
        return self.home / "identity"


@cache
def load() -> Settings:
    """The settings of this process. The environment is read on the first call and not again."""
    return Settings()
