"""When it is the hour at which a reader wants an issue: 0 to 23, on the clocks of the reader's own place."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LATEST = timedelta(hours=1)  # before an issue expires: what is sent then can still be tried again
HOURS = range(24)


def due_times(
    pairs: Iterable[tuple[str, int]], home: ZoneInfo, now: datetime, expires: datetime
) -> dict[tuple[str, int], datetime]:
    """When deliveries are due, by time zone and hour; without the pairs whose deliveries go at once.

    These are those whose hour it is already, or comes too late for an issue that expires then: an issue at another
    hour is better than none. ``home`` is the zone of those who chose none, or one that there is not.
    """
    found = ((pair, next_time_of(pair[1], _zone(pair[0], home), now)) for pair in pairs if pair[1] in HOURS)
    return {pair: due for pair, due in found if due is not None and due <= expires - LATEST}


def next_time_of(hour: int, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The first time after ``now`` that it is so many hours there, in UTC; None when it is that hour now.

    An hour that clocks leave out begins when they go forward; of one that comes twice the first is meant.
    """
    here = now.astimezone(zone)
    if here.hour == hour:
        return None
    days = (here.date() + timedelta(days=ahead) for ahead in range(3))
    times = (datetime.combine(day, time(hour), zone).astimezone(UTC) for day in days)
    return next(moment for moment in times if moment > now)


def _zone(name: str, home: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name) if name else home
    except (LookupError, OSError, ValueError):  # no such zone, a folder of zones, a name like ".."
        return home
