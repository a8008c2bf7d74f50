"""How many sign-ups come, from where, and when each has to be paid for.

Counted in memory, by each process for itself: what is kept here is worth nothing after an hour.
"""

import logging
import math
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from subscribers.consent import network_of
from subscribers.rules import Rules

log = logging.getLogger(__name__)

MINUTES = 10  # of sign-ups, make the pressure
UNSIGNED_SHARE = 6  # forms that cannot show when they were drawn make pressure so many times sooner
PATIENT_PER_HOUR = 30
PATIENT_PER_NETWORK = 3
UNBOUNDED = RateLimitItemPerMinute(10_000_000, MINUTES)  # only counted
ALL = "all"


class Drawn(StrEnum):
    """What is known of when the form was drawn that is sent."""

    UNKNOWN = "unknown"  # a plain form of the publisher's own
    JUST_NOW = "just now"  # faster than anybody types
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a sign-up may go on: at once, with a ``proof`` of work, or not before ``seconds`` have passed."""

    proof: bool = False
    seconds: int = 0


@dataclass(slots=True)
class Gate:
    """Counts sign-ups. Safe to share between threads."""

    rules: Rules
    _limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pressed: bool = False

    def admit(self, host: str, drawn: Drawn) -> Admission:
        """Count a sign-up that comes from the IP address ``host``."""
        overall, one_network = RateLimitItemPerHour(self.rules.overall), RateLimitItemPerHour(self.rules.per_network)
        network = network_of(host)
        # Looked at before it is counted: what is refused anyway is not kept.
        if not self._limiter.test(overall, ALL):
            return Admission(seconds=self._wait(overall, ALL))
        if not self._limiter.hit(one_network, network):
            return Admission(seconds=self._wait(one_network, network))
        self._limiter.hit(overall, ALL)
        return Admission(proof=self._is_under_pressure(drawn))

    def admit_patient(self, host: str) -> bool:
        """Count a sign-up that waited in place of working, because its browser runs no scripts."""
        one_network = RateLimitItemPerHour(PATIENT_PER_NETWORK, namespace="patient")
        overall = RateLimitItemPerHour(PATIENT_PER_HOUR, namespace="patient")
        return self._limiter.hit(one_network, network_of(host)) and self._limiter.hit(overall, ALL)

    @property
    def is_under_pressure(self) -> bool:
        """Whether so many sign-ups come that each has to be paid for."""
        return self._count("signed") + self._count("unsigned") >= self.rules.pressure

    def _is_under_pressure(self, drawn: Drawn) -> bool:
        with self._lock:  # or two would see the pressure begin
            pressed = self.is_under_pressure
            if pressed and not self._pressed:
                log.warning(
                    "over %d sign-ups in %d minutes: each needs a proof of work now", self.rules.pressure, MINUTES
                )
            elif self._pressed and not pressed:
                log.warning("sign-ups come at their usual pace again: no proof of work is needed any more")
            self._pressed = pressed
            self._limiter.hit(UNBOUNDED, "signed" if drawn is Drawn.BEFORE else "unsigned")
        if drawn is Drawn.UNKNOWN:
            return pressed or self._count("unsigned") > math.ceil(self.rules.pressure / UNSIGNED_SHARE)
        return pressed or drawn is Drawn.JUST_NOW

    def _count(self, name: str) -> int:
        return UNBOUNDED.amount - self._limiter.get_window_stats(UNBOUNDED, name).remaining

    def _wait(self, limit: RateLimitItemPerHour, name: str) -> int:
        return max(1, math.ceil(self._limiter.get_window_stats(limit, name).reset_time - time.time()))
