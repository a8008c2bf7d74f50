"""A segment asked of one subscription, in plain Python: what the databases' answers are held against."""

import operator as signs
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

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
)

Held: TypeAlias = str | int | datetime | None
ORDER: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: signs.eq,
    Operator.BELOW: signs.lt,
    Operator.AT_MOST: signs.le,
    Operator.ABOVE: signs.gt,
    Operator.AT_LEAST: signs.ge,
}


def holds(segment: Segment, subscriber: Subscriber, subscription: Subscription, now: datetime) -> bool:
    """Whether the subscription, which is that subscriber's, belongs to the segment."""

    def held(expression: Expression) -> bool:
        match expression:
            case Not(part):
                return not held(part)
            case All(parts):
                return all(map(held, parts))
            case Some(parts):
                return any(map(held, parts))
            case Known(field):
                return _value(field, subscriber, subscription) not in (None, "")
            case Lately(field, days):
                moment = _value(field, subscriber, subscription)
                return isinstance(moment, datetime) and moment >= now - timedelta(days=days)
            case Comparison(field):
                return _compared(expression, _value(field, subscriber, subscription))

    return held(segment.expression)


def _value(field: Field, subscriber: Subscriber, subscription: Subscription) -> Held:
    if field.key:
        return subscriber.fields.get(field.key, "")
    known: dict[str, Held] = {
        "newsletter": subscription.newsletter,
        "status": subscription.status,
        "topic": subscription.topics,
        "language": subscriber.language,
        "joined": subscription.confirmed_at or subscription.requested_at,
        "engaged": subscriber.engaged_at,
        "page": subscription.page,
        "name": subscriber.name,
        "flag": subscriber.flag,
        "bounces": subscriber.bounces,
    }
    return known[field.name]


def _compared(comparison: Comparison, value: Held) -> bool:
    if value is None:
        return False
    if isinstance(value, str):
        return any(_fits(comparison, _small(value), _small(str(wanted))) for wanted in comparison.values)
    ordered: int | date = value.date() if isinstance(value, datetime) else value
    return any(ORDER[comparison.operator](ordered, wanted) for wanted in comparison.values)


def _fits(comparison: Comparison, text: str, wanted: str) -> bool:
    if comparison.operator is Operator.CONTAINS:
        return wanted in text
    if comparison.operator is Operator.STARTS:
        return text.startswith(wanted)
    if comparison.field.kind is Kind.TOPIC:
        return text == "" or wanted in text.split(",")
    if comparison.field.kind is Kind.LANGUAGE and wanted:
        return f"{text}-".startswith(f"{wanted}-")
    return text == wanted


def _small(text: str) -> str:
    return "".join(mark.lower() if mark.isascii() else mark for mark in text)
