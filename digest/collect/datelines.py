"""Dates as people let their programs write them: in the standard's form, in any language, in numbers alone."""

import re
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from digest.collect.dates import instant

LONGEST = 60  # characters
PATIENCE = 5  # dates of one feed that could not be read; reading them is slow, and the next will be no better
ISO = re.compile(r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d)?(?:[.,]\d+)?\s?(?:Z|[+-]\d\d:?\d\d)?)?", re.IGNORECASE)
# RFC 5322 §3.3 with the zones of its §4.3; the day's name may be in any language.
STANDARD = re.compile(
    r"(?:\w+\.?,?\s+)?\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d{1,2}:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)",
    re.IGNORECASE,
)
SECONDS, MILLISECONDS, PACKED = re.compile(r"\d{9,10}"), re.compile(r"\d{12,13}"), re.compile(r"\d{14}")
# How programs write that there is no date: the year 0, or 1.
NEVER = re.compile(r"\s*-?000[01]-|.{0,12}\b[a-z]{3}\s+0001\b", re.IGNORECASE)
COMMON = "en es fr de pt it nl pl ru uk cs sv da nb fi tr el ro hu ja ko zh ar he".split()
MONTH_FIRST = frozenset({"en", "en-US", "es-US", "en-PH"})


class Datelines:
    """Reads the dates of one feed, whose ``language`` (a tag, or empty) says in which order the day and month stand."""

    def __init__(self, language: str = "") -> None:
        self._language = language
        self._patience = PATIENCE

    def read(self, written: object) -> datetime | None:
        """The instant in UTC; None for what is no date. A time without zone is taken for UTC."""
        text = " ".join(str(written or "").split())
        if not text or len(text) > LONGEST or is_never(text):
            return None
        is_standard = ISO.fullmatch(text) or STANDARD.fullmatch(text)
        return (instant(text) if is_standard else _in_numbers(text)) or self._in_words(text)

    def _in_words(self, text: str) -> datetime | None:
        if not self._patience or not re.search(r"\d", text):
            return None
        found = instant(self._parser.get_date_data(text).date_obj)
        self._patience -= found is None
        return found

    @cached_property
    def _parser(self) -> Any:
        from dateparser.date import DateDataParser  # noqa: PLC0415  # slow to load, and seldom needed

        own = self._language.partition("-")[0].lower()
        settings = {
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": True,
            "PARSERS": ["absolute-time"],  # "yesterday" is no date
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "MDY" if self._language in MONTH_FIRST else "DMY",
        }
        languages = list(dict.fromkeys([own if own in COMMON else "en", *COMMON]))
        return DateDataParser(languages=languages, use_given_order=True, try_previous_locales=True, settings=settings)


def is_never(written: object) -> bool:
    """True for what a program writes that knows no date."""
    return bool(NEVER.match(str(written or "")[:LONGEST]))


def _in_numbers(text: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or year to second without anything between."""
    if SECONDS.fullmatch(text):
        return instant(datetime.fromtimestamp(int(text), UTC))
    if MILLISECONDS.fullmatch(text):
        return instant(datetime.fromtimestamp(int(text) / 1000, UTC))
    return instant(f"{text[:8]}T{text[8:]}") if PACKED.fullmatch(text) else None
