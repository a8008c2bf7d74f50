"""How many messages a mail server may be given now: kept in the database, for all processes and hosts together.

A message needs a permit. Permits are given in the transaction that claims deliveries, before anything is sent: what a
crash takes away are permits, and there are never messages too many. Messages an hour and a day are counted by the
minute. Messages a second are booked by the generic cell rate algorithm (ITU-T I.371, "virtual scheduling"): a row
says until when the server is booked, and the next booking begins there.

The hosts' clocks have to agree within a second or so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from digest.sending import Limits, allowed_per_day
from digest.store.models import PaceRow, PermitRow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = 60, 24 * 60  # minutes
# A permit is used within so many minutes, or not at all: so much longer are the windows that are counted.
USED_WITHIN = 1
# A permit is given back within so many minutes, or is lost.
GIVEN_BACK_WITHIN = 15
# One booking reaches about so far ahead, and a booking so much further than any can be is a clock's mistake.
AHEAD, ABSURD = SECOND, 2 * SECOND


@dataclass(frozen=True, slots=True)
class Grant:
    """``count`` messages may be sent: the first ``start`` seconds from now, each other ``interval`` seconds later.

    Each is to be begun within ``USED_WITHIN`` minutes. When there are none, ask again after ``wait`` seconds.
    ``until`` is where the booking ends, if there is one.
    """

    count: int
    wait: float = 0
    start: float = 0
    interval: float = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Permits given within the last hour and the last 24 hours."""

    hour: int = 0
    day: int = 0


def reserve(connection: Connection, transport: str, limits: Limits, count: int, now: datetime) -> Grant:
    """Permits for up to ``count`` messages to the mail server ``transport``, kept when the transaction is committed.

    Until then nobody else gets any for this server: take the permits first and claim after, and take those of one
    server in one transaction. Without limits the database is not asked.
    """
    if not is_limited(limits) or count <= 0:
        return Grant(max(0, count))
    booked = _hold(connection, transport)
    if _counts(limits):
        room, wait = _room(connection, transport, limits, now)
        if not room:
            return Grant(0, wait)
        count = min(count, room)
    grant = _book(booked, limits.per_second, count, now) if limits.per_second else Grant(count)
    if grant.until is not None:
        _set_booked(connection, transport, grant.until)
    if grant.count and _counts(limits):
        _count(connection, transport, grant.count, _minute(now))
    return grant


def give_back(
    connection: Connection, transport: str, limits: Limits, count: int, now: datetime, grant: Grant | None = None
) -> None:
    """Take back ``count`` permits that were not used, within ``GIVEN_BACK_WITHIN`` minutes.

    With the ``grant`` that they are the last of, their time is free again too, unless somebody has booked behind it.
    """
    if not is_limited(limits) or count <= 0:
        return
    booked = _hold(connection, transport)
    if grant is not None and grant.until is not None and booked == grant.until:
        _set_booked(connection, transport, grant.until - timedelta(seconds=count * grant.interval))
    if _counts(limits):
        _uncount(connection, transport, count, _minute(now) - GIVEN_BACK_WITHIN)


def spent(connection: Connection, transport: str, now: datetime) -> Spent:
    """What was given to the mail server of late, by any process."""
    return _spent(connection, transport, _minute(now))[0]


def is_limited(limits: Limits) -> bool:
    """Whether permits are needed at all."""
    return bool(limits.per_second) or _counts(limits)


def _counts(limits: Limits) -> bool:
    return bool(limits.per_hour or limits.per_day or limits.warm_up_from)


def _minute(now: datetime) -> int:
    return (now - EPOCH) // MINUTE


def _insert(connection: Connection, table: Any) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def _hold(connection: Connection, transport: str) -> datetime | None:
    """Lock the server's row till the end of the transaction; return until when it is booked.

    It is written, not only read: in SQLite a transaction begins with its first write.
    """
    row = _insert(connection, PaceRow).values(transport=transport)
    row = row.on_conflict_do_update(index_elements=["transport"], set_={"transport": row.excluded.transport})
    booked: datetime | None = connection.execute(row.returning(col(PaceRow.booked_until))).scalar_one()
    return booked


def _set_booked(connection: Connection, transport: str, until: datetime) -> None:
    row = update(PaceRow).where(col(PaceRow.transport) == transport)
    connection.execute(row.values(booked_until=until))


