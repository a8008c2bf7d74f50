"""A mail server that cannot be reached is left alone, and tried by one at a time."""

from random import Random

from digest.deliver.breaker import FAILURES, FIRST_PAUSE, LONGEST_PAUSE, Breaker

FIRST, LONGEST = FIRST_PAUSE.total_seconds(), LONGEST_PAUSE.total_seconds()


def opened() -> Breaker:
    breaker = Breaker(Random(1))
    for _ in range(FAILURES):
        breaker.failed(0)
    return breaker


def test_it_opens_after_so_many_failures_in_a_row() -> None:
    breaker = Breaker(Random(1))
    for _ in range(FAILURES - 1):
        breaker.failed(0)
    assert (breaker.is_open, breaker.wait(0)) == (False, 0)
    breaker.failed(0)
    assert breaker.is_open
    assert FIRST / 2 <= breaker.wait(0) <= FIRST


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(Random(1))
    for _ in range(FAILURES * 2):
        breaker.failed(0)
        breaker.succeeded()
    assert not breaker.is_open


def test_after_the_pause_one_tries_and_the_others_wait_for_what_it_tells() -> None:
    breaker = opened()
    now = breaker.wait(0)
    assert breaker.wait(now) == 0
    assert breaker.wait(now) > 0
    breaker.succeeded()
    assert [breaker.wait(now) for _ in range(3)] == [0, 0, 0]
    assert not breaker.is_open


def test_a_try_that_tells_nothing_is_not_waited_for_without_end() -> None:
    breaker = opened()
    now = breaker.wait(0)
    assert breaker.wait(now) == 0
    assert breaker.wait(now + breaker.wait(now)) == 0


def test_each_try_that_fails_makes_the_pause_longer_up_to_the_longest() -> None:
    breaker, now, pause = opened(), 0.0, FIRST
    for _ in range(8):
        assert pause / 2 <= breaker.wait(now) <= pause
        now += breaker.wait(now)
        assert breaker.wait(now) == 0
        breaker.failed(now)
        pause = min(LONGEST, pause * 2)
    assert pause == LONGEST


def test_connections_that_break_while_it_is_open_make_the_pause_no_longer() -> None:
    breaker = opened()
    before = breaker.wait(1)
    for _ in range(20):
        breaker.failed(1)
    assert breaker.wait(1) == before


def test_after_a_success_it_takes_as_many_failures_as_ever_to_open() -> None:
    breaker = opened()
    breaker.succeeded()
    breaker.failed(0)
    assert not breaker.is_open
