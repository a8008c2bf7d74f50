"""Whom a newsletter goes to: the active subscriptions whose address is not suppressed."""

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlmodel import Session, col

from subscribers.models import Status, Subscriber, Subscription, Suppression


def audience(newsletter: str, where: ColumnElement[bool] | None = None) -> Select[int, str]:
    """A select of ``subscriber_id`` and ``language``: everyone the newsletter may be sent to now.

    ``language`` is what the reader chose, a BCP 47 tag, or empty. ``where`` limits it to those of a segment: that is
    asked once for an issue, and not again by ``still_wanted``, which is about those who leave.
    """
    everybody = (
        select(col(Subscription.subscriber_id), col(Subscriber.language))
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .where(*_wanted(newsletter))
    )
    return everybody if where is None else everybody.where(where)


def languages_of(session: Session, newsletter: str, where: ColumnElement[bool] | None = None) -> list[str]:
    """The languages that the newsletter's audience chose, in no order; an empty one for those who chose none."""
    people = audience(newsletter, where).subquery()
    return list(session.scalars(select(people.c.language).distinct()))


def still_wanted(
    subscriber_id: ColumnElement[int] | InstrumentedAttribute[int] | Mapped[int], newsletter: str
) -> ColumnElement[bool]:
    """A condition on a column of another table: that subscriber may still be sent the newsletter."""
    return exists(
        select(1)
        .select_from(Subscription)
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .where(col(Subscription.subscriber_id) == subscriber_id, *_wanted(newsletter))
    )


def _wanted(newsletter: str) -> tuple[ColumnElement[bool], ...]:
    suppressed = exists(select(1).where(col(Suppression.address) == col(Subscriber.address)))
    return (
        col(Subscription.newsletter) == newsletter,
        col(Subscription.status) == Status.ACTIVE,
        ~suppressed,
    )
