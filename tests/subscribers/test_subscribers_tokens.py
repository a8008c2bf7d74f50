"""A token opens the one door it was made for."""

import re
import timeit
from datetime import UTC, datetime
from itertools import permutations

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from subscribers.tokens import BadToken, Change, Confirmation, ExpiredToken, Goodbye, Membership, Tokens

ANN = Membership(7, "daily")
ANNS = Confirmation(7, ("daily",))
DAY = 24 * 3600


@pytest.fixture
def tokens(keys) -> Tokens:
    return Tokens(keys)


def test_a_token_tells_whose_it_is(tokens):
    assert tokens.read_unsubscribe(tokens.issue_unsubscribe(7, "daily")) == ANN
    assert tokens.read_confirm(tokens.issue_confirm(7, "daily")) == ANNS
    assert tokens.read_confirm(tokens.issue_confirm(7, "daily", "weekly")) == Confirmation(7, ("daily", "weekly"))
    assert tokens.read_preferences(tokens.issue_preferences(7, "daily")) == ANN


def test_a_token_is_short_and_needs_no_quoting_in_a_url(tokens):
    for issue in (tokens.issue_confirm, tokens.issue_unsubscribe, tokens.issue_preferences):
        token = issue(10**9, "daily")
        assert re.fullmatch(r"[A-Za-z0-9._-]{20,80}", token)


CHANGE = Change(ANN, "0123456789abcdef" * 2, "änn.o'hara+news@example.com")
GOODBYE = Goodbye(7, ("daily", "weekly"), datetime(2026, 3, 2, 7, 5, 1, 987_654, tzinfo=UTC))
PURPOSES = ["confirm", "unsubscribe", "preferences", "personal", "undo", "change"]


def made_for(tokens: Tokens, purpose: str) -> str:
    whose = {"undo": (GOODBYE,), "change": (CHANGE,)}.get(purpose, (7, "daily"))
    return getattr(tokens, f"issue_{purpose}")(*whose)


@pytest.mark.parametrize(("made", "read"), [*permutations(PURPOSES, 2)])
def test_a_token_for_one_purpose_serves_no_other(tokens, made, read):
    with pytest.raises(BadToken):
        getattr(tokens, f"read_{read}")(made_for(tokens, made))


def test_a_goodbye_and_a_change_come_out_as_they_went_in(tokens):
    assert tokens.read_undo(tokens.issue_undo(GOODBYE)) == GOODBYE
    assert tokens.read_change(tokens.issue_change(CHANGE)) == CHANGE
    longest = Change(Membership(10**12, "a" * 40), "f" * 40, "a" * 242 + "@example.com")
    assert tokens.read_change(tokens.issue_change(longest)) == longest


@pytest.mark.parametrize(("purpose", "seconds"), [("personal", 3600), ("undo", 3600), ("change", 7 * DAY)])
def test_what_opens_much_does_not_stay_open(tokens, purpose, seconds):
    with time_machine.travel(0, tick=False) as clock:
        token = made_for(tokens, purpose)
        clock.shift(seconds)
        assert getattr(tokens, f"read_{purpose}")(token)
        clock.shift(1)
        with pytest.raises(ExpiredToken):
            getattr(tokens, f"read_{purpose}")(token)


def test_an_overlong_token_is_refused_even_when_we_signed_it(tokens):
    with pytest.raises(BadToken):
        tokens.read_unsubscribe(tokens.issue_unsubscribe(7, "d" * 300))
    assert tokens.issue_undo(Goodbye(7, ("daily",) * 60, GOODBYE.at)) == ""


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_is_good_after_the_key_was_changed(purpose):
    old = made_for(Tokens(["old key"]), purpose)
    assert getattr(Tokens(["new key", "old key"]), f"read_{purpose}")(old)
    with pytest.raises(BadToken):
        getattr(Tokens(["new key"]), f"read_{purpose}")(old)


def test_a_confirmation_is_good_for_seven_days_and_the_links_of_an_issue_for_ever(tokens):
    with time_machine.travel(0, tick=False) as clock:
        confirmation, leaving = tokens.issue_confirm(7, "daily"), tokens.issue_unsubscribe(7, "daily")
        choosing = tokens.issue_preferences(7, "daily")
        clock.shift(7 * DAY)
        assert tokens.read_confirm(confirmation) == ANNS
        clock.shift(1)
        with pytest.raises(ExpiredToken):
            tokens.read_confirm(confirmation)
        assert tokens.read_confirm(confirmation, expired=True) == ANNS
        clock.shift(3650 * DAY)
        assert tokens.read_unsubscribe(leaving) == ANN
        assert tokens.read_preferences(choosing) == ANN


def test_old_links_work_after_the_key_was_changed_until_the_old_key_is_dropped():
    old = Tokens(["old key"]).issue_unsubscribe(7, "daily")
    assert Tokens(["new key", "old key"]).read_unsubscribe(old) == ANN
    assert Tokens(["new key", "old key"]).issue_unsubscribe(7, "daily") == Tokens(["new key"]).issue_unsubscribe(
        7, "daily"
    )
    with pytest.raises(BadToken):
        Tokens(["new key"]).read_unsubscribe(old)


@given(st.data())
def test_a_token_changed_anywhere_is_refused(data):
    tokens = Tokens(["a secret key"])
    token = tokens.issue_unsubscribe(7, "daily")
    # The last character holds two bits that base64 does not use.
    place = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.characters(exclude_characters=token[place]))
    with pytest.raises(BadToken):
        tokens.read_unsubscribe(token[:place] + other + token[place + 1 :])


@given(st.text())
def test_any_other_text_is_refused(text):
    with pytest.raises(BadToken):
        Tokens(["a secret key"]).read_unsubscribe(text)
    with pytest.raises(BadToken):
        Tokens(["a secret key"]).read_confirm(text)


@pytest.mark.parametrize("purpose", ["unsubscribe", "preferences"])
def test_issuing_is_fast_enough_for_a_million_messages(tokens, purpose):
    issue = getattr(tokens, f"issue_{purpose}")
    seconds = min(timeit.repeat(lambda: issue(123_456, "daily"), number=1000, repeat=5)) / 1000
    assert seconds < 50e-6  # 8 µs on a quiet machine
