"""From the prompt to the goodbye over real HTTP."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.web import create_app
from subscribers.letterbook import LIMIT
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.suppression import suppress
from subscribers.tokens import Tokens
from tests.web.letters import eventually

ANN = "ann@example.com"
DAY = 24 * 3600


def sign_up(web: httpx.Client, **fields: str) -> httpx.Response:
    return web.post("/subscribe", data={"newsletter": "daily", "email": ANN, **fields})


def link(text: str, door: str) -> str:
    """The path of the letter's link to that page."""
    return re.search(rf"https://mail\.example\.com(/{door}/\S+)", text)[1]


@pytest.fixture
def status(sqlite_engine: Engine):
    def now() -> str | None:
        with Session(sqlite_engine) as session:
            return session.exec(select(Subscription.status)).first()

    return now


@pytest.fixture
def tokens(settings) -> Tokens:
    return Tokens(settings.keys)


def test_a_reader_subscribes_confirms_and_leaves(web, mails, status):
    assert "Subscribe free to our daily newsletter" in web.get("/subscribe/daily").text
    assert "Check your inbox" in sign_up(web, name="Ann").text
    eventually(mails, 1)
    assert status() == Status.PENDING

    page = link(mails[0].text, "confirm")
    assert "<button>" in web.get(page).text
    assert "You are on the list" in web.post(page).text
    eventually(mails, 2)
    assert status() == Status.ACTIVE

    page = link(mails[1].text, "unsubscribe")
    assert mails[1].unsubscribe_url.endswith(page)
    assert "<button>" in web.get(page).text
    assert "You are unsubscribed" in web.post(page).text
    assert status() == Status.UNSUBSCRIBED


def test_the_confirmation_names_the_site_the_newsletter_and_the_time_of_the_request(web, mails):
    with time_machine.travel(datetime(2026, 3, 2, 7, 5, tzinfo=UTC), tick=False):
        sign_up(web)
        eventually(mails, 1)
    mail = mails[0]
    for part in (mail.text, mail.html.replace("&amp;", "&")):
        assert "Harbour & Post" in part
        assert "The Harbour Daily" in part
        assert "March 2, 2026 at 7:05\u202fAM (Coordinated Universal Time)" in " ".join(part.split(" ")).replace(
            "\n", " "
        )
        assert link(part.replace('"', " "), "confirm") == link(mail.text, "confirm")
    assert mail.subject == "Please confirm: The Harbour Daily"
    assert (mail.to_address, mail.newsletter) == (ANN, "daily")


def test_a_name_given_by_a_stranger_never_reaches_an_unconfirmed_inbox(web, mails):
    sign_up(web, name="You won! evil.example")
    eventually(mails, 1)
    assert "evil.example" not in str(mails[0])


def test_a_scanner_that_follows_every_link_changes_nothing(web, mails, status, sqlite_engine):
    sign_up(web)
    eventually(mails, 1)
    confirmation = link(mails[0].text, "confirm")
    assert (web.get(confirmation).status_code, web.head(confirmation).status_code) == (200, 200)
    assert status() == Status.PENDING
    web.post(confirmation)
    eventually(mails, 2)
    for mail in mails:
        for url in re.findall(r"https://mail\.example\.com(/[^\s\"<]*)", mail.text + mail.html):
            assert web.get(url).status_code == 200
            assert web.head(url).status_code == 200
    assert status() == Status.ACTIVE
    with Session(sqlite_engine) as session:
        assert len(session.exec(select(Consent)).all()) == 2


