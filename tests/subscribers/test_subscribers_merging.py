"""A reader moves to another address: what they left stays left, and old links still reach them."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from subscribers.audience import audience
from subscribers.consent import Act
from subscribers.merging import Outcome, change_address, print_of
from subscribers.models import Consent, Merged, Status, Subscriber, Subscription
from subscribers.preferences import choices_of, language_of
from subscribers.roster import Entry, add, forget, remove
from subscribers.signup import Wish, request
from subscribers.suppression import suppress
from subscribers.tokens import Change, Membership
from subscribers.unsubscribe import unsubscribe

ANN, NEW = "ann@example.com", "ann@new.example"


@pytest.fixture
def put(session, now, keys):
    def put(address: str, *newsletters: str) -> int:
        add(session, [Entry(address, key) for key in newsletters], now=now, keys=keys)
        return session.exec(select(Subscriber.id).where(Subscriber.address == address)).one()

    return put


@pytest.fixture
def move(session, now, keys):
    def move(number: int, former: str = ANN, new: str = NEW, key: str = keys[0]) -> Outcome:
        change = Change(Membership(number, "daily"), print_of(former, key), new)
        return change_address(session, change, now=now + timedelta(hours=1), keys=keys)[0]

    return move


def standing(session, number: int) -> dict[str, str]:
    rows = session.exec(select(Subscription).where(Subscription.subscriber_id == number))
    return {row.newsletter: row.status for row in rows}


def test_a_reader_moves_and_keeps_everything(session, put, move):
    ann = put(ANN, "daily")
    assert move(ann) is Outcome.MOVED
    assert session.get(Subscriber, ann).address == NEW
    assert standing(session, ann) == {"daily": Status.ACTIVE}
    assert move(ann) is Outcome.KNOWN  # pressed twice


def test_a_link_changes_one_address_and_not_the_next(session, put, move):
    ann = put(ANN, "daily")
    move(ann)
    assert move(ann, new="evil@example.com") is Outcome.REFUSED
    assert move(ann, former=NEW, new="third@example.com") is Outcome.MOVED


def test_a_link_of_before_the_key_was_changed_still_works(put, move, keys):
    assert move(put(ANN, "daily"), key=keys[1]) is Outcome.MOVED


def test_two_who_are_one_have_the_newsletters_of_both(session, put, move):
    ann, other = put(ANN, "daily"), put(NEW, "weekly")
    assert move(ann) is Outcome.MOVED
    assert standing(session, ann) == {"daily": Status.ACTIVE, "weekly": Status.ACTIVE}
    assert session.get(Subscriber, other) is None
    acts = session.exec(select(Consent.newsletter, Consent.act).where(Consent.subscriber_id == ann)).all()
    assert sorted(acts) == [("", Act.MOVED), ("daily", Act.ADDED), ("weekly", Act.ADDED)]


@pytest.mark.parametrize("who_left", [ANN, NEW])
@pytest.mark.parametrize("asked_again", [False, True])
def test_who_left_under_either_address_stays_away(session, put, move, now, keys, who_left, asked_again):
    ann = put(ANN, "daily")
    put(NEW, "daily")
    remove(session, who_left, "daily", now=now)
    if asked_again:
        request(session, Wish(who_left, ("daily",)), now=now, keys=keys)
    assert move(ann) is Outcome.MOVED
    assert session.execute(audience("daily", now)).all() == []
    assert choices_of(session, Membership(ann, "daily")).left == ("daily",)


@pytest.mark.parametrize("silent", [ANN, NEW])
def test_a_suppressed_or_erased_address_is_neither_left_nor_taken(session, put, move, now, keys, silent):
    ann = put(ANN, "daily")
    suppress(session, silent, "complaint", now)
    assert move(ann) is Outcome.REFUSED
    assert session.get(Subscriber, ann).address == ANN
    if silent == NEW:
        forget(session, NEW, now=now, keys=keys)
        assert move(ann) is Outcome.REFUSED


def test_the_old_links_of_both_reach_the_one(session, put, move, now):
    ann, other = put(ANN, "daily"), put(NEW, "weekly")
    session.get(Subscriber, ann).language = "pt"
    move(ann)
    assert language_of(session, other) == "pt"
    assert choices_of(session, Membership(other, "weekly")).subscriber_id == ann
    assert unsubscribe(session, Membership(other, "weekly"), now=now)
    assert standing(session, ann) == {"daily": Status.ACTIVE, "weekly": Status.UNSUBSCRIBED}


def test_who_moves_again_is_still_reached_by_the_oldest_link(session, put, move, now):
    first, second, third = put("first@example.com", "food"), put(ANN, "daily"), put(NEW, "weekly")
    assert move(second, former=ANN, new="first@example.com") is Outcome.MOVED
    assert move(third, former=NEW, new="first@example.com") is Outcome.MOVED
    assert unsubscribe(session, Membership(first, "food"), now=now)
    assert standing(session, third)["food"] == Status.UNSUBSCRIBED
    assert session.exec(select(Merged.subscriber_id).order_by(col(Merged.id))).all() == [third, third]


def test_real_tables_let_two_become_one(engine: Engine, now, keys):
    """With foreign keys, and with consents that nobody can edit."""
    with Session(engine) as session:
        add(session, [Entry(ANN, "daily"), Entry(NEW, "daily"), Entry(NEW, "weekly")], now=now, keys=keys)
        ann = session.exec(select(Subscriber.id).where(Subscriber.address == ANN)).one()
        change = Change(Membership(ann, "daily"), print_of(ANN, keys[0]), NEW)
        assert change_address(session, change, now=now, keys=keys) == (Outcome.MOVED, ANN)
        assert standing(session, ann) == {"daily": Status.ACTIVE, "weekly": Status.ACTIVE}
        assert len(session.exec(select(Consent).where(Consent.subscriber_id == ann)).all()) == 4
        assert forget(session, NEW, now=now, keys=keys)
        assert session.exec(select(Merged)).all() == []
