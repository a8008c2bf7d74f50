"""Slots: the moments that issues are for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.newsletters import Newsletter
from digest.schedule import latest_slot, next_slot


def daily(schedule: str = "0 7 * * *", timezone: str = "Europe/Lisbon") -> Newsletter:
    return Newsletter(key="daily", title="Daily", schedule=schedule, timezone=timezone, sender="d@example.com")


def test_a_slot_is_meant_in_the_newsletters_own_time_zone() -> None:
    slot = next_slot(daily(timezone="America/New_York"), datetime(2026, 7, 1, 6, tzinfo=UTC))
    assert slot == datetime(2026, 7, 1, 11, tzinfo=UTC)


def test_the_moment_of_the_slot_belongs_to_it() -> None:
    seven = datetime(2026, 1, 5, 7, tzinfo=UTC)
    assert latest_slot(daily(), seven) == seven
    assert latest_slot(daily(), seven - timedelta(microseconds=1)) == seven - timedelta(days=1)


def test_summer_time_keeps_one_slot_a_day() -> None:
    slots = [latest_slot(daily(), datetime(2026, 3, day, 12, tzinfo=UTC)) for day in (28, 29, 30)]
    assert [slot.hour for slot in slots if slot] == [7, 6, 6]


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("1", "Mon"),
        ("0", "Sun"),
        ("7", "Sun"),
        ("1-5", "Mon Tue Wed Thu Fri"),
        ("0-2", "Mon Tue Sun"),
        ("5-7", "Fri Sat Sun"),
        ("0-7", "Mon Tue Wed Thu Fri Sat Sun"),
        ("SUN-TUE", "Mon Tue Sun"),
        ("*/2", "Tue Thu Sat Sun"),
        ("1,3", "Mon Wed"),
    ],
)
def test_days_of_the_week_are_those_of_cron(field: str, days: str) -> None:
    moment, slots = datetime(2026, 11, 22, 12, tzinfo=UTC), []
    while (moment := next_slot(daily(f"0 7 * * {field}"), moment)) and moment.day < 30 and moment.month == 11:
        slots.append(moment.strftime("%a"))
    assert " ".join(slots) == days


@pytest.mark.parametrize("expression", ["7am", "0 7 * *", "0 25 * * *", "0 7 * * 8", "0 7 * * mon-", "0 7 * * */0"])
def test_what_is_no_cron_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="is not a cron expression"):
        daily(expression)


@pytest.mark.parametrize("schedule", ["* * * * *", "0 7 * * *", "0 7 1 * *", "0 7 1 1 *"])
def test_the_last_slot_is_found_however_rare(schedule: str) -> None:
    assert latest_slot(daily(schedule), datetime(2026, 11, 23, 12, tzinfo=UTC)) is not None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_nothing_lies_between_the_last_slot_and_the_next(now: datetime) -> None:
    last, following = latest_slot(daily(), now), next_slot(daily(), now)
    assert last is not None
    assert following is not None
    assert last <= now < following
    assert next_slot(daily(), last) == following
