"""How far a sending is, in words."""

import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver import Balance
from digest.progress import Narrator, how_far, in_words, to_go


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (1.4, "1 second"),
        (40, "40 seconds"),
        (89, "89 seconds"),
        (120, "2 minutes"),
        (5000, "83 minutes"),
        (3 * 3600, "3 hours"),
        (3 * 86400, "3 days"),
    ],
)
def test_a_while_is_told_in_the_unit_that_a_person_would_use(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@given(st.floats(1, 1e7))
def test_what_is_told_is_never_further_off_than_a_third(seconds: float) -> None:
    number, unit = in_words(seconds).split()
    size = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}[unit.removesuffix("s")]
    assert abs(int(number) * size - seconds) <= seconds / 3 + 0.5


def test_it_is_told_how_many_are_done_how_fast_and_for_how_long_yet() -> None:
    balance = Balance(audience=50_000, sent=11_990, failed=10, queued=38_000)
    assert how_far(balance, 310) == "12,000 of 50,000 done, 310 a second, 2 minutes left"
    assert how_far(balance, 0.5) == "12,000 of 50,000 done, 0.5 a second, 21 hours left"
    assert how_far(balance, 0) == "12,000 of 50,000 done, nothing moves"


def test_what_waits_for_its_hour_or_another_try_is_not_part_of_the_time_left() -> None:
    assert to_go(Balance(audience=100, sent=10, queued=70, for_later=40, deferred=15, sending=5)) == 35


def test_a_line_is_told_when_the_last_is_long_enough_ago(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "digest")
    moments = iter([0.0, 4.0, 10.0, 19.0, 25.0])
    narrator = Narrator("daily", timedelta(seconds=10), lambda: next(moments))
    for sent in (0, 40, 100, 190, 220):
        narrator(Balance(audience=400, sent=sent, queued=400 - sent))
    assert [record.getMessage() for record in caplog.records] == [
        "daily goes on: 0 of 400 done",
        "daily: 100 of 400 done, 10 a second, 30 seconds left",
        "daily: 220 of 400 done, 8.0 a second, 22 seconds left",
    ]
