"""Hours and time zones as a reader's language tells them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_time, get_timezone_location, get_timezone_name

# Of UTC itself Babel knows the name at an instant, and none without.
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def o_clock(locale: Locale, hour: int) -> str:
    """A full hour of the day: ``7:00 AM``, ``07:00``."""
    return str(format_time(time(hour), "short", locale=locale))


@lru_cache(maxsize=10_000)
def city(locale: Locale, zone: str) -> str:
    """The town that a zone (its IANA name) is known by; the name of the zone itself when it has none."""
    if "/" not in zone:
        return str(get_timezone_name(ANY_DAY.astimezone(ZoneInfo(zone)), "long", locale=locale))
    return str(get_timezone_location(zone, locale=locale, return_city=True))


@lru_cache(maxsize=100)
def by_city(locale: Locale, zones: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Zones with their towns, in the order of these."""
    return sorted(((zone, city(locale, zone)) for zone in zones), key=lambda each: each[1].casefold())
