"""What the form of the reader's own page says, held against what can be chosen: nothing else is believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel

from subscribers.preferences import LONGEST_PAUSE, Choices, midnight, wanted_topics
from subscribers.publication import Publication
from subscribers.zones import is_zone

PAUSES = {"week": timedelta(days=7), "month": timedelta(days=30)}


class Choice(BaseModel):
    """The form. What it does not hold stays as it is.

    ``had`` are the newsletters that were ticked when the page was made, ``divided`` those whose topics it showed: a
    page that lay open for long ends nothing that it did not show. A ``topic`` is ``newsletter.topic``.
    """

    newsletter: list[str] = []
    had: list[str] = []
    topic: list[str] = []
    divided: list[str] = []
    language: str = ""
    timezone: str = ""
    hour: str = ""
    pause: str = ""
    until: str = ""


class BadDay(ValueError):
    """A pause cannot end on that day."""


def chosen(form: Choice, choices: Choices, publication: Publication, now: datetime) -> Choices:
    """The choices as the form would have them, newsletters and topics aside. Raises BadDay."""
    changed = replace(
        choices,
        language=form.language,
        timezone=_timezone(form.timezone, choices.timezone),
        hour=_hour(form.hour, choices.hour),
    )
    return replace(changed, paused_until=_paused_until(form, choices, zone_of(changed, publication), now))


def chosen_topics(form: Choice, choices: Choices, publications: Sequence[Publication]) -> dict[str, tuple[str, ...]]:
    """The topics wanted of each newsletter that comes, by its key; those of one that the page did not show stay."""
    wanted = dict(choices.topics)
    for publication in publications:
        if publication.key in form.divided:
            ticked = [topic for topic in publication.topics if f"{publication.key}.{topic}" in form.topic]
            wanted[publication.key] = wanted_topics(publication.topics, ticked)
    return wanted


def zone_of(choices: Choices, publication: Publication) -> ZoneInfo:
    """The zone that the reader's hours and days are told in."""
    try:
        return ZoneInfo(choices.timezone) if choices.timezone else publication.zone
    except (ZoneInfoNotFoundError, ValueError):  # imported from elsewhere, perhaps
        return publication.zone


def _paused_until(form: Choice, choices: Choices, zone: ZoneInfo, now: datetime) -> datetime | None:
    today = now.astimezone(zone).date()
    if form.pause == "none":
        return None
    if form.pause in PAUSES:
        return midnight(today + PAUSES[form.pause], zone)
    if form.pause != "date":
        return choices.paused_until
    try:
        day = date.fromisoformat(form.until)
    except ValueError:
        raise BadDay from None
    if not today < day <= today + LONGEST_PAUSE:
        raise BadDay
    return midnight(day, zone)


def _timezone(asked: str, until_now: str) -> str:
    if asked == "own":
        return ""
    return asked if is_zone(asked) else until_now


def _hour(asked: str, until_now: int | None) -> int | None:
    if asked == "ready":
        return None
    return int(asked) if asked in map(str, range(24)) else until_now
