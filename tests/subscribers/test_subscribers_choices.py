"""What a reader chooses, and how little it takes to begin or to pause a newsletter."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from subscribers.audience import audience
from subscribers.consent import Act, Proof
from subscribers.models import Consent, Subscriber, Subscription
from subscribers.preferences import Choices, choices_of, choose, join, midnight, pause
from subscribers.roster import Entry, add, remove
from subscribers.signup import Wish, request
from subscribers.suppression import suppress
from subscribers.tokens import Membership
from subscribers.zones import is_zone, zones_by_region

ANN = "ann@example.com"
PROOF = Proof("The Weekly", "preferences")


@pytest.fixture
def ann(session, now, keys) -> int:
    add(session, [Entry(ANN, "daily", language="en")], now=now, keys=keys)
    return session.exec(select(Subscriber.id)).one()


@pytest.fixture
def tick(session, ann, now, keys):
    return lambda newsletter: join(session, ann, newsletter, now=now, keys=keys, proof=PROOF)


def test_choices_are_kept_for_all_that_comes_and_read_again(session, ann, tick, now):
    tick("weekly")
    wanted = Choices(
        ann,
        ("daily", "weekly"),
        topics={"daily": ("sport", "city")},
        language="pt",
        timezone="Europe/Lisbon",
        hour=18,
        paused_until=now + timedelta(days=7),
    )
    choose(session, wanted, now=now)
    found = choices_of(session, Membership(ann, "weekly"))
    assert (found.topics, found.hour, found.timezone) == ({"daily": ("city", "sport")}, 18, "Europe/Lisbon")
    assert (found.language, found.newsletters) == ("pt", ("daily", "weekly"))
    assert session.get(Subscriber, ann).engaged_at is not None
    assert {row.hour for row in session.exec(select(Subscription))} == {18}


def test_what_was_never_left_begins_at_once_and_is_on_the_record(session, now, tick):
    assert tick("weekly")
    assert tick("weekly")
    assert len(session.execute(audience("weekly", now)).all()) == 1
    [proof] = session.exec(select(Consent).where(Consent.newsletter == "weekly")).all()
    assert (proof.act, proof.form, proof.wording) == (Act.CONFIRMED, "preferences", "The Weekly")


@pytest.mark.parametrize("asked_again", [False, True])
def test_what_was_left_waits_for_a_confirmation(session, tick, now, keys, asked_again):
    remove(session, ANN, "daily", now=now)
    if asked_again:
        request(session, Wish(ANN, ("daily",)), now=now, keys=keys)
    assert not tick("daily")
    assert session.execute(audience("daily", now)).all() == []


def test_a_suppressed_reader_begins_nothing(session, tick, now):
    suppress(session, ANN, "bounce", now)
    assert not tick("weekly")


def test_nobody_is_begun_who_is_not_there(session, now, keys):
    assert not join(session, 99, "weekly", now=now, keys=keys, proof=PROOF)
    assert choices_of(session, Membership(99, "weekly")) is None


def test_only_what_comes_can_pause(session, ann, now):
    assert pause(session, Membership(ann, "daily"), now + timedelta(days=30))
    assert not pause(session, Membership(ann, "weekly"), now + timedelta(days=30))


def test_a_day_begins_at_its_own_midnight_also_when_the_clocks_change():
    assert midnight(date(2026, 3, 29), ZoneInfo("Europe/Lisbon")) == datetime(2026, 3, 29, 0, tzinfo=UTC)
    assert midnight(date(2026, 3, 30), ZoneInfo("Europe/Lisbon")) == datetime(2026, 3, 29, 23, tzinfo=UTC)


def test_every_zone_that_is_offered_is_one():
    zones = [zone for region in zones_by_region().values() for zone in region]
    assert len(zones) == len(set(zones)) > 400
    assert all(ZoneInfo(zone) and is_zone(zone) for zone in zones)
    assert not is_zone("../../etc/passwd")
