"""When a reader last showed to be there, by doing something of their own accord."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlmodel import Session, col

from subscribers.models import Subscriber


def engaged(session: Session, subscriber_id: int, now: datetime) -> None:
    """Take down that the reader was there at ``now``, unless it was seen later already; the caller commits."""
    seen = col(Subscriber.engaged_at)
    session.execute(
        update(Subscriber)
        .where(col(Subscriber.id) == subscriber_id, or_(seen.is_(None), seen < now))
        .values(engaged_at=now)
    )
