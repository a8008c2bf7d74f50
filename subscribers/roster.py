"""What an operator does with the list by hand: add, look, remove, erase."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete
from sqlalchemy import select as columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.consent import NO_PROOF, Act, Proof
from subscribers.enrolling import Entry, Outcome, enrol
from subscribers.models import Consent, Merged, Status, Subscriber, Subscription, Suppression
from subscribers.suppression import ERASURE, fingerprint, suppress
from subscribers.tokens import Membership
from subscribers.unsubscribe import unsubscribe

__all__ = ["Entry", "Member", "Outcome", "add", "forget", "members", "remove"]

ATTEMPTS = 5
PAGE = 1000
Erase = Callable[[Session, int], None]


@dataclass(frozen=True, slots=True)
class Member:
    """A subscription as the list shows it."""

    address: str
    name: str
    language: str
    newsletter: str
    status: str
    requested_at: datetime
    confirmed_at: datetime | None
    suppressed: bool


def add(
    session: Session,
    entries: Sequence[Entry],
    *,
    act: Act = Act.ADDED,
    now: datetime,
    keys: Sequence[str],
    proof: Proof = NO_PROOF,
    reactivate: bool = False,
) -> list[Outcome]:
    """Put entries on the list in one transaction; return what became of each.

    Who has left stays away unless ``reactivate``; a suppressed address always does. At most a few
    thousand entries at a time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            outcomes = enrol(session, entries, act=act, now=now, keys=keys, proof=proof, reactivate=reactivate)
            session.commit()
        except IntegrityError:  # a reader signed up at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
        else:
            return outcomes
    raise AssertionError("unreachable")


def members(
    session: Session,
    newsletter: str | None = None,
    status: Status | None = None,
    where: ColumnElement[bool] | None = None,
) -> Iterator[Member]:
    """The list in the order of sign-up, read in pages so that a million lines need little memory.

    ``where`` is a condition on ``Subscription`` and ``Subscriber``, such as a segment's.
    """
    query = _listed(newsletter, status, where)
    last = 0
    while rows := session.execute(query.where(col(Subscription.id) > last)).all():
        yield from (Member(*told) for _, *told in rows)
        last = rows[-1].id


def remove(session: Session, address: str, newsletter: str | None = None, *, now: datetime) -> int:
    """End the address's subscription, or all of them; return how many were ended."""
    subscriptions = session.exec(
        select(Subscription.subscriber_id, Subscription.newsletter)
        .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
        .where(Subscriber.address == address)
    ).all()
    return sum(
        unsubscribe(session, Membership(subscriber_id, key), now=now, proof=Proof(form="operator"))
        for subscriber_id, key in subscriptions
        if newsletter in (None, key)
    )


def nothing_else(_session: Session, _subscriber_id: int) -> None:
    """Erase nothing: where there are no other tables."""


def forget(
    session: Session, address: str, *, now: datetime, keys: Sequence[str], elsewhere: Erase = nothing_else
) -> bool:
    """Erase the person and all that is stored of them; return whether the address was known.

    Only a keyed fingerprint of the address stays, so that no later import brings it back. ``elsewhere`` erases, in
    the same transaction, what other tables hold of a subscriber's id.
    """
    subscriber = session.exec(select(Subscriber).where(Subscriber.address == address)).first()
    if subscriber is not None:
        elsewhere(session, subscriber.id or 0)
        for table in (Consent, Subscription, Merged):
            session.execute(delete(table).where(col(table.subscriber_id) == subscriber.id))
        session.delete(subscriber)
    if (plain := session.get(Suppression, address)) is not None:
        session.delete(plain)
    suppress(session, fingerprint(address, keys[0]), ERASURE, now)
    session.commit()
    return subscriber is not None


def _listed(
    newsletter: str | None, status: Status | None, where: ColumnElement[bool] | None
) -> Select[*tuple[Any, ...]]:
    """A page of the list: the subscription's id, and what a Member has. Columns, not objects: these take longer."""
    query = (
        columns(
            col(Subscription.id),
            col(Subscriber.address),
            col(Subscriber.name),
            col(Subscriber.language),
            col(Subscription.newsletter),
            col(Subscription.status),
            col(Subscription.requested_at),
            col(Subscription.confirmed_at),
            col(Suppression.address).is_not(None),
        )
        .join(Subscriber, col(Subscriber.id) == col(Subscription.subscriber_id))
        .outerjoin(Suppression, col(Suppression.address) == col(Subscriber.address))
        .order_by(col(Subscription.id))
        .limit(PAGE)
    )
    if newsletter is not None:
        query = query.where(col(Subscription.newsletter) == newsletter)
    if status is not None:
        query = query.where(col(Subscription.status) == status)
    return query if where is None else query.where(where)