def _book(booked: datetime | None, per_second: float, count: int, now: datetime) -> Grant:
    """The slots behind what is booked already: about a second's worth, and one at least."""
    interval = 1 / per_second
    start = max(booked or now, now)
    if start - now > AHEAD + ABSURD + timedelta(seconds=interval):
        start = now
    first = (start - now).total_seconds()
    if start - now >= AHEAD:
        return Grant(0, wait=first - AHEAD.total_seconds() / 2)
    count = min(count, max(1, int((AHEAD.total_seconds() - first) * per_second)))
    return Grant(count, start=first, interval=interval, until=start + timedelta(seconds=count * interval))


def _room(connection: Connection, transport: str, limits: Limits, now: datetime) -> tuple[int, float]:
    """How many messages fit in all windows now, and if none does, after how many seconds to ask again."""
    minute = _minute(now)
    given, latest = _spent(connection, transport, minute)
    if latest > minute + 1:
        _fold_future(connection, transport, minute)
        given, _ = _spent(connection, transport, minute)
    windows = [(HOUR, limits.per_hour or None, given.hour), (DAY, allowed_per_day(limits, _day(now)), given.day)]
    full = [(length, most, used) for length, most, used in windows if most is not None and used >= most]
    if not full:
        return min(most - used for _, most, used in windows if most is not None), 0
    return 0, max(_wait(connection, transport, limits, window, now) for window in full)


def _wait(connection: Connection, transport: str, limits: Limits, window: tuple[int, int, int], now: datetime) -> float:
    """Seconds until enough of a full window has passed, or until the warm-up's next day."""
    length, most, used = window
    until = EPOCH + _frees(_buckets(connection, transport, _first(_minute(now), length)), length, used - most) * MINUTE
    if length == DAY and limits.warm_up_from is not None:
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until = min(until, midnight)
    return (until - now).total_seconds()


def _frees(buckets: Sequence[tuple[int, int]], length: int, over: int) -> int:
    """The minute at which more than ``over`` of what the buckets hold has left the window."""
    totals = accumulate(count for _, count in buckets)
    minute = next(minute for (minute, _), total in zip(buckets, totals, strict=True) if total > over)
    return minute + length + USED_WITHIN + 1


def _first(minute: int, length: int) -> int:
    """The first minute of the window of that length: a permit of before was used before."""
    return minute - length - USED_WITHIN


def _day(now: datetime) -> Any:
    return now.astimezone(UTC).date()


def _spent(connection: Connection, transport: str, minute: int) -> tuple[Spent, int]:
    """What is in the windows, and the latest minute of it."""
    at, count = col(PermitRow.minute), func.sum(col(PermitRow.count))
    hour = func.coalesce(count.filter(at >= _first(minute, HOUR)), 0)
    asked = select(hour, func.coalesce(count, 0), func.coalesce(func.max(at), 0))
    asked = asked.where(col(PermitRow.transport) == transport, at >= _first(minute, DAY))
    in_hour, in_day, latest = connection.execute(asked).one()
    return Spent(int(in_hour), int(in_day)), int(latest)


def _buckets(connection: Connection, transport: str, since: int) -> list[tuple[int, int]]:
    at = col(PermitRow.minute)
    asked = select(at, col(PermitRow.count)).where(col(PermitRow.transport) == transport, at >= since).order_by(at)
    return [(minute, count) for minute, count in connection.execute(asked)]


def _count(connection: Connection, transport: str, count: int, minute: int) -> None:
    """Count permits; the first of a minute sweep out what is older than every window."""
    row = _insert(connection, PermitRow).values(transport=transport, minute=minute, count=count)
    more = col(PermitRow.count) + row.excluded.count
    row = row.on_conflict_do_update(index_elements=["transport", "minute"], set_={"count": more})
    if connection.execute(row.returning(col(PermitRow.count))).scalar_one() == count:
        old = col(PermitRow.minute) < _first(minute, DAY)
        connection.execute(delete(PermitRow).where(col(PermitRow.transport) == transport, old))


def _uncount(connection: Connection, transport: str, count: int, since: int) -> None:
    """Take off the oldest first: what stays counted is then never older than the messages that it stands for."""
    for minute, given in _buckets(connection, transport, since):
        less = min(count, given)
        row = (col(PermitRow.transport) == transport, col(PermitRow.minute) == minute)
        if less == given:
            connection.execute(delete(PermitRow).where(*row))
        elif less:
            connection.execute(update(PermitRow).where(*row).values(count=given - less))
        count -= less


def _fold_future(connection: Connection, transport: str, minute: int) -> None:
    """A clock was set back: count as given now what it had given in a time to come."""
    ahead = (col(PermitRow.transport) == transport, col(PermitRow.minute) > minute)
    counts = connection.execute(delete(PermitRow).where(*ahead).returning(col(PermitRow.count))).scalars().all()
    _count(connection, transport, sum(counts), minute)
