"""How fast issues leave: how many connections, how many messages in which time, and how a new sender warms up."""

import math
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from digest.kinds import Table

SLOWEST = 0.001
WARM = 1_000_000


def _seldom(per_second: float) -> float:
    if 0 < per_second < SLOWEST:
        raise ValueError(f"less than {SLOWEST}: use per_hour or per_day")
    return per_second


class Limits(Table):
    """The table ``[sending]``, and what an address of a mail server says after ``?`` in place of it.

    They hold for each mail server. ``connections`` are open at a time in one process, with ``per_domain`` messages
    under way to readers of one mail domain; after ``messages_per_connection`` a new one is made. ``per_second``,
    ``per_hour`` and ``per_day`` messages leave from all processes together; the last two in any hour and any 24 hours.
    On the day ``warm_up_from`` there leave ``warm_up_first`` messages, on each later day ``warm_up_growth`` times those
    of the day before. 0 is no limit.
    """

    connections: int = Field(default=10, ge=1, le=200)
    messages_per_connection: int = Field(default=500, ge=0)
    per_domain: int = Field(default=0, ge=0)
    per_second: Annotated[float, AfterValidator(_seldom)] = Field(default=0, ge=0, le=100_000)
    per_hour: int = Field(default=0, ge=0, le=1_000_000_000)
    per_day: int = Field(default=0, ge=0, le=1_000_000_000)
    warm_up_from: date | None = None
    warm_up_first: int = Field(default=500, ge=1, le=WARM)
    warm_up_growth: float = Field(default=1.5, gt=1, le=10)


def allowed_per_day(limits: Limits, today: date) -> int | None:
    """How many messages may leave in any 24 hours that end ``today`` (in UTC); None when there is no limit.

    The warm-up is over when it allows ``per_day``, or a million where ``per_day`` is no limit. Before it begins as
    many may leave as on its first day.
    """
    if limits.warm_up_from is None:
        return limits.per_day or None
    days = max(0, (today - limits.warm_up_from).days)
    # By logarithms: after some years the power itself would be no number any more.
    if days * math.log(limits.warm_up_growth) >= math.log((limits.per_day or WARM) / limits.warm_up_first):
        return limits.per_day or None
    return int(limits.warm_up_first * limits.warm_up_growth**days)
