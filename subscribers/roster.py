"""What an operator does with the list by hand: add, look, remove, erase."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Update, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.consent import NO_PROOF, Act, Proof
from subscribers.models import Consent, Merged, Status, Subscriber, Subscription, Suppression
from subscribers.names import clean_name
from subscribers.suppression import ERASURE, fingerprint, suppress, suppressed_among
from subscribers.tokens import Membership
from subscribers.unsubscribe import unsubscribe

ATTEMPTS = 5
PAGE = 1000
Erase = Callable[[Session, int], None]


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    KNOWN = "known"  # it was so before
    ENDED = "ended"  # the entry says that the reader has left
    LEFT = "left"  # the reader has left, and only the reader can come back
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list. ``address`` is normalised."""

    address: str
    newsletter: str
    name: str = ""
    language: str = ""
    status: Status = Status.ACTIVE


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
    hundred entries at a time.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            enrolment = _enrol(session, entries, keys, reactivate)
            _write(session, enrolment, act, now, proof)
            session.commit()
        except IntegrityError:  # a reader signed up at this very moment
            session.rollback()
            if attempt == ATTEMPTS:
                raise
        else:
            return enrolment.outcomes
    raise AssertionError("unreachable")


def members(session: Session, newsletter: str | None = None, status: Status | None = None) -> Iterator[Member]:
    """The list in the order of sign-up, read in pages so that a million lines need little memory."""
    last = 0
    while rows := _page(session, newsletter, status, last):
        for subscription, subscriber, suppressed in rows:
            yield Member(
                subscriber.address,
                subscriber.name,
                subscriber.language,
                subscription.newsletter,
                subscription.status,
                subscription.requested_at,
                subscription.confirmed_at,
                suppressed is not None,
            )
        last = rows[-1][0].id or 0
        session.expunge_all()


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


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where a subscription stands. ``left``: it ended once, and was not confirmed since."""

    status: str
    left: bool


@dataclass(slots=True)
class _Enrolment:
    """What became of each entry, and which of them begin a subscription or change one."""

    outcomes: list[Outcome] = field(default_factory=list)
    beginning: list[Entry] = field(default_factory=list)
    changing: list[Entry] = field(default_factory=list)


def _enrol(session: Session, entries: Sequence[Entry], keys: Sequence[str], reactivate: bool) -> _Enrolment:
    addresses = {entry.address for entry in entries}
    suppressed = suppressed_among(session, addresses, keys)
    standings = _standings(session, addresses)
    enrolment = _Enrolment()
    for entry in entries:
        standing = standings.get((entry.address, entry.newsletter))
        outcome = Outcome.SUPPRESSED if entry.address in suppressed else _decide(entry, standing, reactivate)
        enrolment.outcomes.append(outcome)
        if outcome in (Outcome.ADDED, Outcome.ENDED):
            (enrolment.changing if standing else enrolment.beginning).append(entry)
            standings[entry.address, entry.newsletter] = _Standing(entry.status, entry.status == Status.UNSUBSCRIBED)
    return enrolment


def _decide(entry: Entry, standing: _Standing | None, reactivate: bool) -> Outcome:
    if standing is None:
        return Outcome.ADDED
    if entry.status == Status.UNSUBSCRIBED:
        return Outcome.KNOWN if standing.status == Status.UNSUBSCRIBED else Outcome.ENDED
    if entry.status == Status.PENDING or standing.status == Status.ACTIVE:
        return Outcome.KNOWN
    return Outcome.LEFT if standing.left and not reactivate else Outcome.ADDED


def _standings(session: Session, addresses: Iterable[str]) -> dict[tuple[str, str], _Standing]:
    found = session.exec(
        select(Subscriber.address, Subscription.newsletter, Subscription.status, Subscription.ended_at)
        .join(Subscription, col(Subscription.subscriber_id) == Subscriber.id)
        .where(col(Subscriber.address).in_(addresses))
    )
    # A pending subscription that ended before belongs to a reader who left and has not confirmed anew.
    return {(address, key): _Standing(status, ended is not None) for address, key, status, ended in found}


def _write(session: Session, enrolment: _Enrolment, act: Act, now: datetime, proof: Proof) -> None:
    """Plain rows, not objects: an import is a few hundred thousand of them."""
    ids = _ids_with_new(session, enrolment.beginning, now)
    if enrolment.beginning:
        rows = [_beginning(ids[entry.address], entry, now) for entry in enrolment.beginning]
        session.execute(insert(Subscription), rows)
    for entry in enrolment.changing:
        ids |= _ids(session, [entry.address])
        session.execute(_change(ids[entry.address], entry, now))
    proofs = [
        {
            "subscriber_id": ids[entry.address],
            "newsletter": entry.newsletter,
            "act": Act.UNSUBSCRIBED if entry.status == Status.UNSUBSCRIBED else act,
            "at": now,
            **asdict(proof),
            "note": "",
        }
        for entry in (*enrolment.beginning, *enrolment.changing)
    ]
    if proofs:
        session.execute(insert(Consent), proofs)


def _ids_with_new(session: Session, entries: Sequence[Entry], now: datetime) -> dict[str, int]:
    known = _ids(session, [entry.address for entry in entries])
    new = {
        entry.address: {
            "address": entry.address,
            "name": clean_name(entry.name),
            "language": entry.language,
            "timezone": "",
            "fields": {},
            "flag": "",
            "bounces": 0,
            "created_at": now,
        }
        for entry in entries
        if entry.address not in known
    }
    if new:
        session.execute(insert(Subscriber), list(new.values()))
    return known | _ids(session, list(new))


def _ids(session: Session, addresses: Sequence[str]) -> dict[str, int]:
    found = session.exec(select(Subscriber.address, Subscriber.id).where(col(Subscriber.address).in_(addresses)))
    return {address: number for address, number in found if number is not None}


def _beginning(subscriber_id: int, entry: Entry, now: datetime) -> dict[str, object]:
    return {
        "subscriber_id": subscriber_id,
        "newsletter": entry.newsletter,
        "status": entry.status,
        "requested_at": now,
        "asked_at": None,
        "confirmed_at": now if entry.status == Status.ACTIVE else None,
        "ended_at": now if entry.status == Status.UNSUBSCRIBED else None,
        "topics": "",
        "page": "",
    }


def _change(subscriber_id: int, entry: Entry, now: datetime) -> Update:
    change = update(Subscription).where(
        col(Subscription.subscriber_id) == subscriber_id, col(Subscription.newsletter) == entry.newsletter
    )
    if entry.status == Status.UNSUBSCRIBED:
        return change.values(status=entry.status, ended_at=now)
    return change.values(status=entry.status, confirmed_at=now, ended_at=None)


def _page(
    session: Session, newsletter: str | None, status: Status | None, last: int
) -> Sequence[tuple[Subscription, Subscriber, str | None]]:
    query = (
        select(Subscription, Subscriber, Suppression.address)
        .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
        .outerjoin(Suppression, col(Suppression.address) == Subscriber.address)
        .where(col(Subscription.id) > last)
        .order_by(col(Subscription.id))
        .limit(PAGE)
    )
    if newsletter is not None:
        query = query.where(Subscription.newsletter == newsletter)
    if status is not None:
        query = query.where(Subscription.status == status)
    return session.exec(query).all()
