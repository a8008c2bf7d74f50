"""Opening and migrating the database."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

import digest.store.models  # noqa: F401  # fills the metadata
from digest.errors import AskedWrongly, StoreError
from digest.store.engine import SCHEMA, open_database
from digest.store.migrating import MIGRATIONS, migrate
from tests.conftest import postgres_database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'digest.db'}"
        return
    with postgres_database(request.getfixturevalue("postgres_server"), "template1") as url:
        yield url


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_schema_that_is_looked_for_is_that_of_the_last_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == SCHEMA


def test_migrating_a_present_database_changes_nothing(engine: Engine) -> None:
    before, after = migrate(engine)
    assert before == after


OLD_LIFE = """
INSERT INTO issue (id, newsletter, slot, state, reason, subject, preheader, decisions, created_at, expires_at, audience,
    holder) VALUES (1, 'daily', '2026-01-01', 'sent', '', '', '', '[]', '2026-01-01', '2026-01-01', 1, '');
INSERT INTO variant (id, issue_id, key, html, text) VALUES (1, 1, 'default', '', '');
INSERT INTO delivery (id, issue_id, variant_id, subscriber_id, state, attempts, holder, reply)
    VALUES (1, 1, 1, 1, 'sent', 0, '', '250 OK');
INSERT INTO subscriber (id, address, name, language, bounces, created_at)
    VALUES (1, 'ann@example.com', '', '', 0, '2026-01-01');
INSERT INTO consent (id, subscriber_id, newsletter, act, at, wording, form, page, network)
    VALUES (1, 1, 'daily', 'confirmed', '2026-01-01', '', '', '', '');
"""


def test_a_database_of_the_first_version_loses_nothing_on_its_way(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(ScriptDirectory, "get_current_head", lambda _: "0001")
        old = open_database(empty_url)
    with old.begin() as connection:
        for statement in OLD_LIFE.strip().split(";\n"):
            connection.execute(text(statement))
    old.dispose()
    engine = open_database(empty_url)
    with engine.connect() as connection:
        for table in ("issue", "variant", "delivery", "subscriber", "consent"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with pytest.raises(DBAPIError, match="a consent is never edited"), engine.begin() as connection:
        connection.execute(text("UPDATE consent SET act = 'unsubscribed'"))
    engine.dispose()


def test_several_processes_may_open_a_new_database_at_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        engines = list(pool.map(open_database, [empty_url] * 4))
    revisions = {migrate(engine) for engine in engines}
    for engine in engines:
        engine.dispose()
    assert len(revisions) == 1


def test_a_database_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'digest.db'}"
    open_database(url).dispose()
    with sqlite3.connect(tmp_path / "digest.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match=r"newer version of digest .*9999.*upgrade digest"):
        open_database(url)


def test_sqlite_keeps_what_was_committed_and_its_references(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    assert pragmas == ["wal", 1]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere/digest\.db: cannot be opened for writing"):
        open_database("sqlite:///nowhere/digest.db", tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "digest.db").write_text("This is a letter, not a database, and it is long enough to be read as one.")
    with pytest.raises(StoreError, match="not a database"):
        open_database("sqlite:///digest.db", tmp_path)


def test_a_password_is_never_part_of_the_message() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql://someone:swordfish@127.0.0.1:1/nothing")
    assert "swordfish" not in str(caught.value)


def test_other_kinds_of_database_are_refused() -> None:
    with pytest.raises(AskedWrongly, match="only sqlite and postgresql"):
        open_database("mysql://localhost/x")
