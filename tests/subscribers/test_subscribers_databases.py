"""A reader's whole life, on every kind of database there is."""

import io
from collections import Counter
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from subscribers.audience import audience, still_wanted
from subscribers.consent import Proof
from subscribers.exchange import export_csv, import_csv
from subscribers.models import Consent, Subscription
from subscribers.roster import Outcome, forget, members, remove
from subscribers.signup import Wish, confirm, letter_sent, request
from subscribers.tokens import Confirmation, Membership
from subscribers.unsubscribe import unsubscribe

PROOF = Proof("Subscribe free", "signup")


def test_a_reader_comes_goes_comes_back_and_is_forgotten(engine: Engine, now, keys):
    with Session(engine) as session:
        letter = request(session, Wish("ann@example.com", ("daily",), "Ann"), now=now, keys=keys)
        letter_sent(session, letter, PROOF)
        ann = Membership(letter.subscriber_id, "daily")
        agreed = Confirmation(letter.subscriber_id, ("daily",))
        assert confirm(session, agreed, now=now, proof=PROOF, keys=keys)
        assert session.execute(audience("daily")).scalars().all() == [ann.subscriber_id]
        wanted = select(Subscription.id).where(still_wanted(Subscription.subscriber_id, "daily"))
        assert len(session.exec(wanted).all()) == 1
        assert unsubscribe(session, ann, now=now)
        assert session.exec(wanted).all() == []
        assert request(session, Wish("ann@example.com", ("daily",)), now=now + timedelta(minutes=1), keys=keys)
        assert confirm(session, agreed, now=now, proof=PROOF, keys=keys)
        assert sorted(session.exec(select(Consent.act))) == ["confirmed", "confirmed", "requested", "unsubscribed"]
        assert forget(session, "ann@example.com", now=now, keys=keys)
        assert session.exec(select(Consent)).all() == []


def test_a_list_comes_in_and_goes_out(engine: Engine, now, keys):
    content = "email,status\nann@example.com,active\nbob@example.com,unsubscribed\nann@example.com,unsubscribed\n"
    with Session(engine) as session:
        lines = io.StringIO(content, newline="")
        report = import_csv(session, lines, newsletters=["daily"], newsletter="daily", now=now, keys=keys)
        assert report.outcomes == Counter({Outcome.ADDED: 2, Outcome.ENDED: 1})
        assert [member.status for member in members(session)] == ["unsubscribed", "unsubscribed"]
        assert remove(session, "bob@example.com", now=now) == 0
        assert len("".join(export_csv(session)).splitlines()) == 3
        assert sorted(session.exec(select(Consent.act))) == ["imported", "unsubscribed", "unsubscribed"]
