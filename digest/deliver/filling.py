"""Fills an issue's outbox: who is to get it, in which rendering, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    column,
    func,
    insert,
    literal,
    null,
    select,
    update,
    values,
)
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, col
from sqlmodel.sql.sqltypes import UTCDateTime

from digest.store.models import DeliveryRow, DeliveryState, IssueRow

ROWS = 5_000  # that either mapping may have: SQLite takes 32,766 values in a statement, and each row has three


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
    people = audience.subquery()
    everyone: FromClause = people
    variant: ColumnElement[Any] = literal(variant_id)
    due: ColumnElement[Any] = null()
    if variants:
        everyone, found = _looked_up(everyone, variants, (people.c.language, people.c.topics), Integer())
        variant = func.coalesce(found, variant_id)
    if due_times:
        everyone, due = _looked_up(everyone, due_times, (people.c.timezone, people.c.hour), UTCDateTime())
    row = {
        "issue_id": literal(issue_id),
        "variant_id": variant,
        "subscriber_id": people.c.subscriber_id,
        "state": literal(DeliveryState.QUEUED.value),
        "attempts": literal(0),
        "due_at": due,
        "holder": literal(""),
        "reply": literal(""),
    }
    into = insert(DeliveryRow).from_select(list(row), select(*row.values()).select_from(everyone))
    connection = session.connection()
    queued = connection.execute(into.execution_options(preserve_rowcount=True)).rowcount
    connection.execute(update(IssueRow).where(col(IssueRow.id) == issue_id).values(audience=queued))
    return queued


def _looked_up(
    people: FromClause, rows: Mapping[Any, Any], keys: tuple[ColumnElement[Any], ...], kind: TypeEngine[Any]
) -> tuple[FromClause, ColumnElement[Any]]:
    """``people`` with the mapping's values beside them, and the column of these.

    A database looks a row up in a joined table, where it would walk through a CASE.
    """
    columns = [column(str(key.key), key.type) for key in keys]
    data = [(*pair, value) for pair, value in rows.items()]
    table = values(*columns, column("value", kind)).data(data).cte()
    same = and_(*(table.c[str(key.key)] == key for key in keys))
    return people.join(table, same, isouter=True), table.c.value
