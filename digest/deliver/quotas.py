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
    windows = _windows(limits, now)
    if count <= 0 or not (windows or limits.per_second):
        return Grant(max(0, count))
    booked = _hold(connection, transport)
    if windows:
        room, wait = _room(connection, transport, windows, now)
        if not room:
            return Grant(0, min(wait, _longest_wait(limits, now)).total_seconds())
        count = min(count, room)
    grant = _book(booked, limits.per_second, count, now) if limits.per_second else Grant(count)
    if grant.until is not None:
        _set_booked(connection, transport, grant.until)
    if grant.count and windows:
        _count(connection, transport, grant.count, _minute(now))
    return grant


def give_back(
    connection: Connection, transport: str, limits: Limits, count: int, now: datetime, grant: Grant | None = None
) -> None:
    """Take back ``count`` permits that were not used, within ``GIVEN_BACK_WITHIN`` minutes.

    With the ``grant`` that they are the last of, their time is free again too, unless somebody has booked behind it.
    """
    windows = _windows(limits, now)
    if count <= 0 or not (windows or limits.per_second):
        return
    booked = _hold(connection, transport)
    if grant is not None and grant.until is not None and booked == grant.until:
        _set_booked(connection, transport, grant.until - timedelta(seconds=count * grant.interval))
    if windows:
        _uncount(connection, transport, count, _minute(now) - GIVEN_BACK_WITHIN)


def spent(connection: Connection, transport: str, now: datetime) -> Spent:
    """What was given to the mail server of late, by any process."""
    given, _ = _given(connection, transport, _minute(now))
    return Spent(given[HOUR], given[DAY])


def _windows(limits: Limits, now: datetime) -> dict[int, int]:
    """How many may leave in each length of window, in minutes, that is limited."""
    per_day = allowed_per_day(limits, now.astimezone(UTC).date())
    return {length: most for length, most in ((HOUR, limits.per_hour), (DAY, per_day)) if most}


def _longest_wait(limits: Limits, now: datetime) -> timedelta:
    """While a server is warmed up, more may leave from midnight on."""
    if limits.warm_up_from is None:
        return timedelta.max
    return DAY * MINUTE - (now - EPOCH) % (DAY * MINUTE)


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


def _room(connection: Connection, transport: str, windows: dict[int, int], now: datetime) -> tuple[int, timedelta]:
    """How many messages fit in all windows now, and if none does, how long until some do."""
    minute = _minute(now)
    given, latest = _given(connection, transport, minute)
    if latest > minute + 1:
        _fold_future(connection, transport, minute)
        given, _ = _given(connection, transport, minute)
    over = {length: given[length] - most for length, most in windows.items()}
    if max(over.values()) < 0:
        return -max(over.values()), timedelta()
    full = [length for length in over if over[length] >= 0]
    buckets = {length: _buckets(connection, transport, _first(minute, length)) for length in full}
    return 0, EPOCH + max(_frees(buckets[length], length, over[length]) for length in full) * MINUTE - now


def _frees(buckets: Sequence[tuple[int, int]], length: int, over: int) -> int:
    """The minute at which more than ``over`` of what the buckets hold has left the window."""
    totals = accumulate(count for _, count in buckets)
    minute = next(minute for (minute, _), total in zip(buckets, totals, strict=True) if total > over)
    return minute + length + USED_WITHIN + 1


def _first(minute: int, length: int) -> int:
    """The first minute of the window of that length: a permit of before was used before."""
    return minute - length - USED_WITHIN


def _given(connection: Connection, transport: str, minute: int) -> tuple[dict[int, int], int]:
    """How many permits each length of window holds, and the latest minute of them."""
    at, count = col(PermitRow.minute), func.sum(col(PermitRow.count))
    hour = func.coalesce(count.filter(at >= _first(minute, HOUR)), 0)
    asked = select(hour, func.coalesce(count, 0), func.coalesce(func.max(at), 0))
    asked = asked.where(col(PermitRow.transport) == transport, at >= _first(minute, DAY))
    in_hour, in_day, latest = connection.execute(asked).one()
    return {HOUR: in_hour, DAY: in_day}, latest


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
