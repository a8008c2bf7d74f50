"""Who comes onto the list by somebody else's hand, and who must not.

Many entries are decided on and written together, in one transaction: one or a few thousand at a time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from subscribers.bulk import Row, among, insert_rows
from subscribers.consent import NO_PROOF, Act, Proof
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.names import clean_name
from subscribers.suppression import suppressed_among

SUBSCRIBER = ("address", "name", "language", "timezone", "fields", "flag", "bounces", "created_at")
SUBSCRIPTION = (
    *("subscriber_id", "newsletter", "status", "requested_at", "confirmed_at", "ended_at"),
    *("topics", "hour", "paused_until", "page"),
)
CONSENT = ("subscriber_id", "newsletter", "act", "at", "wording", "form", "page", "network", "note")


class Outcome(StrEnum):
    """What became of an entry."""

    ADDED = "added"
    KNOWN = "known"  # it was so before
    ENDED = "ended"  # the entry says that the reader has left
    LEFT = "left"  # the reader has left, and only the reader can come back
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Details:
    """What else an entry may say of a reader and their subscription; see ``subscribers.models``."""

    timezone: str = ""
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    flag: str = ""
    topics: str = ""
    hour: int | None = None
    paused_until: datetime | None = None
    page: str = ""


NO_DETAILS = Details()


class Entry(NamedTuple):
    """One line of the list; a tuple, because there may be a million. ``address`` is normalised.

    The instants are those of a list that it was on before; None for now. ``note`` goes into the record of consent.
    """

    address: str
    newsletter: str
    name: str = ""
    language: str = ""
    status: Status = Status.ACTIVE
    requested_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""
    details: Details = NO_DETAILS


class Standing(NamedTuple):
    """Where a subscription stands. ``left``: it ended once, and was not confirmed since."""

    status: str
    left: bool


Standings = dict[tuple[str, str], Standing]


def enrol(
    session: Session,
    entries: Sequence[Entry],
    *,
    act: Act,
    now: datetime,
    keys: Sequence[str],
    proof: Proof = NO_PROOF,
    reactivate: bool = False,
) -> list[Outcome]:
    """Put entries on the list; return what became of each. The caller commits.

    Who has left stays away unless ``reactivate``; a suppressed address always does. Raises IntegrityError when a
    reader signs up at this very moment: roll back, and try again.
    """
    ids, standings = known_among(session, {entry.address for entry in entries})
    suppressed = suppressed_among(session, {entry.address for entry in entries}, keys)
    outcomes = []
    beginning: list[Entry] = []
    changing: list[Entry] = []
    for entry in entries:
        known = (entry.address, entry.newsletter) in standings
        outcome = decide(entry, standings, suppressed, reactivate)
        outcomes.append(outcome)
        if outcome in (Outcome.ADDED, Outcome.ENDED):
            (changing if known else beginning).append(entry)
    _write(session, beginning, changing, ids, act, now, proof)
    return outcomes


def decide(entry: Entry, standings: Standings, suppressed: set[str], reactivate: bool = False) -> Outcome:
    """What becomes of an entry; ``standings`` are brought up to date with it."""
    if entry.address in suppressed:
        return Outcome.SUPPRESSED
    key = (entry.address, entry.newsletter)
    outcome = _judge(entry, standings.get(key), reactivate)
    if outcome in (Outcome.ADDED, Outcome.ENDED):
        standings[key] = Standing(entry.status, entry.status == Status.UNSUBSCRIBED)
    return outcome


def _judge(entry: Entry, standing: Standing | None, reactivate: bool) -> Outcome:
    if standing is None:
        return Outcome.ADDED
    if entry.status == Status.UNSUBSCRIBED:
        return Outcome.KNOWN if standing.status == Status.UNSUBSCRIBED else Outcome.ENDED
    if entry.status == Status.PENDING or standing.status == Status.ACTIVE:
        return Outcome.KNOWN
    return Outcome.LEFT if standing.left and not reactivate else Outcome.ADDED


def known_among(session: Session, addresses: Collection[str]) -> tuple[dict[str, int], Standings]:
    """The ids of those that are known, and where each of their subscriptions stands."""
    ids = _ids(session, addresses)
    known = {number: address for address, number in ids.items()}
    if not known:
        return ids, {}
    query = select(
        col(Subscription.subscriber_id),
        col(Subscription.newsletter),
        col(Subscription.status),
        col(Subscription.ended_at),
    )
    rows = session.execute(query.where(among(session, col(Subscription.subscriber_id), known)))
    # A pending subscription that ended before belongs to a reader who left and has not confirmed anew.
    return ids, {(known[number], key): Standing(status, ended is not None) for number, key, status, ended in rows}


def _write(
    session: Session,
    beginning: Sequence[Entry],
    changing: Sequence[Entry],
    ids: dict[str, int],
    act: Act,
    now: datetime,
    proof: Proof,
) -> None:
    new = {entry.address: entry for entry in reversed(beginning) if entry.address not in ids}
    insert_rows(session, Subscriber, SUBSCRIBER, [_subscriber(entry, now) for entry in reversed(new.values())])
    ids |= _ids(session, new)
    insert_rows(
        session, Subscription, SUBSCRIPTION, [_subscription(ids[entry.address], entry, now) for entry in beginning]
    )
    _change(session, [(ids[entry.address], entry) for entry in changing], now)
    told = [_consent(ids[entry.address], entry, act, now, proof) for entry in (*beginning, *changing)]
    insert_rows(session, Consent, CONSENT, told)


def _ids(session: Session, addresses: Collection[str]) -> dict[str, int]:
    query = select(col(Subscriber.address), col(Subscriber.id))
    found = session.execute(query.where(among(session, col(Subscriber.address), addresses)))
    return {address: number or 0 for address, number in found}


def _subscriber(entry: Entry, now: datetime) -> Row:
    details = entry.details
    name = clean_name(entry.name)
    return entry.address, name, entry.language, details.timezone, dict(details.fields), details.flag, 0, now


def _subscription(subscriber_id: int, entry: Entry, now: datetime) -> Row:
    details = entry.details
    asked = entry.requested_at or now
    confirmed, ended = entry.confirmed_at, None
    if entry.status == Status.ACTIVE:
        confirmed = confirmed or asked
    elif entry.status == Status.UNSUBSCRIBED:
        ended = entry.ended_at or now
    return (
        *(subscriber_id, entry.newsletter, entry.status.value, asked, confirmed, ended),
        *(details.topics, details.hour, details.paused_until, details.page),
    )


def _consent(subscriber_id: int, entry: Entry, act: Act, now: datetime, proof: Proof) -> Row:
    done = Act.UNSUBSCRIBED if entry.status == Status.UNSUBSCRIBED else act
    return (
        *(subscriber_id, entry.newsletter, done.value, now),
        *(proof.wording, proof.form, proof.page, proof.network, entry.note),
    )


def _change(session: Session, entries: Sequence[tuple[int, Entry]], now: datetime) -> None:
    change = update(Subscription.__table__).where(  # type: ignore[attr-defined]
        col(Subscription.subscriber_id) == bindparam("who"), col(Subscription.newsletter) == bindparam("what")
    )
    # Of several words about one subscription the last is what became of it.
    last = {(who, entry.newsletter): (who, entry) for who, entry in entries}.values()
    ended = [(who, entry) for who, entry in last if entry.status == Status.UNSUBSCRIBED]
    begun = [(who, entry) for who, entry in last if entry.status != Status.UNSUBSCRIBED]
    if ended:
        rows = [{"who": who, "what": entry.newsletter, "then": entry.ended_at or now} for who, entry in ended]
        session.connection().execute(change.values(status=Status.UNSUBSCRIBED.value, ended_at=bindparam("then")), rows)
    if begun:
        again = [{"who": who, "what": entry.newsletter, "now": entry.status.value} for who, entry in begun]
        session.connection().execute(change.values(status=bindparam("now"), confirmed_at=now, ended_at=None), again)
