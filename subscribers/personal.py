"""What belongs to the reader alone: name and address, behind a link that is mailed there and lasts an hour."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from subscribers.letterbook import may_write
from subscribers.mail import Kind, Letter
from subscribers.merging import as_it_is_now, print_of
from subscribers.models import Subscriber
from subscribers.names import clean_name
from subscribers.suppression import suppressed_among
from subscribers.tokens import Membership


def owner_of(session: Session, membership: Membership) -> Subscriber | None:
    """Who owns the membership today; None when nobody is there (any more)."""
    return session.get(Subscriber, as_it_is_now(session, membership).subscriber_id)


def personal_letter(session: Session, membership: Membership, *, now: datetime, keys: Sequence[str]) -> Letter | None:
    """The letter with the way to all that is stored of the reader; None when none may be sent."""
    subscriber = owner_of(session, membership)
    if subscriber is None or suppressed_among(session, [subscriber.address], keys):
        return None
    letter = _letter(Kind.PERSONAL, subscriber, membership.newsletter, subscriber.address, now)
    return letter if may_write(session, letter.address, letter.kind, now=now, keys=keys) else None


def change_letter(
    session: Session, membership: Membership, address: str, *, now: datetime, keys: Sequence[str]
) -> Letter | None:
    """The letter that asks at a new address (normalised) whether it is the reader's; None when none may be sent.

    Nobody is told why there is none. It counts for both addresses: one reader cannot write to many strangers.
    """
    subscriber = owner_of(session, membership)
    if subscriber is None or address == subscriber.address:
        return None
    if suppressed_among(session, [subscriber.address, address], keys):
        return None
    letter = _letter(
        Kind.CHANGE, subscriber, membership.newsletter, address, now, print_of(subscriber.address, keys[0])
    )
    asking, asked = subscriber.address, letter.address
    for each in (asking, asked):
        if not may_write(session, each, Kind.CHANGE, now=now, keys=keys):
            return None
    return letter


def changed_letter(subscriber: Subscriber, newsletter: str, former: str, now: datetime) -> Letter:
    """The note to the address that was the reader's until now."""
    return _letter(Kind.CHANGED, subscriber, newsletter, former, now)


def rename(session: Session, subscriber: Subscriber, name: str) -> None:
    """Call the reader by another name, or by none."""
    subscriber.name = clean_name(name)
    session.add(subscriber)
    session.commit()


def _letter(
    kind: Kind, subscriber: Subscriber, newsletter: str, address: str, now: datetime, former: str = ""
) -> Letter:
    if subscriber.id is None:
        raise AssertionError("a stored subscriber has an id")
    return Letter(kind, subscriber.id, newsletter, address, subscriber.name, now, subscriber.language, former=former)
