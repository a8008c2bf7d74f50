"""What stands in a cell: read from anybody's file, written for anybody's spreadsheet.

What goes out may be opened in a spreadsheet: a cell that begins like a formula gets an apostrophe before it, and loses
it again on the way in (owasp.org, CSV Injection).
"""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from subscribers.names import clean_name

FORMULA = ("=", "+", "-", "@", "\t", "\r")
YES = frozenset({"1", "true", "yes", "y", "t", "on"})
NO = frozenset({"0", "false", "no", "n", "f", "off"})
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
FIELDS = 50
LONGEST_KEY = 40
LONGEST_VALUE = 500
LONGEST_PAGE = 2000
# As databases and programs write an instant: "2024-03-14 09:12:31.5 +0000 UTC", "2024-03-14 09:12:31 UTC".
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?)?(?: ?(Z|[+-]\d\d:?\d\d))?(?: [A-Z]{1,5})?", re.ASCII
)
TOPICS = re.compile(r"[a-z0-9][a-z0-9_-]*(?:,[a-z0-9][a-z0-9_-]*)*", re.ASCII)


def guard_cell(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula.

    >>> guard_cell("=1+1"), bare_cell("'=1+1")
    ("'=1+1", '=1+1')
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA) else text


def bare_cell(cell: str) -> str:
    """The text that ``guard_cell`` was given."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'").startswith(FORMULA) else cell


def read_flag(cell: str) -> bool | None:
    """Yes or no; None for an empty cell. Raises ValueError for anything else."""
    word = cell.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    if word:
        raise ValueError(f'"{word[:40]}" is neither yes nor no')
    return None


def read_instant(cell: str, now: datetime) -> datetime | None:
    """The instant in UTC, which is meant where no offset is told; None when it cannot be read, or cannot be true.

    >>> read_instant("2024-03-14 09:12:31.5 +0100 CET", datetime(2026, 1, 1, tzinfo=UTC))
    datetime.datetime(2024, 3, 14, 8, 12, 31, tzinfo=datetime.timezone.utc)
    """
    when = _instant(cell.strip()) if cell else None
    return when if when and OLDEST <= when <= now else None


def read_moment(cell: str) -> datetime | None:
    """The instant in UTC, which may be to come; None when it cannot be read."""
    return _instant(cell.strip())


def _instant(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        parts = INSTANT.fullmatch(text)
        if parts is None:
            return None
        try:
            when = datetime.fromisoformat(f"{parts[1]}T{parts[2] or '00:00'}{parts[3] or ''}")
        except ValueError:
            return None
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None


@lru_cache(maxsize=1000)
def read_language(cell: str) -> str:
    """A BCP 47 tag, or nothing."""
    tag = cell.strip().replace("_", "-")
    return tag if len(tag) <= 35 and tag.isascii() and tag.replace("-", "").isalnum() else ""


@lru_cache(maxsize=1000)
def read_timezone(cell: str) -> str:
    """An IANA name that is known here, or nothing."""
    return cell.strip() if cell.strip() in _timezones() else ""


@lru_cache(maxsize=1)
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def read_hour(cell: str) -> int | None:
    """An hour of the day, 0 to 23, or None."""
    text = cell.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 2 and int(text) < 24 else None


def read_topics(cell: str) -> str:
    """Keys with commas between, sorted, or nothing."""
    text = cell.strip()
    return ",".join(sorted(set(text.split(",")))) if TOPICS.fullmatch(text) else ""


def read_page(cell: str) -> str:
    """The address of a page, or nothing."""
    text = cell.strip()
    if len(text) > LONGEST_PAGE or not text.startswith(("http://", "https://")) or not text.isprintable():
        return ""
    try:
        return text if urlsplit(text).hostname else ""
    except ValueError:
        return ""


def clean_value(text: str) -> str:
    """One line without control or invisible characters, at most 500 characters long."""
    return clean_name(text, LONGEST_VALUE)


@lru_cache(maxsize=1000)
def field_key(text: str) -> str:
    """A field's name as a key: lower case, digits and hyphens, beginning with a letter; empty when nothing is left.

    >>> field_key("Favourite Team (2024)"), field_key("1st choice")
    ('favourite-team-2024', 'x-1st-choice')
    """
    key = re.sub(r"[^a-z0-9]+", "-", text.strip().lower()).strip("-")
    if key and not key[0].isalpha():
        key = f"x-{key}"
    return key[:LONGEST_KEY].rstrip("-")


def clean_fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The publisher's own fields, with clean keys and values: at most fifty, none empty."""
    fields: dict[str, str] = {}
    for name, text in pairs:
        key, value = field_key(name[:200]), clean_value(text)
        if key and value and len(fields) < FIELDS:
            fields.setdefault(key, value)
    return fields


def read_object(cell: str) -> list[tuple[str, str]]:
    """The members of a JSON object, each value as text; nothing for an empty cell. Raises ValueError."""
    if not cell.strip():
        return []
    try:
        read = json.loads(cell)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if read is None:
        return []
    if not isinstance(read, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004
    return [(name, _as_text(value)) for name, value in read.items() if value is not None]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
