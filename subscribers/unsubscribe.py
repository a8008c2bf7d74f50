"""Leaving: at once, without a question, and as often as somebody presses the button (RFC 8058 §3.2).

Whoever left by mistake can take it back for an hour; whoever likes says why.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from subscribers.changes import made, subscription_of
from subscribers.consent import NO_PROOF, Act, Proof, count_since, record
from subscribers.merging import as_it_is_now
from subscribers.models import Status, Subscriber, Subscription
from subscribers.names import clean_name
from subscribers.suppression import suppressed_among
from subscribers.tokens import Goodbye, Membership

LONGEST_REASON = 500  # characters


def unsubscribe(session: Session, membership: Membership, *, now: datetime, proof: Proof = NO_PROOF) -> bool:
    """End the subscription; return whether there was one to end. Nothing is sent."""
    return _end(session, as_it_is_now(session, membership), now, proof) is not None


def leave(
    session: Session, subscriber_id: int, newsletters: Sequence[str], *, now: datetime, proof: Proof = NO_PROOF
) -> Goodbye | None:
    """End these subscriptions of one reader; return what an undo would bring back, or None for nothing.

    A subscription that was never confirmed ends as well, and is not brought back by anything but a confirmation.
    """
    owner = as_it_is_now(session, Membership(subscriber_id, "")).subscriber_id
    ended = tuple(key for key in newsletters if _end(session, Membership(owner, key), now, proof) == Status.ACTIVE)
    return Goodbye(owner, ended, now) if ended else None


def undo(
    session: Session, goodbye: Goodbye, *, now: datetime, keys: Sequence[str], proof: Proof = NO_PROOF
) -> tuple[str, ...]:
    """Take a goodbye back: the reader was confirmed, and is again. Return the newsletters that are active now.

    What ended again since stays as it is, and so does everything when the address was suppressed in the meantime or
    has become another: who lives there may have left too.
    """
    address = session.exec(select(Subscriber.address).where(Subscriber.id == goodbye.subscriber_id)).first()
    if address is None or suppressed_among(session, [address], keys):
        return ()
    if count_since(session, goodbye.subscriber_id, "", Act.MOVED, goodbye.at):
        return ()
    for newsletter in goodbye.newsletters:
        back = subscription_of(goodbye.subscriber_id, newsletter).where(
            col(Subscription.status) == Status.UNSUBSCRIBED, col(Subscription.ended_at) == goodbye.at
        )
        if made(session, back.values(status=Status.ACTIVE, ended_at=None)):
            record(session, goodbye.subscriber_id, newsletter, Act.UNDONE, now, proof)
    session.commit()
    return tuple(key for key in goodbye.newsletters if _is_active(session, Membership(goodbye.subscriber_id, key)))


def give_reason(session: Session, membership: Membership, note: str, *, now: datetime, proof: Proof = NO_PROOF) -> bool:
    """Keep why a reader left: once, and only of somebody who has. ``note`` is cut to 500 characters."""
    membership = as_it_is_now(session, membership)
    ended_at = session.exec(
        select(Subscription.ended_at).where(
            Subscription.subscriber_id == membership.subscriber_id,
            Subscription.newsletter == membership.newsletter,
            Subscription.status == Status.UNSUBSCRIBED,
        )
    ).first()
    note = clean_name(note, LONGEST_REASON)
    if ended_at is None or not note:
        return False
    before = ended_at - timedelta(microseconds=1)
    if count_since(session, membership.subscriber_id, membership.newsletter, Act.REASON, before):
        return False
    record(session, membership.subscriber_id, membership.newsletter, Act.REASON, now, proof, note)
    session.commit()
    return True


def _end(session: Session, membership: Membership, now: datetime, proof: Proof) -> Status | None:
    """End the subscription and commit; return what it was until then, None when there was nothing to end."""
    # asked_at is cleared so that who left by mistake can come back at once.
    end = subscription_of(membership.subscriber_id, membership.newsletter).values(
        status=Status.UNSUBSCRIBED, ended_at=now, asked_at=None
    )
    for status in (Status.ACTIVE, Status.PENDING):
        if made(session, end.where(col(Subscription.status) == status)):
            record(session, membership.subscriber_id, membership.newsletter, Act.UNSUBSCRIBED, now, proof)
            session.commit()
            return status
    session.commit()
    return None


def _is_active(session: Session, membership: Membership) -> bool:
    status = session.exec(
        select(Subscription.status).where(
            Subscription.subscriber_id == membership.subscriber_id, Subscription.newsletter == membership.newsletter
        )
    ).first()
    return status == Status.ACTIVE
