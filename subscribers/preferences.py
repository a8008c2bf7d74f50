"""What subscribers choose for themselves: newsletters, topics, language, hour, and when to be left in peace."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from subscribers.changes import made, subscription_of
from subscribers.consent import Act, Proof, record
from subscribers.engagement import engaged
from subscribers.merging import as_it_is_now
from subscribers.models import Status, Subscriber, Subscription
from subscribers.suppression import suppressed_among
from subscribers.tokens import Membership

LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader has chosen. ``newsletters`` come; ``left`` are those that only a confirmation brings back.

    ``topics`` are the keys wanted of each newsletter in which a choice was made. ``timezone`` is an IANA name, or empty
    for that of each newsletter; ``hour`` is one of the reader's own day, None for as soon as an issue is ready.
    """

    subscriber_id: int
    newsletters: tuple[str, ...]
    left: tuple[str, ...] = ()
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    language: str = ""
    timezone: str = ""
    hour: int | None = None
    paused_until: datetime | None = None


def choices_of(session: Session, membership: Membership) -> Choices | None:
    """What the owner of the membership has chosen; None when nobody is there (any more).

    Hour and pause are told of the membership's own newsletter, if that comes, else of any other.
    """
    subscriber = session.get(Subscriber, as_it_is_now(session, membership).subscriber_id)
    if subscriber is None or subscriber.id is None:
        return None
    rows = session.exec(
        select(Subscription).where(Subscription.subscriber_id == subscriber.id).order_by(col(Subscription.id))
    ).all()
    active = [row for row in rows if row.status == Status.ACTIVE]
    telling = next((row for row in active if row.newsletter == membership.newsletter), active[0] if active else None)
    return Choices(
        subscriber.id,
        tuple(row.newsletter for row in active),
        tuple(row.newsletter for row in rows if row.status != Status.ACTIVE and row.ended_at is not None),
        {row.newsletter: tuple(row.topics.split(",")) for row in active if row.topics},
        subscriber.language,
        subscriber.timezone,
        telling.hour if telling else None,
        telling.paused_until if telling else None,
    )


def choose(session: Session, choices: Choices, *, now: datetime) -> None:
    """Keep language, time zone, hour, pause and topics for all the newsletters that come. None is begun or ended."""
    subscriber_id = choices.subscriber_id
    session.execute(
        update(Subscriber)
        .where(col(Subscriber.id) == subscriber_id)
        .values(language=choices.language, timezone=choices.timezone)
    )
    engaged(session, subscriber_id, now)
    for newsletter in choices.newsletters:
        session.execute(
            subscription_of(subscriber_id, newsletter).values(
                hour=choices.hour,
                paused_until=choices.paused_until,
                topics=",".join(sorted(choices.topics.get(newsletter, ()))),
            )
        )
    session.commit()


def join(
    session: Session,
    subscriber_id: int,
    newsletter: str,
    *,
    now: datetime,
    keys: Sequence[str],
    proof: Proof,
) -> bool:
    """Subscribe a reader to a newsletter that they never left, at once; return whether it comes now.

    The link in a mail of ours is proof of the inbox. Who left stays away until a confirmation (see
    ``subscribers.signup``), for mails are forwarded; somebody without a subscription has no link that is good here.
    """
    subscriber = session.get(Subscriber, subscriber_id)
    if subscriber is None or suppressed_among(session, [subscriber.address], keys):
        return False
    row = _subscription(session, Membership(subscriber_id, newsletter))
    if row is not None and row.status == Status.ACTIVE:
        return True
    if row is not None and row.ended_at is not None:
        return False
    try:
        begun = _activate(session, subscriber_id, newsletter, now, known=row is not None)
    except IntegrityError:  # begun, or the reader erased, at this very moment
        session.rollback()
        return is_active(session, Membership(subscriber_id, newsletter))
    if begun:
        record(session, subscriber_id, newsletter, Act.CONFIRMED, now, proof)
    session.commit()
    return begun


def pause(session: Session, membership: Membership, until: datetime) -> bool:
    """Send nothing of one newsletter before that instant; return whether it comes at all."""
    membership = as_it_is_now(session, membership)
    coming = subscription_of(membership.subscriber_id, membership.newsletter).where(
        col(Subscription.status) == Status.ACTIVE
    )
    paused = made(session, coming.values(paused_until=until)) == 1
    session.commit()
    return paused


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins in that zone, in UTC.

    >>> midnight(date(2026, 7, 1), ZoneInfo("Europe/Lisbon")).isoformat()
    '2026-06-30T23:00:00+00:00'
    """
    return datetime.combine(day, time(), zone).astimezone(ZoneInfo("UTC"))


def language_of(session: Session, subscriber_id: int) -> str:
    """The language (a BCP 47 tag) that the subscriber chose or signed up in; empty when none is known."""
    owner = as_it_is_now(session, Membership(subscriber_id, "")).subscriber_id
    return session.exec(select(Subscriber.language).where(Subscriber.id == owner)).first() or ""


def is_active(session: Session, membership: Membership) -> bool:
    """Whether the subscription stands, so that there is something to choose."""
    row = _subscription(session, membership)
    return row is not None and row.status == Status.ACTIVE


def wanted_topics(offered: Iterable[str], chosen: Iterable[str]) -> tuple[str, ...]:
    """The choice as it is stored: sorted, and nothing when it is all that is offered or none of it.

    >>> wanted_topics(["sport", "city", "sea"], ["sport", "city", "rain"]), wanted_topics(["sport"], ["sport"])
    (('city', 'sport'), ())
    """
    every = set(offered)
    some = every & set(chosen)
    return () if some == every else tuple(sorted(some))


def _subscription(session: Session, membership: Membership) -> Subscription | None:
    return session.exec(
        select(Subscription).where(
            Subscription.subscriber_id == membership.subscriber_id, Subscription.newsletter == membership.newsletter
        )
    ).first()


def _activate(session: Session, subscriber_id: int, newsletter: str, now: datetime, *, known: bool) -> bool:
    if not known:
        session.add(
            Subscription(
                subscriber_id=subscriber_id,
                newsletter=newsletter,
                status=Status.ACTIVE,
                requested_at=now,
                confirmed_at=now,
            )
        )
        session.flush()
        return True
    never_left = subscription_of(subscriber_id, newsletter).where(
        col(Subscription.status) == Status.PENDING, col(Subscription.ended_at).is_(None)
    )
    return made(session, never_left.values(status=Status.ACTIVE, confirmed_at=now)) == 1
