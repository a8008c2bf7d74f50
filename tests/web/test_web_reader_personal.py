"""Name, address and data: shown to the owner of the inbox for an hour, moved, taken along, erased."""

import json
import re
from datetime import UTC, datetime

import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session, select
from starlette.testclient import TestClient

from digest.store.models import DeliveryRow, IssueRow, VariantRow
from digest.web import create_app
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.roster import Entry, Outcome, add
from subscribers.suppression import suppress
from subscribers.tokens import Tokens
from tests.web.letters import eventually

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
ANN, NEW = "ann@example.com", "ann@new.example"


def store_ann(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Subscriber(address=ANN, name="Ann Lee", created_at=NOW, fields={"city": "Zwolle"}))
        session.flush()
        session.add(Subscription(subscriber_id=1, newsletter="daily", status=Status.ACTIVE, requested_at=NOW))
        session.add(Consent(subscriber_id=1, newsletter="daily", act="confirmed", at=NOW, wording="Yes please"))
        session.commit()


@pytest.fixture
def tokens(settings) -> Tokens:
    return Tokens(settings.keys)


@pytest.fixture
def me(sqlite_engine, tokens) -> str:
    store_ann(sqlite_engine)
    return "/me/" + tokens.issue_personal(1, "daily")


@pytest.fixture
def addresses(sqlite_engine):
    def addresses() -> list[str]:
        with Session(sqlite_engine) as session:
            return list(session.exec(select(Subscriber.address).order_by(Subscriber.id)))

    return addresses


def path(mail, door: str) -> str:
    return re.search(rf"https://mail\.example\.com(/{door}/\S+)", mail.text)[1]


def test_the_mailed_link_shows_the_owner_everything_for_an_hour(web, me, mails, tokens):
    with time_machine.travel(NOW, tick=False) as clock:
        web.post("/preferences/" + tokens.issue_preferences(1, "daily") + "/me")
        eventually(mails, 1)
        assert mails[0].to_address == ANN
        assert "Ann" not in mails[0].text.replace("ann@", "")
        page = path(mails[0], "me")
        shown = web.get(page).text
        for fact in ("Ann Lee", ANN, "Zwolle", "The Harbour Daily", "comes to you", "confirmed", "March 2, 2026"):
            assert fact in shown
        clock.shift(3601)
        assert web.get(page).status_code == 410


def test_the_name_is_changed_and_made_harmless(web, me, sqlite_engine):
    answer = web.post(me, data={"name": "  Ann\x00\n<b>Li</b> "})
    assert "Your name is saved." in answer.text
    assert "<b>Li" not in answer.text
    with Session(sqlite_engine) as session:
        assert session.exec(select(Subscriber.name)).one() == "Ann <b>Li</b>"


def test_an_address_is_changed_from_the_new_one_and_the_old_one_is_told(web, me, mails, addresses):
    assert "We write to" in web.post(f"{me}/address", data={"email": " Ann@NEW.example"}).text
    eventually(mails, 1)
    assert mails[0].to_address == NEW
    assert ANN not in str(mails[0])
    door = path(mails[0], "address")
    assert NEW not in web.get(door).text
    web.head(door)
    assert addresses() == [ANN]
    assert "Your address is changed" in web.post(door).text
    eventually(mails, 2)
    assert addresses() == [NEW]
    assert mails[1].to_address == ANN
    assert NEW not in str(mails[1])
    assert "Your address is changed" in web.post(door).text  # pressed twice
    eventually(mails, 2)
    assert NEW in web.get(me).text


def test_nobody_learns_which_addresses_we_know_or_may_not_write_to(web, me, mails, sqlite_engine, settings):
    with Session(sqlite_engine) as session:
        add(session, [Entry("known@new.example", "daily")], now=NOW, keys=settings.keys)
        suppress(session, "never@new.example", "complaint", NOW)
        session.commit()
    answers = {
        web.post(f"{me}/address", data={"email": address}).text.replace(address, "")
        for address in ("known@new.example", "other@new.example", "never@new.example")
    }
    assert len(answers) == 1
    eventually(mails, 2)


