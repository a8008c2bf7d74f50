"""How often a newsletter comes, as a reader would say it."""

from digest.cron import DAYS, cron_trigger
from subscribers.languages import N_

MORNING, EVENING = range(4, 12), range(17, 24)
WEEK = frozenset(DAYS)
WEEKDAYS = WEEK - {"sat", "sun"}


def rhythm_of(schedule: str) -> str:
    """The rhythm of a cron expression: a sentence that the catalogues know, or nothing where none says it well.

    >>> rhythm_of("0 7 * * *"), rhythm_of("30 6 * * 1-5"), rhythm_of("0 8 * * sat"), rhythm_of("0 9 1 * *")
    ('Every morning', 'Every weekday morning', 'Once a week', 'Once a month')
    """
    minute, hour, day, month, _ = schedule.split()
    if not (minute.isdigit() and hour.isdigit() and month == "*"):
        return ""
    days = _days(schedule)
    if day != "*":
        return N_("Once a month") if day.isdigit() and days == WEEK else ""
    return _of_days(days, int(hour))


def _of_days(days: frozenset[str], hour: int) -> str:
    if days == WEEK:
        return N_("Every morning") if hour in MORNING else N_("Every evening") if hour in EVENING else N_("Every day")
    if days == WEEKDAYS:
        return N_("Every weekday morning") if hour in MORNING else N_("Every weekday")
    return N_("Once a week") if len(days) == 1 else N_("Several times a week")


def _days(schedule: str) -> frozenset[str]:
    """The days of the week that the expression's last field names."""
    [named] = [str(field) for field in cron_trigger(schedule, "UTC").fields if field.name == "day_of_week"]
    return WEEK if named == "*" else frozenset(named.split(","))
