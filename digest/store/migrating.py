"""Brings a database to the present schema with Alembic, by the steps in ``migrations/versions``."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from digest.errors import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 7_305_512  # any number, the same in every process of this program


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