def test_one_reader_cannot_write_to_many_strangers(web, me, mails):
    for number in range(6):
        assert web.post(f"{me}/address", data={"email": f"stranger{number}@example.com"}).status_code == 200
    eventually(mails, 3)


def test_a_mistyped_address_is_explained_and_kept_in_the_form(web, me, mails):
    answer = web.post(f"{me}/address", data={"email": '"><script>@x'})
    assert answer.status_code == 422
    assert "This does not look like an email address" in answer.text
    assert "<script>" not in answer.text
    assert mails == []


def test_all_that_is_stored_is_taken_along_in_one_file(web, me):
    answer = web.get(f"{me}/data")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.text)
    assert found["subscriber"]["fields"] == {"city": "Zwolle"}
    assert found["subscriber"]["created_at"] == "2026-03-02T07:05:00+00:00"
    assert [row["newsletter"] for row in found["subscriptions"]] == ["daily"]
    assert [row["wording"] for row in found["consents"]] == ["Yes please"]


def test_no_other_link_shows_or_changes_anything_of_the_person(web, me, tokens, addresses):
    for token in (
        tokens.issue_preferences(1, "daily"),
        tokens.issue_unsubscribe(1, "daily"),
        Tokens(["another key altogether"]).issue_personal(1, "daily"),
        "%00%ff..",
        "x" * 5000,
    ):
        for way in ("", "/data", "/forget"):
            assert web.get(f"/me/{token}{way}").status_code == 404
        for way in ("", "/address", "/forget"):
            assert web.post(f"/me/{token}{way}", data={"email": "a@example.com"}).status_code == 404
        assert web.post(f"/address/{token}").status_code == 404
    assert addresses() == [ANN]


def test_looking_at_the_question_forgets_nobody(web, me, addresses):
    assert "<button>" in web.get(f"{me}/forget").text
    web.head(f"{me}/forget")
    assert addresses() == [ANN]


@pytest.fixture
def anywhere(config, settings, engine, mails) -> FastAPI:
    return create_app(config, settings, engine, mails.append)


def test_of_who_is_forgotten_nothing_is_left_but_a_mark_that_nobody_can_read(anywhere, engine, settings, tokens, mails):
    """All tables are searched, in the database as it would be dumped."""
    store_ann(engine)
    _deliver(engine, f"550 5.1.1 <{ANN}>: no such person")
    reader, me = TestClient(anywhere), "/me/" + tokens.issue_personal(1, "daily")
    reader.post("/preferences/" + tokens.issue_preferences(1, "daily") + "/me")
    reader.post(f"{me}/address", data={"email": NEW})
    reader.post(path(mails[-1], "address"))
    assert "Zwolle" in _dump(engine)
    assert ANN in reader.get(f"{me}/data").text  # in what the mail server said
    for _ in range(2):
        assert "You are forgotten" in reader.post(f"{me}/forget").text
    left = _dump(engine)
    for trace in (ANN, NEW, "Ann Lee", "Zwolle", "Yes please"):
        assert trace not in left
    with Session(engine) as session:
        assert add(session, [Entry(NEW, "daily")], now=NOW, keys=settings.keys) == [Outcome.SUPPRESSED]
    assert reader.get(me).status_code == 410
    assert reader.get("/preferences/" + tokens.issue_preferences(1, "daily")).status_code == 410
    assert "You are unsubscribed" in reader.post("/unsubscribe/" + tokens.issue_unsubscribe(1, "daily")).text


def _deliver(engine: Engine, reply: str) -> None:
    with Session(engine) as session:
        dates = {"slot": NOW, "created_at": NOW, "expires_at": NOW}
        issue = IssueRow(newsletter="daily", state="sent", subject="News", **dates)
        session.add(issue)
        session.flush()
        variant = VariantRow(issue_id=issue.id, language="en", html="", text="")
        session.add(variant)
        session.flush()
        session.add(DeliveryRow(issue_id=issue.id, variant_id=variant.id, subscriber_id=1, state="failed", reply=reply))
        session.commit()


def _dump(engine: Engine) -> str:
    with engine.connect() as connection:
        tables = inspect(engine).get_table_names()
        return "\n".join(str(row) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"')))
