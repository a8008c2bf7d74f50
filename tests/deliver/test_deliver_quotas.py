"""Permits to send: given by the database, to all who ask at once, and never one too many."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Engine, event, func, select

from digest.deliver.quotas import Grant, Spent, give_back, reserve, spent
from digest.sending import WARM, Limits, allowed_per_day
from digest.store.engine import open_database
from digest.store.models import PermitRow

NOW = datetime(2026, 11, 25, 7, 30, 15, tzinfo=UTC)
HOURLY = Limits(per_hour=100)
# From the start of its minute, an hour, and the minute in which a permit may be used.
HOUR_LATER = NOW.replace(second=0) + timedelta(minutes=62)


def ask(engine: Engine, limits: Limits, count: int, now: datetime = NOW, transport: str = "a") -> Grant:
    with engine.begin() as connection:
        return reserve(connection, transport, limits, count, now)


def bring_back(engine: Engine, limits: Limits, count: int, now: datetime = NOW, grant: Grant | None = None) -> None:
    with engine.begin() as connection:
        give_back(connection, "a", limits, count, now, grant)


def counted(engine: Engine, now: datetime = NOW) -> Spent:
    with engine.connect() as connection:
        return spent(connection, "a", now)


def test_without_limits_the_database_is_not_asked(sqlite_engine: Engine) -> None:
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *heard: asked.append(heard[2]))
    warmed_up = Limits(warm_up_from=date(2020, 1, 1))
    for limits in (Limits(), warmed_up):
        assert ask(sqlite_engine, limits, 1000) == Grant(1000, 0, 0, 0)
        bring_back(sqlite_engine, limits, 10)
    assert asked == []


def test_an_hour_has_so_many_and_then_says_when_to_ask_again(engine: Engine) -> None:
    assert [ask(engine, HOURLY, 70).count for _ in range(2)] == [70, 30]
    refused = ask(engine, HOURLY, 70)
    assert (refused.count, refused.wait) == (0, (HOUR_LATER - NOW).total_seconds())
    assert ask(engine, HOURLY, 70, HOUR_LATER - timedelta(microseconds=1)).count == 0
    assert ask(engine, HOURLY, 70, HOUR_LATER).count == 70


def test_a_day_has_so_many_whatever_its_hours_would_allow(engine: Engine) -> None:
    limits = Limits(per_hour=100, per_day=150)
    assert ask(engine, limits, 100).count == 100
    later = NOW + timedelta(hours=2)
    assert ask(engine, limits, 100, later).count == 50
    refused = ask(engine, limits, 100, later)
    assert refused.count == 0
    assert later + timedelta(seconds=refused.wait) == NOW.replace(second=0) + timedelta(hours=24, minutes=2)


def test_each_mail_server_has_its_own(engine: Engine) -> None:
    assert ask(engine, HOURLY, 100, transport="a").count == 100
    assert ask(engine, HOURLY, 100, transport="b").count == 100


def test_what_is_given_back_can_be_had_again(engine: Engine) -> None:
    ask(engine, HOURLY, 60)
    ask(engine, HOURLY, 40, NOW + timedelta(minutes=1))
    bring_back(engine, HOURLY, 70, NOW + timedelta(minutes=2))
    assert counted(engine) == Spent(hour=30, day=30)
    assert ask(engine, HOURLY, 100, NOW + timedelta(minutes=2)).count == 70


def test_what_is_given_back_never_makes_a_message_look_older_than_it_is(engine: Engine) -> None:
    ask(engine, HOURLY, 50)  # not used
    ask(engine, HOURLY, 50, NOW + timedelta(minutes=10))  # used
    bring_back(engine, HOURLY, 50, NOW + timedelta(minutes=10))
    assert ask(engine, HOURLY, 100, NOW + timedelta(minutes=10)).count == 50
    assert ask(engine, HOURLY, 100, HOUR_LATER).count == 0


def test_permits_that_are_not_committed_were_never_given(engine: Engine) -> None:
    with engine.connect() as connection:
        assert reserve(connection, "a", HOURLY, 100, NOW).count == 100
        connection.rollback()
    assert ask(engine, HOURLY, 100).count == 100


def test_what_is_older_than_a_day_is_swept_out(engine: Engine) -> None:
    for minute in range(5):
        ask(engine, HOURLY, 1, NOW + timedelta(minutes=minute))
    ask(engine, HOURLY, 1, NOW + timedelta(days=2))
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(PermitRow)) == 1


def test_a_clock_that_is_set_back_forgets_nothing_and_waits_no_longer_than_an_hour(engine: Engine) -> None:
    ask(engine, HOURLY, 90)
    back = NOW - timedelta(days=400)
    assert ask(engine, HOURLY, 100, back).count == 10
    assert ask(engine, HOURLY, 100, back + timedelta(minutes=62)).count == 100


def test_more_may_leave_from_midnight_on_while_a_server_is_warmed_up(engine: Engine) -> None:
    limits = Limits(warm_up_from=NOW.date(), warm_up_first=10, warm_up_growth=2)
    assert ask(engine, limits, 100).count == 10
    midnight = NOW + timedelta(seconds=ask(engine, limits, 100).wait)
    assert midnight == datetime(2026, 11, 26, tzinfo=UTC)
    assert ask(engine, limits, 100, midnight).count == 10


def test_messages_a_second_are_booked_one_behind_the_other(engine: Engine) -> None:
    limits = Limits(per_second=50)
    first, second = ask(engine, limits, 30), ask(engine, limits, 30)
    assert (first.count, first.start, first.interval) == (30, 0, 0.02)
    assert (second.count, second.start) == (20, 0.6)
    refused = ask(engine, limits, 30)
    assert (refused.count, refused.wait) == (0, 0.5)
    assert ask(engine, limits, 30, NOW + timedelta(seconds=0.5)).count == 25


def test_less_than_one_a_second_is_one_after_each_pause(engine: Engine) -> None:
    limits = Limits(per_second=0.1)
    assert ask(engine, limits, 30).count == 1
    refused = ask(engine, limits, 30)
    assert (refused.count, refused.wait) == (0, 9.5)
    later = ask(engine, limits, 30, NOW + timedelta(seconds=9.5))
    assert (later.count, later.start) == (1, 0.5)


def test_time_that_is_not_used_is_free_again_unless_somebody_booked_behind_it(engine: Engine) -> None:
    limits = Limits(per_second=50)
    first = ask(engine, limits, 30)
    bring_back(engine, limits, 20, grant=first)
    second = ask(engine, limits, 10)
    assert second.start == 0.2
    bring_back(engine, limits, 10, grant=first)
    assert ask(engine, limits, 10).start == 0.4


def test_a_booking_further_ahead_than_any_can_be_is_void(engine: Engine) -> None:
    limits = Limits(per_second=50)
    ask(engine, limits, 50, NOW + timedelta(hours=1))
    assert ask(engine, limits, 50).start == 0


def test_a_quota_limits_what_is_booked(engine: Engine) -> None:
    limits = Limits(per_second=50, per_hour=20)
    assert ask(engine, limits, 100).count == 20
    assert ask(engine, limits, 100, NOW + timedelta(seconds=5)).wait > 60


def greedy(url: str) -> list[float]:
    """When one may send that asks for seven at a time, and gives some back, until there are no more."""
    engine = open_database(url)
    limits = Limits(per_hour=200, per_day=10_000, per_second=1000)
    moments: list[float] = []
    while (grant := ask(engine, limits, 7)).count:
        unused = grant.count // 3
        bring_back(engine, limits, unused, grant=grant)
        moments += (grant.start + number * grant.interval for number in range(grant.count - unused))
    engine.dispose()
    return moments


def spawned(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("many", [ThreadPoolExecutor, pytest.param(spawned, marks=pytest.mark.thorough)])
def test_those_who_ask_at_once_get_all_that_there_is_and_no_moment_twice(
    database_url: str, many: Callable[[int], Executor]
) -> None:
    with many(3) as pool:
        moments = sorted(moment for each in pool.map(greedy, [database_url] * 3) for moment in each)
    assert len(moments) == 200
    assert all(later - earlier > 0.0009 for earlier, later in pairwise(moments))


def test_a_warm_up_grows_by_the_day_until_the_daily_limit() -> None:
    limits = Limits(per_day=2000, warm_up_from=date(2026, 12, 1), warm_up_first=500, warm_up_growth=1.5)
    allowed = [allowed_per_day(limits, date(2026, 12, day)) for day in range(1, 7)]
    assert allowed == [500, 750, 1125, 1687, 2000, 2000]
    assert allowed_per_day(limits, date(2026, 11, 1)) == 500
    assert allowed_per_day(limits, date(2400, 1, 1)) == 2000


def test_a_warm_up_without_a_daily_limit_ends_at_a_million() -> None:
    limits = Limits(warm_up_from=date(2026, 12, 1), warm_up_first=WARM // 2, warm_up_growth=1.9)
    assert [allowed_per_day(limits, date(2026, 12, day)) for day in (1, 2, 3)] == [500_000, 950_000, None]
    assert allowed_per_day(Limits(), date(2026, 12, 1)) is None
    assert allowed_per_day(Limits(per_day=7), date(2026, 12, 1)) == 7
