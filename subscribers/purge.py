"""Forgets whoever was never confirmed: an address that somebody typed is nobody's consent to be kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlmodel import Session, col

from subscribers.changes import made
from subscribers.letterbook import forget_letters
from subscribers.models import Consent, Status, Subscriber, Subscription

KEPT = timedelta(days=30)


def purge(session: Session, *, now: datetime) -> int:
    """Drop requests that were not confirmed in thirty days, and letters that count no more; return how many requests.

    Who had left before is as gone as before the request, and stays known as somebody who left. A subscriber with no
    subscription left is forgotten with all that is stored of them.
    """
    late = (col(Subscription.status) == Status.PENDING, col(Subscription.requested_at) <= now - KEPT)
    left = update(Subscription).where(*late, col(Subscription.ended_at).is_not(None))
    count = made(session, left.values(status=Status.UNSUBSCRIBED))
    concerned = list(session.scalars(select(col(Subscription.subscriber_id)).where(*late)))
    count += made(session, delete(Subscription).where(*late))
    for first in range(0, len(concerned), 500):
        _forget_unsubscribed(session, concerned[first : first + 500])
    forget_letters(session, now=now)
    session.commit()
    return count


def _forget_unsubscribed(session: Session, subscriber_ids: list[int]) -> None:
    """Forget those of the subscribers who have no subscription any more."""
    nothing = ~exists(select(1).where(col(Subscription.subscriber_id) == col(Subscriber.id)))
    gone = select(col(Subscriber.id)).where(col(Subscriber.id).in_(subscriber_ids), nothing)
    session.execute(delete(Consent).where(col(Consent.subscriber_id).in_(gone)))
    session.execute(delete(Subscriber).where(col(Subscriber.id).in_(gone)))
