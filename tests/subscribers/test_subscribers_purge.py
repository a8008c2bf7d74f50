"""What was never confirmed is forgotten after thirty days, and nothing else is."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from subscribers.audience import audience
from subscribers.consent import Proof
from subscribers.models import Consent, LetterRow, Status, Subscriber, Subscription
from subscribers.purge import purge
from subscribers.roster import Entry, add
from subscribers.signup import Wish, confirm, letter_sent, request
from subscribers.tokens import BadToken, Confirmation, Membership
from subscribers.unsubscribe import unsubscribe

PROOF = Proof("Subscribe free", "signup")
MONTH = timedelta(days=30)
MOMENT = timedelta(seconds=1)


@pytest.fixture
def ask(now, keys):
    def at(session, address="ann@example.com", newsletter="daily", when=now):
        letter = request(session, Wish(address, (newsletter,), "Ann"), now=when, keys=keys)
        letter_sent(session, letter, PROOF)
        return Confirmation(letter.subscriber_id, (newsletter,))

    return at


def test_a_request_that_nobody_confirms_is_kept_for_thirty_days_and_then_wholly_forgotten(
    engine: Engine, ask, now, keys
):
    with Session(engine) as session:
        asked = ask(session)
        assert purge(session, now=now + MONTH - MOMENT) == 0
        assert session.exec(select(Subscription.status)).all() == [Status.PENDING]
        assert purge(session, now=now + MONTH) == 1
        for table in (Subscriber, Subscription, Consent, LetterRow):
            assert session.exec(select(table)).all() == []
        with pytest.raises(BadToken):
            confirm(session, asked, now=now + MONTH, proof=PROOF, keys=keys)


def test_who_is_on_another_list_stays_on_it(session, ask, now, keys):
    confirm(session, ask(session), now=now, proof=PROOF, keys=keys)
    ask(session, newsletter="weekly")
    assert purge(session, now=now + MONTH) == 1
    assert session.exec(select(Subscription.newsletter)).all() == ["daily"]
    assert len(session.execute(audience("daily", now)).all()) == 1
    assert len(session.exec(select(Consent)).all()) == 3


def test_who_left_and_was_asked_for_by_a_stranger_is_once_more_somebody_who_left(session, ask, now, keys):
    asked = ask(session)
    confirm(session, asked, now=now, proof=PROOF, keys=keys)
    unsubscribe(session, Membership(asked.subscriber_id, "daily"), now=now)
    ask(session, when=now + timedelta(days=1))
    assert purge(session, now=now + timedelta(days=1) + MONTH) == 1
    assert session.exec(select(Subscription.status)).one() == Status.UNSUBSCRIBED
    [outcome] = add(session, [Entry("ann@example.com", "daily")], now=now + 2 * MONTH, keys=keys)
    assert outcome == "left"


def test_many_are_forgotten_at_once(session, ask, now):
    for number in range(510):
        ask(session, f"reader-{number}@example.com")
    ask(session, "late@example.com", when=now + MOMENT)
    assert purge(session, now=now + MONTH) == 510
    assert session.exec(select(Subscriber.address)).all() == ["late@example.com"]
