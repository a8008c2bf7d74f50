"""Whom a newsletter goes to, and how they want it: active subscriptions that do not pause and are not suppressed."""

from dataclasses import dataclass
from datetime import datetime

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


def audience(newsletter: str, now: datetime) -> Select[int, str, str, int | None, str]:
    """A select of ``subscriber_id``, ``language``, ``topics``, ``hour`` and ``timezone``: all who may be sent to now.

    The others than the first are what the readers chose, as ``subscribers.models`` has it.
    """
    return (
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


def wishes_of(session: Session, newsletter: str, now: datetime, limit: int) -> list[Wish]:
    """Each pair of a language and topics that somebody in the audience has, what most have first, ``limit`` at most."""
    people = audience(newsletter, now).subquery()
    pair = people.c.language, people.c.topics
    counted = select(*pair).group_by(*pair).order_by(func.count().desc(), *pair).limit(limit)
    return [Wish(row.language, row.topics) for row in session.execute(counted)]


def hours_of(session: Session, newsletter: str, now: datetime, limit: int) -> list[tuple[str, int]]:
    """Each time zone and hour in it that somebody in the audience chose, what most chose first, ``limit`` at most.

    The time zone is empty for those who chose none.
    """
    people = audience(newsletter, now).where(col(Subscription.hour).is_not(None)).subquery()
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
