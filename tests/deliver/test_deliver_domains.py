"""Mail domains are not crowded, are left alone when they ask for it, and hold up nobody else."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.backoff import FIRST, LONGEST
from digest.deliver.domains import REMEMBERED, Domains, Waiting, domain_of
from digest.deliver.transport import Reply

NOW = datetime(2026, 11, 25, 7, tzinfo=UTC)
SENT, LATER, NEVER = Reply(250, "2.0.0 taken"), Reply(451, "4.7.1 try later"), Reply(550, "5.1.1 no such mailbox")
BIG = "big.example"


def troubled(times: int = 3) -> Domains:
    """Domains of which one has put off so many messages in a row."""
    domains = Domains(0, Random(1))
    for message in range(times):
        domains.note(BIG, LATER, NOW, message)
    return domains


def test_a_domain_is_what_stands_behind_the_last_at_sign() -> None:
    assert domain_of('"a@b"@Big.Example') == BIG


def test_no_more_messages_are_under_way_to_a_domain_than_it_may_have() -> None:
    domains = Domains(2, Random(1))
    domains.enter(BIG)
    assert domains.free(BIG)
    domains.enter(BIG)
    assert not domains.free(BIG)
    assert domains.free("small.example")
    domains.leave(BIG)
    assert domains.free(BIG)


def test_the_third_message_in_a_row_that_is_put_off_makes_a_domain_rest() -> None:
    assert troubled(2).rests_until(BIG, NOW) is None
    until = troubled(3).rests_until(BIG, NOW)
    assert until is not None
    assert FIRST / 2 <= until - NOW <= FIRST
    assert troubled(3).rests_until("small.example", NOW) is None
    assert troubled(3).rests_until(BIG, until) is None


def test_one_message_that_is_put_off_three_times_is_not_three() -> None:
    domains = Domains(0, Random(1))
    for _ in range(3):
        domains.note(BIG, LATER, NOW, 7)
    assert domains.rests_until(BIG, NOW) is None


@pytest.mark.parametrize("reply", [NEVER, Reply(452, "4.2.2 mailbox full"), Reply(450, "4.2.0 greylisted")])
def test_what_is_said_of_a_mailbox_is_not_said_of_its_domain(reply: Reply) -> None:
    domains = troubled(2)
    for message in range(10, 20):
        domains.note(BIG, reply, NOW, message)
    assert domains.rests_until(BIG, NOW) is None
    domains.note(BIG, LATER, NOW, 20)
    assert domains.rests_until(BIG, NOW) is not None


def test_a_success_ends_the_trouble_and_the_rest() -> None:
    domains = troubled(2)
    domains.note(BIG, SENT, NOW, 2)
    domains.note(BIG, LATER, NOW, 3)
    assert domains.rests_until(BIG, NOW) is None
    domains = troubled(3)
    domains.note(BIG, SENT, NOW, 2)
    assert domains.rests_until(BIG, NOW) is None


def test_after_a_rest_one_message_that_is_put_off_begins_a_longer_one_up_to_an_hour() -> None:
    domains, now, rest = troubled(3), NOW, FIRST
    for message in range(3, 10):
        until = domains.rests_until(BIG, now)
        assert until is not None
        assert rest / 2 <= until - now <= rest
        now, rest = until, min(LONGEST, rest * 2)
        domains.note(BIG, LATER, now, message)
    assert rest == LONGEST


def test_messages_that_were_begun_before_the_rest_make_it_no_longer() -> None:
    domains = troubled(3)
    until = domains.rests_until(BIG, NOW)
    domains.note(BIG, LATER, NOW + timedelta(seconds=1), 3)
    assert domains.rests_until(BIG, NOW) == until


def test_no_domain_rests_for_long_because_the_clock_was_set_back() -> None:
    assert troubled(3).rests_until(BIG, NOW - timedelta(days=1)) is None


def test_those_troubled_longest_ago_are_forgotten_first() -> None:
    domains = troubled(3)
    for number in range(REMEMBERED - 1):
        domains.note(f"{number}.example", LATER, NOW, number)
    assert domains.rests_until(BIG, NOW) is not None
    domains.note("one.more.example", LATER, NOW, 1)
    assert domains.rests_until(BIG, NOW) is None


def test_letters_are_taken_in_the_order_in_which_they_were_put() -> None:
    waiting: Waiting[int] = Waiting(Domains(0, Random(1)))
    for number in range(5):
        waiting.put(number, BIG)
    assert len(waiting) == 5
    assert [waiting.take() for _ in range(6)] == [0, 1, 2, 3, 4, None]


def test_letters_to_a_crowded_domain_hold_up_nobody_and_go_first_when_it_is_free() -> None:
    domains = Domains(1, Random(1))
    waiting: Waiting[str] = Waiting(domains)
    for letter in ("big 1", "big 2", "big 3", "small", "other"):
        waiting.put(letter, f"{letter.split()[0]}.example")
    taken = [take(waiting, domains), take(waiting, domains)]
    domains.leave(BIG)
    taken += [take(waiting, domains) for _ in range(3)]
    assert taken == ["big 1", "small", "big 2", "other", None]
    assert len(waiting) == 1
    assert waiting.drain() == ["big 3"]
    assert (len(waiting), take(waiting, domains)) == (0, None)


def test_two_lines_share_what_their_domains_may_have() -> None:
    domains = Domains(1, Random(1))
    first: Waiting[str] = Waiting(domains)
    second: Waiting[str] = Waiting(domains)
    first.put("big 1", BIG)
    second.put("big 2", BIG)
    assert [take(first, domains), take(second, domains)] == ["big 1", None]
    domains.leave(BIG)
    assert take(second, domains) == "big 2"


def take(waiting: Waiting[str], domains: Domains) -> str | None:
    letter = waiting.take()
    if letter is not None:
        domains.enter(f"{letter.split()[0]}.example")
    return letter


@given(most=st.integers(1, 3), steps=st.lists(st.sampled_from(["put a", "put b", "put c", "take", "leave"])))
@settings(max_examples=100)
def test_every_letter_is_taken_once_in_its_domains_order_and_none_waits_without_need(
    most: int, steps: list[str]
) -> None:
    domains = Domains(most, Random(1))
    waiting: Waiting[str] = Waiting(domains)
    put: list[str] = []
    taken: list[str] = []
    under_way: list[str] = []

    def try_to_take() -> bool:
        letter = take(waiting, domains)
        crowd = Counter(each.split()[0] for each in under_way)
        if letter is None:
            assert all(crowd[each.split()[0]] == most for each in put if each not in taken)
            return False
        assert crowd[letter.split()[0]] < most
        taken.append(letter)
        under_way.append(letter)
        return True

    def leave() -> None:
        if under_way:
            domains.leave(f"{under_way.pop(0).split()[0]}.example")

    for number, step in enumerate(steps):
        if step == "take":
            try_to_take()
        elif step == "leave":
            leave()
        else:
            put.append(f"{step.split()[1]} {number}")
            waiting.put(put[-1], f"{step.split()[1]}.example")
        assert len(waiting) == len(put) - len(taken)
    while len(waiting):
        if not try_to_take():
            leave()
    assert all([x for x in taken if x[0] == domain] == [x for x in put if x[0] == domain] for domain in "abc")
