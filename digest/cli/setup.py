"""``digest init`` and ``digest migrate``."""

from pathlib import Path
from typing import Annotated

import typer

from digest.cli.terminal import AsJson, out, print_json
from digest.configuring import read_config
from digest.settings import read_settings
from digest.setup import write_starter
from digest.store.engine import open_database
from digest.store.migrating import migrate


def init(
    folder: Annotated[Path, typer.Argument(help="Where to begin; it is made when it is not there.")] = Path(),
) -> None:
    """Write digest.toml and .env, with comments and a fresh secret key; overwrite nothing."""
    for file, written in write_starter(folder).items():
        out.print(f"wrote {file}" if written else f"kept {file}, which was there already", markup=False)
    out.print("\nNow name your feeds in digest.toml and look at the first issue: digest preview daily")


def migrate_database(context: typer.Context, as_json: AsJson = False) -> None:
    """Bring the database to this version's schema (every command does so when it opens it)."""
    config = read_config(context.obj)
    settings = read_settings(config.folder / ".env")
    engine = open_database(settings.database_url, config.folder)
    _, revision = migrate(engine)
    place = engine.url.render_as_string(hide_password=True)
    if as_json:
        print_json({"database": place, "schema": revision})
    else:
        out.print(f"{place} has schema {revision}", markup=False)
