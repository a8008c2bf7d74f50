"""A goodbye, its way back, and why."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from subscribers.audience import audience
from subscribers.consent import Act
from subscribers.merging import change_address, print_of
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.names import clean_name
from subscribers.roster import Entry, add
from subscribers.signup import Wish, request
from subscribers.suppression import suppress
from subscribers.tokens import Change, Goodbye, Membership
from subscribers.unsubscribe import LONGEST_REASON, give_reason, leave, undo, unsubscribe

ANN = "ann@example.com"


@pytest.fixture
def ann(session, now, keys) -> int:
    add(session, [Entry(ANN, "daily"), Entry(ANN, "weekly")], now=now, keys=keys)
    return session.exec(select(Subscriber.id)).one()


def coming(session, now) -> set[str]:
    return {key for key in ("daily", "weekly", "food") if session.execute(audience(key, now)).all()}


def test_a_goodbye_is_taken_back_with_all_that_was_chosen(session, ann, now, keys):
    row = session.exec(select(Subscription).where(Subscription.newsletter == "daily")).one()
    row.hour, row.topics = 18, "sea"
    session.commit()
    goodbye = leave(session, ann, ["daily", "weekly"], now=now)
    assert coming(session, now) == set()
    assert undo(session, goodbye, now=now, keys=keys) == ("daily", "weekly")
    assert coming(session, now) == {"daily", "weekly"}
    assert (row.hour, row.topics, row.ended_at) == (18, "sea", None)
    acts = session.exec(select(Consent.act).order_by(Consent.id)).all()
    assert acts[2:] == [Act.UNSUBSCRIBED, Act.UNSUBSCRIBED, Act.UNDONE, Act.UNDONE]


def test_an_undo_brings_back_nothing_that_ended_again_since(session, ann, now, keys):
    first = leave(session, ann, ["daily"], now=now)
    assert undo(session, first, now=now, keys=keys) == ("daily",)
    assert undo(session, first, now=now, keys=keys) == ("daily",)  # pressed twice
    unsubscribe(session, Membership(ann, "daily"), now=now + timedelta(minutes=1))
    assert undo(session, first, now=now + timedelta(minutes=2), keys=keys) == ()
    assert coming(session, now) == {"weekly"}


def test_an_undo_confirms_nothing_that_was_not_confirmed(session, ann, now, keys):
    request(session, Wish(ANN, ("food",)), now=now, keys=keys)
    goodbye = leave(session, ann, ["daily", "food"], now=now)
    assert goodbye.newsletters == ("daily",)
    assert undo(session, goodbye, now=now, keys=keys) == ("daily",)
    assert coming(session, now) == {"daily", "weekly"}


def test_an_undo_mails_nobody_who_was_suppressed_in_the_meantime(session, ann, now, keys):
    goodbye = leave(session, ann, ["daily"], now=now)
    suppress(session, ANN, "complaint", now)
    assert undo(session, goodbye, now=now, keys=keys) == ()
    assert session.exec(select(Subscription.status).where(Subscription.newsletter == "daily")).one() == "unsubscribed"


def test_of_who_was_not_there_nothing_comes_back(session, ann, now, keys):
    assert leave(session, ann, ["food"], now=now) is None
    assert undo(session, Goodbye(99, ("daily",), now), now=now, keys=keys) == ()


def test_a_reason_is_kept_once_for_each_goodbye_and_only_of_who_left(session, ann, now):
    daily = Membership(ann, "daily")
    assert not give_reason(session, daily, "too-many", now=now)
    unsubscribe(session, daily, now=now)
    assert not give_reason(session, daily, " \x00 ", now=now)
    assert give_reason(session, daily, "too-many: \x00much\ntoo long", now=now)
    assert not give_reason(session, daily, "again", now=now + timedelta(minutes=1))
    [reason] = session.exec(select(Consent).where(Consent.act == Act.REASON)).all()
    assert reason.note == "too-many: much too long"


@given(st.text(max_size=LONGEST_REASON * 5))
def test_free_words_become_one_printable_line(text):
    line = clean_name(text, LONGEST_REASON)
    assert len(line) <= LONGEST_REASON
    assert all(mark.isprintable() for mark in line)
    assert clean_name(line, LONGEST_REASON) == line


def test_a_pending_wish_ends_too(session, ann, now, keys):
    request(session, Wish(ANN, ("food",)), now=now, keys=keys)
    assert unsubscribe(session, Membership(ann, "food"), now=now)
    assert session.exec(select(Subscription.status).where(Subscription.newsletter == "food")).one() == (
        Status.UNSUBSCRIBED
    )


def test_an_undo_brings_back_nothing_to_another_address(session, ann, now, keys):
    goodbye = leave(session, ann, ["daily"], now=now)
    change = Change(Membership(ann, "daily"), print_of(ANN, keys[0]), "ann@new.example")
    outcome, _ = change_address(session, change, now=now + timedelta(minutes=1), keys=keys)
    assert outcome == "moved"
    assert undo(session, goodbye, now=now + timedelta(minutes=2), keys=keys) == ()
    assert "daily" not in coming(session, now)
