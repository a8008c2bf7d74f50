"""An operator's folder opened for work: its configuration, its secrets, its database, its clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from digest.configuring import read_config
from digest.newsletters import Config
from digest.settings import Settings, read_settings
from digest.store.engine import open_database


def utc_now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every command works with. ``clock`` gives aware UTC instants."""

    config: Config
    settings: Settings
    engine: Engine
    clock: Callable[[], datetime] = utc_now

    @property
    def templates(self) -> Path | None:
        """The publisher's own templates, which stand before ours; None when there are none."""
        return self.config.templates


def open_workspace(config_file: Path) -> Workspace:
    """Read ``digest.toml`` and the ``.env`` beside it, and open (and migrate) the database.

    Raises ConfigError for mistakes in either file, StoreError for the database.
    """
    config = read_config(config_file)
    settings = read_settings(config.folder / ".env")
    return Workspace(config, settings, open_database(settings.database_url, config.folder))
