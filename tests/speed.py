"""Seconds on the machine that the tests happen to run on: a limit that is kept on one may not be on half of it."""

import time
from functools import cache

USUAL = 0.01  # of the processor for the sum below, on a machine that has two for itself


@cache
def slowness() -> float:
    """How many times longer things take here than is usual; at least 1."""
    return max(1.0, max(_sum() for _ in range(5)) / USUAL)


def _sum() -> float:
    began = time.process_time()
    sum(number * number for number in range(300_000))
    return time.process_time() - began


def seconds(usual: float) -> float:
    """As long as ``usual`` seconds are here."""
    return usual * slowness()
