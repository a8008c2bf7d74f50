"""How long the rest of an issue takes."""

from datetime import date, timedelta

import pytest

from digest.deliver.estimate import FOREVER, estimate
from digest.deliver.quotas import Spent
from digest.sending import Limits

TODAY = date(2026, 12, 1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WARMING = Limits(warm_up_from=TODAY, warm_up_first=1000, warm_up_growth=2)


@pytest.mark.parametrize(
    ("waiting", "seen", "limits", "spent", "left"),
    [
        (0, 0.0, Limits(), Spent(), timedelta()),
        (600, 10.0, Limits(), Spent(), timedelta(minutes=1)),
        (600, 10.0, Limits(per_second=5), Spent(), timedelta(minutes=2)),
        (600, 0.0, Limits(per_second=5), Spent(), timedelta(minutes=2)),
        (600, 10.0, Limits(per_hour=600), Spent(), timedelta(minutes=1)),
        (600, 10.0, Limits(per_hour=600), Spent(hour=1), HOUR),
        (1800, 10.0, Limits(per_hour=600), Spent(), 2 * HOUR),
        (1800, 10.0, Limits(per_day=600), Spent(), 2 * DAY),
        (1800, 10.0, Limits(per_hour=600, per_day=2400), Spent(hour=300, day=300), 3 * HOUR),
        (1000, 10.0, WARMING, Spent(), timedelta(seconds=100)),
        (7000, 10.0, WARMING, Spent(), 2 * DAY),
        (7000, 10.0, WARMING, Spent(day=1), 3 * DAY),
        (10**9, 1000.0, WARMING, Spent(), timedelta(seconds=10**6)),
        (10**9, 1e-9, Limits(per_day=1), Spent(), FOREVER),
    ],
)
def test_the_slowest_bound_says_how_long_it_takes(
    waiting: int, seen: float, limits: Limits, spent: Spent, left: timedelta
) -> None:
    assert estimate(waiting, seen, limits, spent, TODAY) == left


def test_nothing_is_said_while_nothing_is_known() -> None:
    assert estimate(600, 0, Limits(), Spent(), TODAY) is None
    assert estimate(600, 0, Limits(per_hour=1000), Spent(), TODAY) is None