def test_one_click_unsubscribing_answers_in_plain_text_as_often_as_it_is_asked(web, tokens, mails, status):
    sign_up(web)
    eventually(mails, 1)
    web.post(link(mails[0].text, "confirm"))
    page = "/unsubscribe/" + tokens.issue_unsubscribe(1, "daily")
    answers = [
        web.post(page, data={"List-Unsubscribe": "One-Click"}),
        web.post(page, files={"List-Unsubscribe": (None, "One-Click")}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain")
        assert "unsubscribed" in answer.text
    assert status() == Status.UNSUBSCRIBED


def test_answers_do_not_tell_whether_an_address_is_known(web, mails, sqlite_engine):
    with Session(sqlite_engine) as session:
        suppress(session, "never@example.com", "complaint", datetime.now(UTC))
        session.commit()
    stranger = sign_up(web, email="ann@example.com")
    eventually(mails, 1)
    web.post(link(mails[0].text, "confirm"))
    eventually(mails, 2)
    answers = {
        answer.text.replace(address, "")
        for address in ("ann@example.com", "never@example.com", "new@example.com")
        if (answer := sign_up(web, email=address)).status_code == 200
    }
    assert answers == {stranger.text.replace("ann@example.com", "")}


def test_who_is_subscribed_already_is_told_so_in_a_letter(web, mails, status):
    with time_machine.travel(datetime(2026, 3, 2, 7, tzinfo=UTC), tick=False) as clock:
        sign_up(web)
        eventually(mails, 1)
        web.post(link(mails[0].text, "confirm"))
        eventually(mails, 2)
        clock.shift(3600)
        sign_up(web)
        eventually(mails, 3)
    assert mails[2].subject.startswith("You are already subscribed")
    assert status() == Status.ACTIVE


def test_a_robot_that_fills_the_hidden_field_gets_the_same_page_and_nothing_else(web, mails, status):
    person, robot = sign_up(web, email="bob@example.com"), sign_up(web, website="https://spam.example")
    assert robot.text.replace(ANN, "") == person.text.replace("bob@example.com", "")
    eventually(mails, 1)
    assert mails[0].to_address == "bob@example.com"


def test_a_bad_address_is_explained_and_kept_in_the_form(web):
    answer = sign_up(web, email='"><script>alert(1)</script>@x', name="Ann & Co")
    assert answer.status_code == 422
    assert "This does not look like an email address" in answer.text
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert 'value="Ann &amp; Co"' in answer.text


@pytest.mark.parametrize(
    "content", ["", "email=%ff%fe%00&newsletter=daily", "email=a@b&email=c@d&newsletter=daily", "\x00"]
)
def test_a_form_that_no_person_sends_is_refused_calmly(web, content):
    answer = web.post("/subscribe", content=content, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (404, 422)
    assert "<h1" in answer.text


def test_a_file_instead_of_a_field_is_refused_calmly(web):
    assert web.post("/subscribe", files={"email": ("a.txt", b"ann@example.com")}).status_code == 400


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_no_form_needs_is_not_read(web, chunked):
    body = b"email=" + b"a" * 100_000
    answer = web.post(
        "/subscribe",
        content=(body[start : start + 5000] for start in range(0, len(body), 5000)) if chunked else body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer.headers


def test_forged_and_foreign_tokens_open_nothing(web, tokens, mails, status):
    sign_up(web)
    eventually(mails, 1)
    forged = Tokens(["another key altogether"])
    doors = [
        "/confirm/" + forged.issue_confirm(1, "daily"),
        "/confirm/" + tokens.issue_unsubscribe(1, "daily"),
        "/confirm/" + tokens.issue_confirm(1, "weekly"),
        "/confirm/" + tokens.issue_confirm(99, "daily"),
        "/unsubscribe/" + forged.issue_unsubscribe(1, "daily"),
        "/unsubscribe/" + tokens.issue_confirm(1, "daily"),
        "/unsubscribe/%00%ff..",
        "/confirm/x",
    ]
    for door in doors:
        answer = web.post(door)
        assert answer.status_code == 404
        assert "This link does not work" in answer.text
    assert status() == Status.PENDING


def test_an_expired_confirmation_says_so_and_is_good_for_asking_for_a_new_one(web, mails, status):
    with time_machine.travel(datetime(2026, 3, 2, 7, tzinfo=UTC), tick=False) as clock:
        sign_up(web)
        eventually(mails, 1)
        clock.shift(7 * DAY + 1)
        page = link(mails[0].text, "confirm")
        for answer in (web.get(page), web.post(page)):
            assert answer.status_code == 410
            assert "Shall we send you a new one?" in answer.text
        again = re.search(r'action="(/confirm/[^"]+)"', answer.text)[1]
        assert web.get(again).status_code == 405
        assert "We have sent you a new mail" in web.post(again).text
        eventually(mails, 2)
        assert status() == Status.PENDING
        assert "You are on the list" in web.post(link(mails[1].text, "confirm")).text
    assert status() == Status.ACTIVE


def test_a_newsletter_that_is_published_no_more_can_still_be_left(web, tokens):
    page = "/unsubscribe/" + tokens.issue_unsubscribe(1, "hourly")
    assert web.get(page).status_code == 200
    assert web.post(page).status_code == 200
    assert web.get("/subscribe/hourly").status_code == 404
    assert web.post("/subscribe", data={"newsletter": "hourly", "email": ANN}).status_code == 404


class TestWithoutAMailServer:
    """A mail server that is down costs nobody their chance."""

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails) -> FastAPI:
        def send(mail):
            if len(mails) < LIMIT + 1:
                mails.append(None)
                raise ConnectionRefusedError(f"no mail server for {mail.to_address}")
            mails.append(mail)

        return create_app(config, settings, sqlite_engine, send)

    def test_a_reader_whose_letter_failed_may_ask_again_at_once(self, web, mails, sqlite_engine, caplog):
        for count in range(1, LIMIT + 3):
            self._free_to_ask(sqlite_engine)
            assert sign_up(web).status_code == 200
            eventually(mails, count)
        assert mails[-1].to_address == ANN
        assert "ConnectionRefusedError" in caplog.text
        assert ANN not in caplog.text

    def _free_to_ask(self, engine):
        patience = threading.Event()
        for _ in range(400):
            with Session(engine) as session:
                if not session.exec(select(Subscription).where(Subscription.asked_at.is_not(None))).first():
                    return
            patience.wait(0.01)


def test_two_hundred_sign_ups_at_once_make_one_subscriber_and_one_letter(web, mails, sqlite_engine):
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: sign_up(web).status_code, range(200)))
    assert answers == [200] * 200
    eventually(mails, 1)
    with Session(sqlite_engine) as session:
        assert len(session.exec(select(Subscriber)).all()) == 1
