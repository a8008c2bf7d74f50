"""Dates as feeds, pages and files write them, made into instants."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import struct_time
from typing import Any

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def instant(value: Any) -> datetime | None:
    """An aware UTC instant from an ISO 8601 or RFC 5322 text, a ``struct_time`` in UTC or a datetime; else None.

    A time without zone is taken for UTC. What lies outside 1990–2200 is a mistake, and None.
    """
    try:
        moment = _read(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= LATEST else None


def _read(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, struct_time):
        return datetime(*value[:6], tzinfo=UTC)
    text = str(value).strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)
