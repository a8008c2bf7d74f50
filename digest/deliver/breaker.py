"""A circuit breaker for one mail server (Michael Nygard, "Release It!", 2007, "Circuit Breaker").

Closed, all may try. After some failures in a row it opens and nobody tries; after a pause one may: if that
succeeds it closes, if not it stays open for longer. It has no clock: moments are monotonic seconds, and told.
"""

from datetime import timedelta
from random import Random

from digest.deliver.backoff import pause

FAILURES = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=5)


class Breaker:
    """Counts failures of the connection, not refusals of a message: a server that refuses one is there."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._failures = 0
        self._openings = 0
        self._until = 0.0
        self._trying = False

    @property
    def is_open(self) -> bool:
        """From the failure that opened it to the next success."""
        return self._openings > 0

    def wait(self, now: float) -> float:
        """Seconds to wait; 0 when whoever asks is to try now, and then to tell what came of it.

        While it is open one gets the 0. The others wait for what is told of that try, a pause at most.
        """
        if not self.is_open:
            return 0
        if now < self._until:
            return self._until - now
        self._trying = True
        self._until = now + self._pause()
        return 0

    def failed(self, now: float) -> None:
        """A connection could not be made, or broke."""
        self._failures += 1
        # While it is open only the one try counts: the others' connections were made before, and fail late.
        if self._trying or (not self.is_open and self._failures >= FAILURES):
            self._open(now)

    def succeeded(self) -> None:
        """The server answered a message, whatever it said."""
        self._failures = self._openings = 0
        self._trying = False

    def _open(self, now: float) -> None:
        self._openings += 1
        self._trying = False
        self._until = now + self._pause()

    def _pause(self) -> float:
        return pause(self._openings, self._random, FIRST_PAUSE, LONGEST_PAUSE).total_seconds()
