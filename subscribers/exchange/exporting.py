"""The list given out: as CSV (RFC 4180), as a JSON array, or as one JSON object a line."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlmodel import Session, col

from subscribers.exchange.cells import guard_cell
from subscribers.models import Status, Subscriber, Subscription, Suppression
from subscribers.suppression import ERASURE

PAGE = 2000
COLUMNS = (
    *("email", "name", "language", "newsletter", "status", "requested_at", "confirmed_at"),
    *("ended_at", "timezone", "topics", "hour", "paused_until", "page", "flag", "fields"),
)


class Form(StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSON = "json"
    LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Which:
    """Which subscriptions. ``where`` is a further condition on Subscriber and Subscription."""

    newsletter: str | None = None
    status: Status | None = None
    where: ColumnElement[bool] | None = None

    @property
    def everybody(self) -> bool:
        """Whether that is the whole list."""
        return self.newsletter is None and self.status is None and self.where is None


EVERYBODY = Which()


def export_csv(session: Session, newsletter: str | None = None, status: Status | None = None) -> Iterator[str]:
    """The list as lines of CSV, the names of the columns first."""
    return export(session, Form.CSV, Which(newsletter, status))


def export(session: Session, form: Form, which: Which = EVERYBODY) -> Iterator[str]:
    """The list in pieces of text, in the order of sign-up, with little memory however long it is.

    The whole list ends with the addresses that are suppressed without being anybody's: who takes it elsewhere must
    not mail them either. Those of erased persons are not known any more and cannot be taken along.
    """
    people = _people(session, which)
    return _as_csv(people) if form is Form.CSV else _as_json(people, form)


def _as_csv(people: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield _line(COLUMNS)
    for person in people:
        yield _line([guard_cell(_cell(value)) for value in person.values()])


def _as_json(people: Iterable[dict[str, Any]], form: Form) -> Iterator[str]:
    array = form is Form.JSON
    between = "[\n"
    for person in people:
        written = json.dumps(person, default=datetime.isoformat, ensure_ascii=False)
        yield f"{between}{written}" if array else f"{written}\n"
        between = ",\n"
    if array:
        yield "[]\n" if between == "[\n" else "\n]\n"


def _people(session: Session, which: Which) -> Iterator[dict[str, Any]]:
    last = 0
    query = _query(which)
    while rows := session.execute(query.where(col(Subscription.id) > last)).all():
        yield from map(_person, rows)
        last = rows[-1].id
    if which.everybody:
        yield from map(_nobody, _suppressed_only(session))


def _query(which: Which) -> Select[Any]:
    subscription = (
        *(Subscription.newsletter, Subscription.status, Subscription.requested_at, Subscription.confirmed_at),
        *(Subscription.ended_at, Subscription.topics, Subscription.hour, Subscription.paused_until, Subscription.page),
    )
    person = (Subscriber.address, Subscriber.name, Subscriber.language, Subscriber.timezone, Subscriber.flag)
    query = (
        select(col(Subscription.id), *map(col, (*person, *subscription)), col(Subscriber.fields))
        .add_columns(col(Suppression.address).label("suppressed"))
        .select_from(Subscription)
        .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
        .outerjoin(Suppression, col(Suppression.address) == Subscriber.address)
        .order_by(col(Subscription.id))
        .limit(PAGE)
    )
    if which.newsletter is not None:
        query = query.where(col(Subscription.newsletter) == which.newsletter)
    if which.status is not None:
        query = query.where(col(Subscription.status) == which.status)
    return query if which.where is None else query.where(which.where)


def _person(row: Row[Any]) -> dict[str, Any]:
    return {
        "email": row.address,
        "name": row.name,
        "language": row.language,
        "newsletter": row.newsletter,
        "status": "suppressed" if row.suppressed is not None else row.status,
        "requested_at": row.requested_at,
        "confirmed_at": row.confirmed_at,
        "ended_at": row.ended_at,
        "timezone": row.timezone,
        "topics": row.topics,
        "hour": row.hour,
        "paused_until": row.paused_until,
        "page": row.page,
        "flag": row.flag,
        "fields": row.fields,
    }


def _suppressed_only(session: Session) -> Iterator[str]:
    last = ""
    subscribed = exists().where(
        col(Subscription.subscriber_id) == col(Subscriber.id), col(Subscriber.address) == col(Suppression.address)
    )
    query = select(col(Suppression.address)).where(col(Suppression.reason) != ERASURE, ~subscribed)
    query = query.order_by(col(Suppression.address)).limit(PAGE)
    while addresses := session.scalars(query.where(col(Suppression.address) > last)).all():
        yield from addresses
        last = addresses[-1]


def _nobody(address: str) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS, "") | {"email": address, "status": "suppressed"}


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
