"""A list of subscribers in a real database, and an instant to begin at."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import Session, SQLModel

from subscribers.models import Consent, ImportRow, LetterRow, Merged, Subscriber, Subscription, Suppression


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 7, 0, tzinfo=UTC)


def plain_database(file: Path) -> Engine:
    """The package's own tables and nothing else: it needs no more to stand on."""
    engine = create_engine(f"sqlite:///{file}")
    tables = [
        table.__table__ for table in (Subscriber, Subscription, Merged, Suppression, Consent, LetterRow, ImportRow)
    ]
    SQLModel.metadata.create_all(engine, tables=tables)
    return engine


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = plain_database(tmp_path / "subscribers.db")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Session]:
    """Another publisher's list."""
    engine = plain_database(tmp_path / "elsewhere.db")
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def keys() -> tuple[str, ...]:
    return ("the newest secret key", "an older secret key")
