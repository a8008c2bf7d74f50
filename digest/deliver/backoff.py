"""How long to wait before the next try: exponential, with jitter.

Half of the pause is fixed and half is jitter, so that tries spread evenly and none comes at once (Marc
Brooker, "Exponential Backoff And Jitter", 2015: "equal jitter").
"""

from datetime import timedelta
from random import Random

FIRST = timedelta(minutes=2)
LONGEST = timedelta(hours=1)


def pause(attempts: int, dice: Random, first: timedelta = FIRST, longest: timedelta = LONGEST) -> timedelta:
    """The pause after the ``attempts``-th failed try (from 1): between half and all of the doubled first one."""
    doublings = min(attempts - 1, 30)
    return min(longest, first * (1 << doublings)) * dice.uniform(0.5, 1.0)
