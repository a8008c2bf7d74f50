"""How fast issues leave: how many connections, how many messages in which time, and how a new sender warms up."""

from datetime import date

from pydantic import Field

from digest.kinds import Table


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
    per_second: float = Field(default=0, ge=0)
    per_hour: int = Field(default=0, ge=0)
    per_day: int = Field(default=0, ge=0)
    warm_up_from: date | None = None
    warm_up_first: int = Field(default=500, ge=1)
    warm_up_growth: float = Field(default=1.5, gt=1, le=10)
