"""Leaving: at once, without a question, and as often as somebody presses the button (RFC 8058 §3.2)."""

from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col

from subscribers.consent import NO_PROOF, Act, Proof, record
from subscribers.models import Status, Subscription
from subscribers.tokens import Membership


def unsubscribe(session: Session, membership: Membership, *, now: datetime, proof: Proof = NO_PROOF) -> bool:
    """End the subscription; return whether there was one to end. Nothing is sent."""
    result = session.execute(
        update(Subscription)
        .where(
            col(Subscription.subscriber_id) == membership.subscriber_id,
            col(Subscription.newsletter) == membership.newsletter,
            col(Subscription.status) != Status.UNSUBSCRIBED,
        )
        # asked_at is cleared so that who left by mistake can come back at once.
        .values(status=Status.UNSUBSCRIBED, ended_at=now, asked_at=None)
    )
    ended = isinstance(result, CursorResult) and result.rowcount > 0
    if ended:
        record(session, membership.subscriber_id, membership.newsletter, Act.UNSUBSCRIBED, now, proof)
    session.commit()
    return ended
