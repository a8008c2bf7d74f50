"""The list by hand: whom it holds, and who stays off it."""

from datetime import timedelta

import pytest
from sqlalchemy import column, insert, select, table
from sqlmodel import Session

from subscribers.audience import audience, still_wanted
from subscribers.consent import network_of
from subscribers.models import Status, Subscription, Suppression
from subscribers.roster import Entry, Outcome, add, forget, members, remove
from subscribers.signup import Wish, request
from subscribers.suppression import suppress
from subscribers.tokens import Membership
from subscribers.unsubscribe import unsubscribe

ANN = Entry("ann@example.com", "daily", "Ann", "en")


@pytest.fixture
def put(session, now, keys):
    return lambda *entries, **options: add(session, entries, now=now, keys=keys, **options)


def test_who_is_added_is_in_the_audience_of_that_newsletter_alone(session, put, now):
    assert put(ANN) == [Outcome.ADDED]
    assert put(ANN) == [Outcome.KNOWN]
    assert len(session.execute(audience("daily", now)).all()) == 1
    assert session.execute(audience("weekly", now)).all() == []


def test_who_left_is_not_added_again_unless_that_is_asked_for(session, put, now):
    put(ANN)
    assert remove(session, ANN.address, now=now) == 1
    assert remove(session, ANN.address, now=now) == 0
    assert put(ANN) == [Outcome.LEFT]
    assert put(ANN, reactivate=True) == [Outcome.ADDED]


def test_who_left_and_was_asked_anew_is_not_added_before_confirming(session, put, now, keys):
    put(ANN)
    remove(session, ANN.address, now=now)
    assert request(session, Wish(ANN.address, ("daily",)), now=now + timedelta(days=1), keys=keys)
    assert put(ANN) == [Outcome.LEFT]


def test_a_suppressed_or_erased_address_is_never_added(session, put, now, keys):
    suppress(session, ANN.address, "bounce", now)
    forget(session, "bob@example.com", now=now, keys=keys)
    bob = Entry("bob@example.com", "daily")
    assert put(ANN, bob, reactivate=True) == [Outcome.SUPPRESSED, Outcome.SUPPRESSED]
    assert put(ANN, bob) == [Outcome.SUPPRESSED, Outcome.SUPPRESSED]


def test_an_erased_address_can_be_recognised_but_not_read(session, now, keys):
    forget(session, ANN.address, now=now, keys=keys)
    row = session.execute(select(Suppression.address, Suppression.reason)).one()
    assert row.reason == "erasure"
    assert "ann" not in row.address


def test_an_address_erased_under_an_older_key_is_recognised(session, now, keys):
    forget(session, ANN.address, now=now, keys=keys[1:])
    assert add(session, [ANN], now=now, keys=keys) == [Outcome.SUPPRESSED]


def test_a_suppressed_reader_drops_out_of_the_audience_at_once(session, put, now):
    put(ANN)
    suppress(session, ANN.address, "complaint", now)
    session.commit()
    assert session.execute(audience("daily", now)).all() == []


def test_the_audience_can_be_inserted_and_asked_for_again_row_by_row(session: Session, put, now):
    put(ANN, Entry("bob@example.com", "daily"), Entry("eve@example.com", "weekly"))
    session.connection().exec_driver_sql("CREATE TABLE outbox (subscriber_id INTEGER)")
    outbox = table("outbox", column("subscriber_id"))
    people = audience("daily", now).subquery()
    session.execute(insert(outbox).from_select(["subscriber_id"], select(people.c.subscriber_id)))
    wanted = select(outbox.c.subscriber_id).where(still_wanted(outbox.c.subscriber_id, "daily", now))
    ann, _ = session.execute(wanted.order_by("subscriber_id")).scalars()
    unsubscribe(session, Membership(ann, "daily"), now=now)
    assert ann not in set(session.execute(wanted).scalars())
    assert len(session.execute(wanted).all()) == 1


def test_the_list_is_read_in_pages_without_loss(session, put, monkeypatch):
    monkeypatch.setattr("subscribers.roster.PAGE", 7)
    put(*(Entry(f"reader{number}@example.com", "daily") for number in range(30)))
    put(Entry("gone@example.com", "daily", status=Status.UNSUBSCRIBED))
    assert [member.address for member in members(session, "daily", Status.ACTIVE)] == [
        f"reader{number}@example.com" for number in range(30)
    ]
    assert [member.address for member in members(session, status=Status.UNSUBSCRIBED)] == ["gone@example.com"]


def test_unsubscribing_is_idempotent_and_leaves_one_proof(session, put, now):
    put(ANN)
    subscriber_id = session.execute(select(Subscription.subscriber_id)).scalar_one()
    assert unsubscribe(session, Membership(subscriber_id, "daily"), now=now)
    assert not unsubscribe(session, Membership(subscriber_id, "daily"), now=now)
    assert not unsubscribe(session, Membership(subscriber_id + 1, "daily"), now=now)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_ip_address_is_kept_as_its_network_only(host, network):
    assert network_of(host) == network


def test_of_two_words_about_one_subscription_in_one_list_the_later_counts(session, now, keys):
    request(session, Wish(ANN.address, ("daily",)), now=now, keys=keys)
    words = [ANN, ANN._replace(status=Status.UNSUBSCRIBED)]
    assert add(session, words, now=now, keys=keys) == [Outcome.ADDED, Outcome.ENDED]
    assert session.execute(audience("daily", now)).all() == []
