"""Changes to subscriptions that happen only where a condition holds, and whether they did."""

from typing import Any

from sqlalchemy import CursorResult, Delete, Update, update
from sqlmodel import Session, col

from subscribers.models import Subscription


def subscription_of(subscriber_id: int, newsletter: str) -> Update:
    """A change of one subscription; whoever makes it says of which state, and to what."""
    return update(Subscription).where(
        col(Subscription.subscriber_id) == subscriber_id, col(Subscription.newsletter) == newsletter
    )


def made(session: Session, change: Update | Delete) -> int:
    """Make the change; return how many rows it concerned. The caller commits."""
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]  # a change gives a CursorResult
    return result.rowcount
