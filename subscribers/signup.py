"""Double opt-in: a request is only a wish until the owner of the inbox confirms it.

Nothing here tells whoever asks whether an address is known, and nobody can make us fill a stranger's inbox: letters
about one subscription keep ten minutes' distance, and an address gets a few a week, whatever they are about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Update, case, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.changes import made, subscription_of
from subscribers.consent import Act, Proof, record
from subscribers.engagement import engaged
from subscribers.letterbook import may_write, strike_out
from subscribers.mail import Kind, Letter
from subscribers.merging import as_it_is_now
from subscribers.models import Status, Subscriber, Subscription
from subscribers.names import clean_name
from subscribers.suppression import suppressed_among
from subscribers.tokens import BadToken, Confirmation, ExpiredToken, Membership

BETWEEN_LETTERS = timedelta(minutes=10)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants newsletters, one at least, sent to ``address`` (normalised). Whether it is theirs is to be seen.

    ``language`` (a BCP 47 tag) is that of the page they used, ``page`` its address. ``fields`` are their answers to
    the publisher's questions. ``flag`` says why the address deserves a second look.
    """

    address: str
    newsletters: tuple[str, ...]
    name: str = ""
    language: str = ""
    page: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    flag: str = ""


def request(session: Session, wish: Wish, *, now: datetime, keys: Sequence[str]) -> Letter | None:
    """Take a wish down as pending subscriptions; return the letter to send, or None when none may be sent.

    A reader who left becomes pending again: only a new confirmation brings them back. What is known of a subscriber
    is not changed by a wish, for anybody can have it.
    """
    if suppressed_among(session, [wish.address], keys):
        return None
    subscriber, subscriptions = _find_or_make(session, wish, now)
    kind = Kind.ALREADY if all(each.status == Status.ACTIVE for each in subscriptions) else Kind.CONFIRM
    concerned = [each for each in subscriptions if kind is Kind.ALREADY or each.status != Status.ACTIVE]
    about = [each.newsletter for each in concerned if made(session, _claim_letter(each, now))]
    session.commit()
    if not about:
        return None
    if not may_write(session, wish.address, kind, now=now, keys=keys):
        _give_back(session, _known_id(subscriber), about, now)
        session.commit()
        return None
    return _letter(kind, subscriber, about, now)


def request_again(session: Session, confirmation: Confirmation, *, now: datetime, keys: Sequence[str]) -> Letter | None:
    """Ask for a new letter in place of one whose link has expired; None when none may be sent, or none is needed.

    Raises BadToken when nothing is known of the subscriptions any more.
    """
    owner = as_it_is_now(session, Membership(confirmation.subscriber_id, "")).subscriber_id
    subscriber = session.get(Subscriber, owner)
    if subscriber is None:
        raise BadToken("this subscription is not known any more")
    return request(session, Wish(subscriber.address, confirmation.newsletters), now=now, keys=keys)


def letter_sent(session: Session, letter: Letter, proof: Proof) -> None:
    """Record the request, now that its letter has left."""
    for newsletter in letter.newsletters:
        record(session, letter.subscriber_id, newsletter, Act.REQUESTED, letter.at, proof)
    session.commit()


def letter_failed(session: Session, letter: Letter, keys: Sequence[str]) -> None:
    """The letter could not be sent: let the reader ask again at once."""
    _give_back(session, letter.subscriber_id, letter.newsletters, letter.at)
    strike_out(session, letter.address, letter.kind, letter.at, keys)
    session.commit()


def confirm(
    session: Session, confirmation: Confirmation, *, now: datetime, proof: Proof, keys: Sequence[str]
) -> Letter | None:
    """Make pending subscriptions active; return the welcome to send, or None when all were active before.

    Raises ExpiredToken when the reader has left since, or may not be written to; BadToken when nothing
    is known of the subscriptions.
    """
    owner = as_it_is_now(session, Membership(confirmation.subscriber_id, "")).subscriber_id
    confirmation = replace(confirmation, subscriber_id=owner)
    subscriber = session.get(Subscriber, owner)
    if subscriber is None:
        raise BadToken("this subscription is not known any more")
    if suppressed_among(session, [subscriber.address], keys):
        raise ExpiredToken("this address may not be written to")
    begun = [each for each in confirmation.newsletters if _activated(session, confirmation.subscriber_id, each, now)]
    if not begun:
        session.rollback()
        _insist_on_active(session, confirmation)
        return None
    for newsletter in begun:
        record(session, confirmation.subscriber_id, newsletter, Act.CONFIRMED, now, proof)
    engaged(session, confirmation.subscriber_id, now)
    session.commit()
    return _letter(Kind.WELCOME, subscriber, begun, now)


def _letter(kind: Kind, subscriber: Subscriber, newsletters: Sequence[str], now: datetime) -> Letter:
    number, address, name, language = _known_id(subscriber), subscriber.address, subscriber.name, subscriber.language
    return Letter(kind, number, newsletters[0], address, name, now, language, tuple(newsletters[1:]))


def _find_or_make(session: Session, wish: Wish, now: datetime) -> tuple[Subscriber, list[Subscription]]:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _found_or_made(session, wish, now)
        except IntegrityError:  # somebody else signed the same address up at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _found_or_made(session: Session, wish: Wish, now: datetime) -> tuple[Subscriber, list[Subscription]]:
    subscriber = session.exec(select(Subscriber).where(Subscriber.address == wish.address)).first()
    if subscriber is None:
        subscriber = Subscriber(
            address=wish.address,
            name=clean_name(wish.name),
            language=wish.language,
            fields=dict(wish.fields),
            flag=wish.flag,
            created_at=now,
        )
        session.add(subscriber)
        session.flush()
    number = _known_id(subscriber)
    found = session.exec(select(Subscription).where(Subscription.subscriber_id == number)).all()
    subscriptions = {each.newsletter: each for each in found}
    for newsletter in wish.newsletters:
        if newsletter not in subscriptions:
            begun = Subscription(subscriber_id=number, newsletter=newsletter, requested_at=now, page=wish.page)
            session.add(begun)
            subscriptions[newsletter] = begun
    session.commit()
    return subscriber, [subscriptions[newsletter] for newsletter in wish.newsletters]


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
            requested_at=case((status == Status.ACTIVE, col(Subscription.requested_at)), else_=now),
            status=case((status == Status.UNSUBSCRIBED, Status.PENDING.value), else_=status),
        )
    )


def _give_back(session: Session, subscriber_id: int, newsletters: Sequence[str], at: datetime) -> None:
    """The right to send a letter that was not sent."""
    for newsletter in newsletters:
        mine = subscription_of(subscriber_id, newsletter).where(col(Subscription.asked_at) == at)
        session.execute(mine.values(asked_at=None))


def _activated(session: Session, subscriber_id: int, newsletter: str, now: datetime) -> bool:
    pending = subscription_of(subscriber_id, newsletter).where(col(Subscription.status) == Status.PENDING)
    return made(session, pending.values(status=Status.ACTIVE, confirmed_at=now, ended_at=None)) == 1


def _insist_on_active(session: Session, confirmation: Confirmation) -> None:
    found = select(Subscription.status).where(
        Subscription.subscriber_id == confirmation.subscriber_id,
        col(Subscription.newsletter).in_(confirmation.newsletters),
    )
    statuses = session.exec(found).all()
    if not statuses:
        raise BadToken("this subscription is not known any more")
    if Status.ACTIVE not in statuses:
        raise ExpiredToken("this subscription has ended since")


def _known_id(subscriber: Subscriber) -> int:
    if subscriber.id is None:
        raise AssertionError("a stored subscriber has an id")
    return subscriber.id
