"""How long the rest of an issue takes: as long as the slowest of its bounds, which are speed, hours and days."""

import math
from datetime import date, timedelta

from digest.deliver.quotas import Spent
from digest.sending import Limits, allowed_per_day

FOREVER = timedelta(days=3650)


def estimate(waiting: int, per_second_seen: float, limits: Limits, spent: Spent, today: date) -> timedelta | None:
    """The time until ``waiting`` messages have left through one mail server; None while nothing tells.

    ``per_second_seen`` is how many have left in a second of late (0: not known), ``spent`` what the quotas have given
    already. What goes beyond a quota is taken to wait for a whole hour or day more: rather too long than too short.
    """
    if waiting <= 0:
        return timedelta()
    speeds = [speed for speed in (per_second_seen, limits.per_second) if speed > 0]
    bounds = [timedelta(seconds=min(waiting / min(speeds), FOREVER.total_seconds()))] if speeds else []
    if limits.per_hour:
        bounds.append(timedelta(hours=_windows(waiting - _left(limits.per_hour, spent.hour), limits.per_hour)))
    if allowed_per_day(limits, today) is not None:
        bounds.append(timedelta(days=_days(waiting, limits, spent, today)))
    longest = max(bounds, default=timedelta())
    return min(longest, FOREVER) or None


def _left(most: int, used: int) -> int:
    return max(0, most - used)


def _windows(beyond: int, most: int) -> int:
    return max(0, math.ceil(beyond / most))


def _days(waiting: int, limits: Limits, spent: Spent, today: date) -> int:
    """Days until the last message may leave; each day of a warm-up allows more."""
    allowed = allowed_per_day(limits, today)
    waiting -= _left(allowed, spent.day) if allowed is not None else waiting
    for days in range(FOREVER.days):
        if waiting <= 0:
            return days
        allowed = allowed_per_day(limits, today + timedelta(days=days + 1))
        waiting -= allowed if allowed is not None else waiting
    return FOREVER.days
