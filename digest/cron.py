"""Cron expressions as cron means them (crontab(5)): five fields, and Sunday is day 0 or 7 of the week.

APScheduler counts the week's days from Monday = 0 and knows no range across its end, so the last
field is spelled out by name before APScheduler reads it.
"""

import re
from datetime import tzinfo

from apscheduler.triggers.cron import CronTrigger

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
PART = re.compile(r"(?:(?P<all>\*)|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>[1-7]))?")


def cron_trigger(expression: str, zone: tzinfo | str) -> CronTrigger:
    """The trigger for a five-field cron expression in that time zone. Raises ValueError if it is none."""
    fields = expression.split()
    if len(fields) != 5:
        raise ValueError(f"a cron expression has 5 fields, this one {len(fields)}")
    minute, hour, day, month, weekday = fields
    return CronTrigger(
        minute=minute, hour=hour, day=day, month=month, day_of_week=_named(weekday.lower()), timezone=zone
    )


def _named(field: str) -> str:
    return "*" if field == "*" else ",".join(name for part in field.split(",") for name in _names(part))


def _names(part: str) -> list[str]:
    match = PART.fullmatch(part)
    if match is None:
        raise ValueError(f'"{part}" is no day of the week')
    first = 0 if match["all"] else _number(match["first"])
    last = 6 if match["all"] else _number(match["last"] or match["first"])
    last += 7 if last < first else 0
    return [DAYS[day % 7] for day in range(first, last + 1, int(match["step"] or 1))]


def _number(day: str) -> int:
    if day in DAYS:
        return DAYS.index(day)
    if day in "01234567" and len(day) == 1:
        return int(day)
    raise ValueError(f'"{day}" is no day of the week')
