"""Fills an issue's outbox: who is to get it, in which rendering, and when."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.schema import DropTable
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from digest.store.models import DeliveryRow, DeliveryState, IssueRow

Keys = tuple[KeyedColumnElement[Any], KeyedColumnElement[Any]]

CHOICES = 10_000  # that are asked for, of either kind; who made a rarer one gets the issue as if they had not


def fill(
    session: Session,
    issue_id: int,
    variant_id: int,
    audience: Select[*tuple[Any, ...]],
    *,
    variants: Mapping[tuple[str, str], int] | None = None,
    due_times: Mapping[tuple[str, int], datetime] | None = None,
) -> int:
    """Queue a delivery for everyone in ``audience``, a select as that of ``subscribers.audience``.

    ``variants`` are those of languages and topics that want another one than ``variant_id``; ``due_times``, by time
    zone and hour, are of deliveries that do not go at once. Return how many deliveries these are. One INSERT … SELECT,
    and the audience's size beside the issue; both commit with the caller's transaction.
    """
    connection, people = session.connection(), audience.subquery()
    by_choice, by_hour = (people.c.language, people.c.topics), (people.c.timezone, people.c.hour)
    with (
        _lookup(connection, "variant_of", by_choice, variants or {}, Integer()) as wanted,
        _lookup(connection, "due_at_of", by_hour, due_times or {}, UTCDateTime()) as due,
    ):
        row = {
            "issue_id": literal(issue_id),
            "variant_id": func.coalesce(wanted.c.value, variant_id),
            "subscriber_id": people.c.subscriber_id,
            "state": literal(DeliveryState.QUEUED.value),
            "attempts": literal(0),
            "due_at": due.c.value,
            "holder": literal(""),
            "reply": literal(""),
        }
        everyone = people.outerjoin(wanted, _same(wanted, by_choice)).outerjoin(due, _same(due, by_hour))
        # In the readers' order, each index is written at its end, and neighbours are claimed together.
        rows = select(*row.values()).select_from(everyone).order_by(people.c.subscriber_id)
        into = insert(DeliveryRow).from_select(list(row), rows)
        queued = connection.execute(into.execution_options(preserve_rowcount=True)).rowcount
    connection.execute(update(IssueRow).where(col(IssueRow.id) == issue_id).values(audience=queued))
    return queued


@contextmanager
def _lookup(
    connection: Connection, name: str, keys: Keys, values: Mapping[Any, Any], kind: TypeEngine[Any]
) -> Iterator[Table]:
    """The mapping as a table with an index: through a CASE, or a list of VALUES, each reader's row would be a walk."""
    first, second = (Column(key.key, key.type, primary_key=True, autoincrement=False) for key in keys)
    table = Table(name, MetaData(), first, second, Column("value", kind), prefixes=["TEMPORARY"])
    connection.execute(DropTable(table, if_exists=True))  # SQLite brings it back when its end is rolled back
    table.create(connection)
    if values:
        rows = [{first.key: one, second.key: other, "value": value} for (one, other), value in values.items()]
        connection.execute(insert(table), rows)
    yield table
    table.drop(connection)


def _same(table: Table, keys: Keys) -> ColumnElement[bool]:
    return and_(*(table.c[key.key] == key for key in keys))
