"""How far the sending of an issue is, in words: for logs."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from digest.deliver import Balance

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Narrator:
    """Is told each new balance, and logs now and then how far it is.

    ``every`` is the least time between two lines; ``clock`` gives seconds. The speed told is that since the last line.
    """

    def __init__(self, name: str, every: timedelta, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._every, self._clock = name, every.total_seconds(), clock
        self._since: tuple[float, int] | None = None

    @property
    def has_heard(self) -> bool:
        """Whether anything was sent."""
        return self._since is not None

    def __call__(self, balance: Balance) -> None:
        """Hear of a balance; log it when the last line is long enough ago."""
        now = self._clock()
        if self._since is None:
            logger.info("%s goes on: %s", self._name, so_far(balance))
            self._since = now, balance.settled
            return
        began, settled = self._since
        if now - began >= self._every:
            logger.info("%s: %s", self._name, how_far(balance, (balance.settled - settled) / (now - began)))
            self._since = now, balance.settled


def how_far(balance: Balance, speed: float) -> str:
    """The balance in words, at ``speed`` messages a second: "12,000 of 50,000 done, 310 a second, 2 minutes left"."""
    done = so_far(balance)
    if speed <= 0:
        return f"{done}, nothing moves"
    rate = f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}"
    return f"{done}, {rate} a second, {in_words(to_go(balance) / speed)} left"


def so_far(balance: Balance) -> str:
    """The balance in words: "12,000 of 50,000 done"."""
    return f"{balance.settled:,} of {balance.audience:,} done"


def to_go(balance: Balance) -> int:
    """How many deliveries can be made now: neither those for a later hour nor those for another try."""
    return max(balance.queued - balance.for_later, 0) + balance.sending


def in_words(seconds: float) -> str:
    """About how long that is: "40 seconds", "2 minutes", "5 hours", "3 days"."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= 1.5 * unit:
            return f"{seconds / unit:.0f} {name}s"
    number = max(round(seconds), 1)
    return "1 second" if number == 1 else f"{number} seconds"
