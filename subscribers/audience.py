"""Whom a newsletter goes to, and how they want it: active subscriptions that do not pause and are not suppressed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlmodel import Session, col

from subscribers.models import Status, Subscriber, Subscription, Suppression


@dataclass(frozen=True, slots=True)
class Wish:
    """What readers chose that decides what they are sent.

    ``language`` is a BCP 47 tag, ``topics`` are keys with commas between; either is empty for those who chose none.
    """

    language: str
    topics: str


# ``subscriber_id``, ``language``, ``topics``, ``hour`` and ``timezone``.
Audience: TypeAlias = Select[int, str, str, int | None, str]


def audience(newsletter: str, now: datetime, where: ColumnElement[bool] | None = None) -> Audience:
    """All who the newsletter may be sent to now, with what they chose, as ``subscribers.models`` has it.

    ``where`` limits it to those of a segment: that is asked once for an issue, and not again by ``still_wanted``, which
    is about those who leave.
    """
    everybody = (
        select(
            col(Subscription.subscriber_id),
            col(Subscriber.language),
            col(Subscription.topics),
            col(Subscription.hour),
            col(Subscriber.timezone),
        )
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .where(*_wanted(newsletter, now))
    )
    return everybody if where is None else everybody.where(where)


def wishes_of(session: Session, readers: Audience, limit: int) -> list[Wish]:
    """Each pair of a language and topics that somebody in the audience has, what most have first, ``limit`` at most."""
    people = readers.subquery()
    pair = people.c.language, people.c.topics
    counted = select(*pair).group_by(*pair).order_by(func.count().desc(), *pair).limit(limit)
    return [Wish(row.language, row.topics) for row in session.execute(counted)]


def hours_of(session: Session, readers: Audience, limit: int) -> list[tuple[str, int]]:
    """Each time zone and hour in it that somebody in the audience chose, what most chose first, ``limit`` at most.

    The time zone is empty for those who chose none.
    """
    people = readers.where(col(Subscription.hour).is_not(None)).subquery()
    pair = people.c.timezone, people.c.hour
    counted = select(*pair).group_by(*pair).order_by(func.count().desc(), *pair).limit(limit)
    return [(row.timezone, row.hour) for row in session.execute(counted)]


def still_wanted(
    subscriber_id: ColumnElement[int] | InstrumentedAttribute[int] | Mapped[int], newsletter: str, now: datetime
) -> ColumnElement[bool]:
    """A condition on a column of another table: that subscriber may be sent the newsletter now."""
    return exists(
        select(1)
        .select_from(Subscription)
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .where(col(Subscription.subscriber_id) == subscriber_id, *_wanted(newsletter, now))
    )


def _wanted(newsletter: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    suppressed = exists(select(1).where(col(Suppression.address) == col(Subscriber.address)))
    pause = col(Subscription.paused_until)
    return (
        col(Subscription.newsletter) == newsletter,
        col(Subscription.status) == Status.ACTIVE,
        pause.is_(None) | (pause <= now),
        ~suppressed,
    )
