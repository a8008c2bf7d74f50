"""Opens the database, SQLite or PostgreSQL, and brings it to the present schema.

SQLite runs in WAL mode with ``synchronous=FULL``: what was committed is on the disk, which is what
lets the outbox promise that nobody gets a mail twice after a power cut. Write transactions begin
IMMEDIATE, so that two writers queue up instead of failing half-way (sqlite.org/lang_transaction.html).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from digest.errors import AskedWrongly, StoreError

BUSY_SECONDS = 10
MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 7_305_512  # any number, the same in every process of this program


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
        migrate(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(_why(parsed, error)) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def migrate(engine: Engine) -> tuple[str, str]:
    """Bring the schema to this program's version; return the revisions before ("" if new) and after.

    Either the whole migration is made or none of it. Raises StoreError for a newer database.
    """
    scripts = ScriptDirectory(str(MIGRATIONS))
    head = scripts.get_current_head() or ""
    with engine.connect() as connection:
        before = MigrationContext.configure(connection).get_current_revision() or ""
    if before == head:
        return before, head
    _refuse_newer(scripts, before, engine)
    with engine.connect() as connection, _foreign_keys_off(connection), connection.begin():
        _wait_for_other_migrators(connection)
        _upgrade(connection, scripts, head)
        _check_foreign_keys(connection)
    return before, head


@contextmanager
def _foreign_keys_off(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by making it anew: meanwhile nothing may be deleted for pointing to the old one.

    It has to be said outside a transaction (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema
    Changes").
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    connection.commit()
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreError("the database was not migrated: a row in it points to one that is not there")


def _upgrade(connection: Connection, scripts: ScriptDirectory, head: str) -> None:
    def steps(revision: Any, _context: MigrationContext) -> Any:
        return scripts._upgrade_revs(head, revision)

    with EnvironmentContext(AlembicConfig(), scripts, fn=steps, destination_rev=head) as environment:
        environment.configure(connection=connection, render_as_batch=True, transactional_ddl=False)
        environment.run_migrations()


def _refuse_newer(scripts: ScriptDirectory, revision: str, engine: Engine) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision and revision not in known:
        raise StoreError(
            f"{engine.url.render_as_string()}: this database is from a newer version of digest (schema {revision}); "
            f"upgrade digest to open it"
        )


def _wait_for_other_migrators(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


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
