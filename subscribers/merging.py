"""A reader moves to another address, and finds there whatever that address had been subscribed to.

Two subscribers who turn out to be one become one. The law of the list holds through it: who left a newsletter under
either address stays away from it, and a suppressed address stays silent.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, insert, literal, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.consent import NO_PROOF, Act, Proof, record
from subscribers.models import Consent, Merged, Status, Subscriber, Subscription
from subscribers.suppression import fingerprint, suppressed_among
from subscribers.tokens import Change, Membership

ATTEMPTS = 5
PRINT_LENGTH = 40  # characters: enough to know an address again, short enough for a link
OF_A_CONSENT = ("newsletter", "act", "at", "wording", "form", "page", "network", "note")


class Outcome(StrEnum):
    """What became of a change of address."""

    MOVED = "moved"
    KNOWN = "known"  # the reader had it already
    REFUSED = "refused"  # it has been changed since, or one of the two may not be written to


def as_it_is_now(session: Session, membership: Membership) -> Membership:
    """The membership under the id that its owner has today: who moved house is still reached by old links."""
    owner = session.exec(select(Merged.subscriber_id).where(Merged.id == membership.subscriber_id)).first()
    return membership if owner is None else Membership(owner, membership.newsletter)


def print_of(address: str, key: str) -> str:
    """A short keyed fingerprint of an address, for a link that shall change it only once."""
    return fingerprint(address, key).removeprefix("sha256:")[:PRINT_LENGTH]


def change_address(
    session: Session, change: Change, *, now: datetime, keys: Sequence[str], proof: Proof = NO_PROOF
) -> tuple[Outcome, str]:
    """Write to the reader at the new address from now on; return what became of it, and the address until then.

    If somebody has the new address already, it is the same person: both become one. The address is empty when nothing
    was changed.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _changed(session, change, now, keys, proof)
        except IntegrityError:  # somebody signed up with the new address at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _changed(session: Session, change: Change, now: datetime, keys: Sequence[str], proof: Proof) -> tuple[Outcome, str]:
    subscriber = session.get(Subscriber, as_it_is_now(session, change.membership).subscriber_id)
    if subscriber is None:
        return Outcome.REFUSED, ""
    former = subscriber.address
    if suppressed_among(session, [former, change.address], keys):
        return Outcome.REFUSED, ""
    if former == change.address:
        return Outcome.KNOWN, ""
    if change.former not in [print_of(former, key) for key in keys]:
        return Outcome.REFUSED, ""
    other = session.exec(select(Subscriber).where(Subscriber.address == change.address)).first()
    if other is not None:
        _absorb(session, subscriber, other)
    subscriber.address = change.address
    subscriber.bounces, subscriber.flag = 0, ""
    subscriber.engaged_at = now
    session.add(subscriber)
    record(session, _id(subscriber), "", Act.MOVED, now, proof)
    session.commit()
    return Outcome.MOVED, former


def _absorb(session: Session, subscriber: Subscriber, other: Subscriber) -> None:
    """All that was the other's becomes the subscriber's, and the other is no more."""
    own, theirs = _id(subscriber), _id(other)
    for subscription in _subscriptions(session, theirs):
        twin = next((each for each in _subscriptions(session, own) if each.newsletter == subscription.newsletter), None)
        if twin is None:
            subscription.subscriber_id = own
            session.add(subscription)
        else:
            _join(twin, subscription)
            session.add(twin)
    subscriber.name = subscriber.name or other.name
    subscriber.fields = {**other.fields, **subscriber.fields}
    session.flush()
    _move_consents(session, theirs, own)
    session.execute(update(Merged).where(col(Merged.subscriber_id) == theirs).values(subscriber_id=own))
    session.execute(delete(Subscription).where(col(Subscription.subscriber_id) == theirs))
    session.delete(other)
    session.flush()
    session.add(Merged(id=theirs, subscriber_id=own))


def _join(kept: Subscription, other: Subscription) -> None:
    """One subscription out of two to the same newsletter: an end in either is the end."""
    ends = [each.ended_at for each in (kept, other) if each.ended_at is not None]
    if _has_left(kept) or _has_left(other):
        kept.status, kept.ended_at = Status.UNSUBSCRIBED, max(ends, default=kept.ended_at)
    elif Status.ACTIVE in (kept.status, other.status):
        kept.status, kept.confirmed_at = Status.ACTIVE, kept.confirmed_at or other.confirmed_at
    kept.requested_at = min(kept.requested_at, other.requested_at)
    kept.asked_at = max((each.asked_at for each in (kept, other) if each.asked_at), default=None)


def _has_left(subscription: Subscription) -> bool:
    """Whether only the reader's own confirmation can bring the subscription back."""
    return subscription.status == Status.UNSUBSCRIBED or (
        subscription.status == Status.PENDING and subscription.ended_at is not None
    )


def _move_consents(session: Session, before: int, now: int) -> None:
    """A consent is never edited: its copy takes its place."""
    columns = [Consent.__table__.c[name] for name in OF_A_CONSENT]  # type: ignore[attr-defined]
    copied = select(literal(now), *columns).where(col(Consent.subscriber_id) == before).order_by(col(Consent.id))
    session.execute(insert(Consent).from_select(["subscriber_id", *OF_A_CONSENT], copied))
    session.execute(delete(Consent).where(col(Consent.subscriber_id) == before))


def _subscriptions(session: Session, subscriber_id: int) -> Sequence[Subscription]:
    return session.exec(select(Subscription).where(Subscription.subscriber_id == subscriber_id)).all()


def _id(subscriber: Subscriber) -> int:
    if subscriber.id is None:
        raise AssertionError("a stored subscriber has an id")
    return subscriber.id
