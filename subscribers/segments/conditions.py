"""A segment as a condition on subscriptions and their subscribers, the same on SQLite and PostgreSQL.

Logic has two values here. What is unknown (a reader never seen, a field never filled in) fits no comparison, so that
denying the comparison finds it: each condition is true or false, never NULL.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, String, and_, func, literal, not_, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from subscribers.models import Subscriber, Subscription
from subscribers.segments.expressions import (
    All,
    Comparison,
    Expression,
    Field,
    Kind,
    Known,
    Lately,
    Not,
    Operator,
    Segment,
    Some,
    Value,
)

A_DAY = timedelta(days=1)

Words: TypeAlias = ColumnElement[str] | Mapped[str]
Moment: TypeAlias = ColumnElement[datetime] | Mapped[datetime | None]


class lowered(FunctionElement[str]):  # noqa: N801  # the name of a function
    """A text with its letters A to Z made small, and no others: the one folding that both databases know."""

    type = String()
    inherit_cache = True
    name = "lowered"


@compiles(lowered)
def _lower(element: lowered, compiler: Any, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(lowered, "postgresql")
def _lower_as_in_c(element: lowered, compiler: Any, **options: Any) -> str:
    return f'lower(({compiler.process(element.clauses, **options)}) COLLATE "C")'


def condition(segment: Segment, now: datetime) -> ColumnElement[bool]:
    """A condition for a query that joins ``Subscription`` with its ``Subscriber``."""
    return _condition(segment.expression, now)


def _condition(expression: Expression, now: datetime) -> ColumnElement[bool]:
    match expression:
        case Not(part):
            return not_(_condition(part, now))
        case All(parts):
            return and_(*(_condition(part, now) for part in parts))
        case Some(parts):
            return or_(*(_condition(part, now) for part in parts))
        case Known(field):
            return _moment(field).is_not(None) if field.kind is Kind.MOMENT else _words(field) != ""
        case Lately(field, days):
            return _ever(field, _moment(field) >= now - days * A_DAY)
        case Comparison(field, operator, values):
            return _comparison(field, operator, values)


def _comparison(field: Field, operator: Operator, values: Sequence[Value]) -> ColumnElement[bool]:
    match field.kind:
        case Kind.MOMENT:
            days = (_on_day(_moment(field), operator, day) for day in values if isinstance(day, date))
            return _ever(field, or_(*days))
        case Kind.NUMBER:
            return _number(operator, values)
        case Kind.KEY:
            return col(Subscription.newsletter).in_(values)
        case Kind.STATUS:
            return col(Subscription.status).in_(values)
        case _:
            return _worded(field, operator, [_small(str(value)) for value in values])


def _worded(field: Field, operator: Operator, wanted: Sequence[str]) -> ColumnElement[bool]:
    text = lowered(_words(field))
    if operator is Operator.CONTAINS:
        return text.contains(wanted[0], autoescape=True)
    if operator is Operator.STARTS:
        return text.startswith(wanted[0], autoescape=True)
    if field.kind is Kind.TOPIC:
        marked = literal(",") + text + ","
        return or_(text == "", *(marked.contains(f",{key},", autoescape=True) for key in wanted))
    if field.kind is Kind.LANGUAGE:
        return or_(text.in_(wanted), *(text.startswith(f"{tag}-", autoescape=True) for tag in wanted if tag))
    return text.in_(wanted)


def _words(field: Field) -> Words:
    if field.key:
        return func.coalesce(col(Subscriber.fields)[field.key].as_string(), "")
    columns = {
        "topic": col(Subscription.topics),
        "language": col(Subscriber.language),
        "page": col(Subscription.page),
        "name": col(Subscriber.name),
        "flag": col(Subscriber.flag),
    }
    return columns[field.name]


def _moment(field: Field) -> Moment:
    if field.name == "joined":
        return func.coalesce(col(Subscription.confirmed_at), col(Subscription.requested_at))
    return col(Subscriber.engaged_at)


def _ever(field: Field, asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """What is asked of a moment that perhaps never was: then it is false, and not NULL."""
    return and_(_moment(field).is_not(None), asked)


def _on_day(moment: Moment, operator: Operator, day: date) -> ColumnElement[bool]:
    begin = datetime.combine(day, time(), UTC)
    end = begin + A_DAY
    match operator:
        case Operator.BELOW:
            return moment < begin
        case Operator.AT_MOST:
            return moment < end
        case Operator.ABOVE:
            return moment >= end
        case Operator.AT_LEAST:
            return moment >= begin
        case _:
            return and_(moment >= begin, moment < end)


def _number(operator: Operator, values: Sequence[Value]) -> ColumnElement[bool]:
    number = col(Subscriber.bounces)
    match operator:
        case Operator.BELOW:
            return number < values[0]
        case Operator.AT_MOST:
            return number <= values[0]
        case Operator.ABOVE:
            return number > values[0]
        case Operator.AT_LEAST:
            return number >= values[0]
        case _:
            return number.in_(values)


def _small(text: str) -> str:
    """The text as ``lowered`` makes it."""
    return text.encode().lower().decode()
