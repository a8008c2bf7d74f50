"""Double opt-in: a request is only a wish until the owner of the inbox confirms it.

Nothing here tells whoever asks whether an address is known, and nobody can make us fill a stranger's
inbox: letters to one subscription keep ten minutes' distance, and are three a week at most.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, case, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.consent import Act, Proof, count_since, record
from subscribers.mail import Kind, Letter
from subscribers.models import Status, Subscriber, Subscription
from subscribers.names import clean_name
from subscribers.suppression import suppressed_among
from subscribers.tokens import BadToken, ExpiredToken, Membership

BETWEEN_LETTERS = timedelta(minutes=10)
LETTERS_A_WEEK = 3
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a newsletter sent to ``address`` (normalised). Whether it is theirs is to be seen.

    ``language`` (a BCP 47 tag) is that of the page they used.
    """

    address: str
    newsletter: str
    name: str = ""
    language: str = ""


def request(session: Session, wish: Wish, *, now: datetime, keys: tuple[str, ...]) -> Letter | None:
    """Take a wish down as a pending subscription; return the letter to send, or None when none may be sent.

    A reader who left becomes pending again: only a new confirmation brings them back.
    """
    if suppressed_among(session, [wish.address], keys):
        return None
    subscriber, subscription = _find_or_make(session, wish, now)
    subscriber_id = _known_id(subscriber)
    recently = count_since(session, subscriber_id, wish.newsletter, Act.REQUESTED, now - timedelta(days=7))
    if recently >= LETTERS_A_WEEK or not _took_effect(session, _claim_letter(subscription, now)):
        session.rollback()
        return None
    session.commit()
    kind = Kind.ALREADY if subscription.status == Status.ACTIVE else Kind.CONFIRM
    return _letter(kind, subscriber, wish.newsletter, now)


def letter_sent(session: Session, letter: Letter, proof: Proof) -> None:
    """Record the request, now that its letter has left."""
    record(session, letter.subscriber_id, letter.newsletter, Act.REQUESTED, letter.at, proof)
    session.commit()


def letter_failed(session: Session, letter: Letter) -> None:
    """The letter could not be sent: let the reader ask again at once."""
    session.execute(_subscription_of(letter).where(col(Subscription.asked_at) == letter.at).values(asked_at=None))
    session.commit()


def confirm(
    session: Session, membership: Membership, *, now: datetime, proof: Proof, keys: tuple[str, ...]
) -> Letter | None:
    """Make a pending subscription active; return the welcome to send, or None when it was active before.

    Raises ExpiredToken when the reader has left since, or may not be written to; BadToken when nothing
    is known of the subscription.
    """
    subscriber = session.get(Subscriber, membership.subscriber_id)
    if subscriber is None:
        raise BadToken("this subscription is not known any more")
    if suppressed_among(session, [subscriber.address], keys):
        raise ExpiredToken("this address may not be written to")
    activate = _subscription_of(membership).where(col(Subscription.status) == Status.PENDING)
    if not _took_effect(session, activate.values(status=Status.ACTIVE, confirmed_at=now, ended_at=None)):
        session.rollback()
        _insist_on_active(session, membership)
        return None
    record(session, membership.subscriber_id, membership.newsletter, Act.CONFIRMED, now, proof)
    session.commit()
    return _letter(Kind.WELCOME, subscriber, membership.newsletter, now)


def _letter(kind: Kind, subscriber: Subscriber, newsletter: str, now: datetime) -> Letter:
    number, address, name, language = _known_id(subscriber), subscriber.address, subscriber.name, subscriber.language
    return Letter(kind, number, newsletter, address, name, now, language)


def _find_or_make(session: Session, wish: Wish, now: datetime) -> tuple[Subscriber, Subscription]:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _found_or_made(session, wish, now)
        except IntegrityError:  # somebody else signed the same address up at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _found_or_made(session: Session, wish: Wish, now: datetime) -> tuple[Subscriber, Subscription]:
    subscriber = session.exec(select(Subscriber).where(Subscriber.address == wish.address)).first()
    if subscriber is None:
        subscriber = Subscriber(
            address=wish.address, name=clean_name(wish.name), language=wish.language, created_at=now
        )
        session.add(subscriber)
        session.flush()
    subscription = session.exec(
        select(Subscription).where(
            Subscription.subscriber_id == subscriber.id, Subscription.newsletter == wish.newsletter
        )
    ).first()
    if subscription is None:
        subscription = Subscription(subscriber_id=_known_id(subscriber), newsletter=wish.newsletter, requested_at=now)
        session.add(subscription)
    session.commit()
    return subscriber, subscription


def _claim_letter(subscription: Subscription, now: datetime) -> Update:
    """The right to send the next letter: of those who ask at once, one gets it."""
    status = col(Subscription.status)
    return (
        update(Subscription)
        .where(
            col(Subscription.id) == subscription.id,
            or_(col(Subscription.asked_at).is_(None), col(Subscription.asked_at) <= now - BETWEEN_LETTERS),
        )
        .values(
            asked_at=now,
            requested_at=now,
            status=case((status == Status.UNSUBSCRIBED, Status.PENDING.value), else_=status),
        )
    )


def _insist_on_active(session: Session, membership: Membership) -> None:
    found = select(Subscription.status).where(
        Subscription.subscriber_id == membership.subscriber_id, Subscription.newsletter == membership.newsletter
    )
    status = session.exec(found).first()
    if status is None:
        raise BadToken("this subscription is not known any more")
    if status != Status.ACTIVE:
        raise ExpiredToken("this subscription has ended since")


def _subscription_of(owner: Letter | Membership) -> Update:
    return update(Subscription).where(
        col(Subscription.subscriber_id) == owner.subscriber_id, col(Subscription.newsletter) == owner.newsletter
    )


def _took_effect(session: Session, change: Update) -> bool:
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]  # an UPDATE gives a CursorResult
    return result.rowcount == 1


def _known_id(subscriber: Subscriber) -> int:
    if subscriber.id is None:
        raise AssertionError("a stored subscriber has an id")
    return subscriber.id
