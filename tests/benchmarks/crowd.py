"""Readers by the million for the benchmarks, made by the database itself: from a process it takes far longer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Engine, String, case, cast, insert, literal, select, text
from sqlmodel import SQLModel, col

from subscribers.models import Status, Subscriber, Subscription


def enrol(
    engine: Engine,
    readers: int,
    now: datetime,
    *,
    languages: Sequence[str] = (),
    zones: Sequence[str] = (),
    topics: Sequence[str] = (),
    hours: Sequence[int] = (),
) -> None:
    """Store that many readers of ``daily``; a third of them made each of the choices.

    Number 7 has the id 7 and reads at reader7@example.com. The choices look like chance, and are always the same.
    """
    numbers = select(cast(1, BigInteger).label("n")).cte("numbers", recursive=True)
    n = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < readers)).c.n
    with engine.begin() as connection:
        _store(
            connection,
            Subscriber,
            id=n,
            address="reader" + cast(n, String) + "@example.com",
            name="Reader " + cast(n, String),
            language=_now_and_then(n * 7919, languages, ""),
            timezone=_now_and_then(n * 104_729, zones, ""),
            fields={},
            flag="",
            bounces=0,
            created_at=now,
        )
        _store(
            connection,
            Subscription,
            id=n,
            subscriber_id=n,
            newsletter="daily",
            status=Status.ACTIVE.value,
            requested_at=now,
            topics=_now_and_then(n * 611_953, topics, ""),
            hour=_now_and_then(n * 882_377, hours, None),
            page="",
        )
    analyze(engine)


def analyze(engine: Engine) -> None:
    """Let the database count what it holds, as it does by itself sooner or later."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _store(connection: Connection, table: type[SQLModel], **values: Any) -> None:
    columns = {
        name: value if isinstance(value, ColumnElement) else literal(value, col(getattr(table, name)).type)
        for name, value in values.items()
    }
    connection.execute(insert(table).from_select(list(columns), select(*columns.values())))


def _now_and_then(number: ColumnElement[int], choices: Sequence[Any], otherwise: Any) -> ColumnElement[Any]:
    """One of the choices for a third of the numbers."""
    place = number % 1_000_003 % (3 * len(choices) or 1)
    return (
        case(*((place == at, choice) for at, choice in enumerate(choices)), else_=otherwise)
        if choices
        else literal(otherwise)
    )
