"""Opens the database, SQLite or PostgreSQL, and brings it to the present schema.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed is on the disk, which is what
lets the outbox promise that nobody gets a mail twice after a power cut. Write transactions begin
IMMEDIATE, so that two writers queue up instead of failing half-way (sqlite.org/lang_transaction.html).
"""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from digest.errors import AskedWrongly, StoreError

BUSY_SECONDS = 10
SCHEMA = "0006"  # the last of the migrations in migrations/versions


def open_database(url: str, folder: Path | None = None) -> Engine:
    """Open the database at ``url`` and migrate it when it is older than this program.

    ``url`` is ``sqlite:///FILE`` (a relative FILE stands in ``folder``), ``sqlite://`` (in memory)
    or ``postgresql://…``. Raises StoreError when it cannot be opened, or is of a newer version.
    """
    parsed = _located(url, folder or Path.cwd())
    engine = create_engine(parsed, **_options(parsed))
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    try:
        if not _is_migrated(engine):
            _migrate(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(_why(parsed, error)) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _is_migrated(engine: Engine) -> bool:
    """Whether the schema is this program's: then Alembic, which is slow to load, has nothing to do."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.scalars(text("SELECT version_num FROM alembic_version"))) == [SCHEMA]


def _migrate(engine: Engine) -> None:
    from digest.store.migrating import migrate  # noqa: PLC0415  # Alembic is slow to load, and seldom needed

    migrate(engine)


def _located(url: str, folder: Path) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        file = parsed.database
        return parsed if file in (None, "", ":memory:") else parsed.set(database=str(folder / file))
    if parsed.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise AskedWrongly(f"{parsed.drivername}: only sqlite and postgresql databases are supported")
    try:
        import psycopg  # noqa: F401, PLC0415  # an extra: asked for only where it is needed
    except ImportError:
        raise AskedWrongly('a PostgreSQL database needs the extra "postgres": pip install "digest[postgres]"') from None
    return parsed.set(drivername="postgresql+psycopg")


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() != "sqlite":
        return {"pool_pre_ping": True}
    arguments = {"timeout": BUSY_SECONDS, "isolation_level": "IMMEDIATE"}
    if url.database in (None, "", ":memory:"):
        return {"connect_args": {**arguments, "check_same_thread": False}, "poolclass": StaticPool}
    return {"connect_args": arguments}


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _why(url: URL, error: SQLAlchemyError) -> str:
    place = url.render_as_string(hide_password=True)
    cause = str(error.orig).strip().splitlines()[0] if isinstance(error, DBAPIError) else str(error)
    if "unable to open" in cause or "readonly" in cause:
        return f"{place}: cannot be opened for writing ({cause}): check that the folder exists and may be written to"
    return f"{place}: cannot be opened: {cause}"
