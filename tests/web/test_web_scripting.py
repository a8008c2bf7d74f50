"""The prompt for scripts, over real HTTP."""

import re
import time
from datetime import UTC, datetime

import httpx
import pytest
import time_machine
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.settings import Settings
from digest.signups import AskedField, SignUp
from digest.web import create_app
from digest.web.app import origin_of
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.suppression import suppress
from tests.subscribers.test_subscribers_work import solved
from tests.web.letters import eventually

ANN = "ann@example.com"
SITE = "https://news.example.com"


@pytest.fixture
def config(config):
    town = AskedField(key="town", label="Which town?", options=("Porto", "Lisbon"))
    shoe = AskedField(key="why", label="What brought you here?")
    return config.model_copy(update={"fields": {"town": town, "why": shoe}})


def apply(web: httpx.Client, origin: str | None = SITE, **changed: object) -> httpx.Response:
    headers = {"Origin": origin} if origin else {}
    return web.post("/api/subscribe", json={"newsletter": ["daily"], "email": ANN, **changed}, headers=headers)


def test_a_script_learns_what_to_ask_in_which_words(web):
    told = web.get("/api/prompt/daily,weekly?lang=es").json()
    assert [each["key"] for each in told["newsletters"]] == ["daily", "weekly"]
    assert (told["language"], told["direction"]) == ("es", "ltr")
    assert told["words"]["prompt"] == "Suscríbete gratis a nuestro boletín diario"
    assert told["questions"][0] == {"key": "town", "label": "Which town?", "options": ["Porto", "Lisbon"]}
    assert told["action"] == "https://mail.example.com/subscribe"
    assert web.get("/api/prompt/daily?lang=ar").json()["direction"] == "rtl"


def test_a_reader_joins_two_newsletters_by_script_and_confirms_both_at_once(web, mails, sqlite_engine: Engine):
    answer = apply(
        web,
        newsletter=["daily", "weekly"],
        page="https://news.example.com/ferry#top",
        fields={"town": "Porto", "x": "y"},
    )
    assert (answer.status_code, answer.json()["state"]) == (202, "check")
    eventually(mails, 1)
    assert "The Harbour Daily and The <Long> Weekend" in " ".join(mails[0].text.split())
    page = re.search(r"https://mail\.example\.com(/confirm/\S+)", mails[0].text)[1]
    assert "The Harbour Daily and The &lt;Long&gt; Weekend" in web.get(page).text
    web.post(page)
    eventually(mails, 2)
    with Session(sqlite_engine) as session:
        assert session.exec(select(Subscription.status)).all() == [Status.ACTIVE] * 2
        assert set(session.exec(select(Subscription.page))) == {"https://news.example.com/ferry"}
        assert session.exec(select(Subscriber.fields)).one() == {"town": "Porto"}
        asked = session.exec(select(Consent).where(Consent.act == "requested")).all()
        assert {(each.form, each.page, each.wording) for each in asked} == {
            ("script", "https://news.example.com/ferry", "Subscribe free to our daily newsletter")
        }


@pytest.mark.parametrize(
    ("changed", "status", "state", "field"),
    [
        ({"email": "ann@"}, 422, "mistaken", "email"),
        ({"email": ""}, 422, "mistaken", "email"),
        ({"fields": {"town": "Atlantis"}}, 422, "mistaken", "field.town"),
        ({"newsletter": ["hourly"]}, 404, "unknown", None),
        ({"newsletter": []}, 404, "unknown", None),
        ({"newsletter": "daily"}, 400, "refused", None),
        ({"email": ["a"]}, 400, "refused", None),
        ({"email": "a" * 5000}, 400, "refused", None),
        ({"fields": {str(number): "" for number in range(60)}}, 400, "refused", None),
    ],
)
def test_what_is_wrong_is_told(web, mails, changed, status, state, field):
    answer = apply(web, lang="de", **changed)
    assert (answer.status_code, answer.json()["state"], answer.json().get("field")) == (status, state, field)
    assert answer.json()["message"]
    assert mails == []


def test_the_answer_does_not_tell_whether_an_address_is_known(web, mails, sqlite_engine):
    with Session(sqlite_engine) as session:
        suppress(session, "never@example.com", "complaint", datetime.now(UTC))
        session.commit()
    answers = [
        apply(web),
        apply(web),
        apply(web, email="never@example.com"),
        apply(web, website="https://spam.example"),
    ]
    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    eventually(mails, 1)


@pytest.mark.parametrize("origin", [SITE, "https://mail.example.com", None])
def test_the_publishers_sites_are_let_in_and_whoever_is_no_browser(web, mails, origin):
    answer = apply(web, origin)
    assert answer.status_code == 202
    assert answer.headers.get("access-control-allow-origin") == origin
    assert origin is None or "Origin" in answer.headers["vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://news.example.com", "https://news.example.com:8443", "null"]
)
def test_other_sites_are_refused(web, mails, origin):
    asked = web.get("/api/prompt/daily", headers={"Origin": origin})
    assert apply(web, origin).status_code == asked.status_code == 403
    preflight = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    told = web.options("/api/subscribe", headers=preflight)
    assert told.status_code == 400
    for answer in (asked, told):
        assert "access-control-allow-origin" not in answer.headers
    assert mails == []


def test_a_browser_may_ask_before_it_sends(web):
    preflight = {
        "Origin": SITE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    told = web.options("/api/subscribe", headers=preflight)
    assert told.status_code == 200
    assert told.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in told.headers


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 20_000])
def test_a_body_that_is_no_application_is_refused_calmly(web, body):
    answer = web.post("/api/subscribe", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["state"]) == (400, "refused")


def test_a_body_of_another_kind_is_refused_for_it_needs_no_browsers_leave(web, mails):
    answer = web.post("/api/subscribe", content=f'{{"newsletter":["daily"],"email":"{ANN}"}}')
    assert answer.status_code == 400
    assert mails == []


def test_a_body_that_no_application_needs_is_not_read(web):
    assert apply(web, name="a" * 100_000).status_code == 413


def test_every_answer_carries_strict_headers_and_is_kept_by_nobody(web):
    for answer in (web.get("/api/prompt/daily"), apply(web), web.get("/api/prompt/hourly"), web.get("/api/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
    assert web.get("/api/prompt/daily").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://WWW.Example.com/news?page=2#x", "https://www.example.com"),
        ("https://example.com:443", "https://example.com"),
        ("http://example.com:8080/", "http://example.com:8080"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("http://[2001:db8::1]:8000/", "http://[2001:db8::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url, origin):
    assert origin_of(url) == origin


class TestUnderPressure:
    """When too many come, each has to work for it."""

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails) -> FastAPI:
        strict = config.model_copy(update={"signup": SignUp(pressure=0)})
        return create_app(strict, settings, sqlite_engine, mails.append)

    def test_a_script_is_given_a_sum_and_gets_through_with_its_solution(self, web, mails):
        asked = apply(web)
        assert (asked.status_code, asked.json()["state"]) == (428, "prove")
        assert mails == []
        proof = solved(asked.json()["challenge"])
        assert apply(web, proof=proof).status_code == 202
        eventually(mails, 1)
        assert apply(web, proof=proof, email="bob@example.com").status_code == 428

    def test_a_plain_form_is_asked_for_a_moment_and_keeps_what_was_typed(self, web, mails):
        typed = {"newsletter": "daily", "email": ANN, "name": "Ann & Co", "lang": "de", "field.town": "Porto"}
        page = web.post("/subscribe", data=typed)
        assert page.status_code == 428
        assert "script-src 'self'" in page.headers["content-security-policy"]
        kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
        assert {**kept, "form": ""} == {**typed, "name": "Ann &amp; Co", "form": ""}
        assert web.post("/subscribe", data=kept).status_code == 428
        assert mails == []

    def test_who_runs_no_scripts_waits_for_ten_seconds_instead(self, web, mails):
        with time_machine.travel(time.time(), tick=False) as clock:
            page = web.post("/subscribe", data={"newsletter": "daily", "email": ANN})
            kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
            clock.shift(10)
            assert web.post("/subscribe", data=kept).status_code == 200
            eventually(mails, 1)


class TestWithAFewLetIn:
    """The limits of a publisher, and the doors that count them."""

    @pytest.fixture
    def settings(self) -> Settings:
        key = "another key for tests"
        return Settings(
            secret_key="a secret key for tests", public_url="https://mail.example.com", metrics_key=key, _env_file=None
        )

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails) -> FastAPI:
        strict = config.model_copy(update={"signup": SignUp(per_network=2, disposable="refuse")})
        return create_app(strict, settings, sqlite_engine, mails.append)

    def test_one_network_has_its_share_and_is_told_when_there_is_more(self, web, mails):
        emails = [f"reader-{number}@example.com" for number in range(3)]
        answers = [apply(web, email=email) for email in emails]
        assert [answer.status_code for answer in answers] == [202, 202, 429]
        assert 3590 < int(answers[2].headers["retry-after"]) <= 3600
        page = web.post("/subscribe", data={"newsletter": "daily", "email": ANN})
        assert page.status_code == 429
        assert "A little later, please" in page.text
        eventually(mails, 2)

    def test_a_throw_away_address_is_refused_where_the_publisher_wants_it_so(self, web, mails):
        answer = apply(web, email="ann@mailinator.com")
        assert (answer.status_code, answer.json()["field"]) == (422, "email")
        assert "next month" in answer.json()["message"]

    def test_the_counters_are_told_to_whoever_has_the_key(self, web, mails):
        apply(web)
        eventually(mails, 1)
        apply(web, email="x")
        told = web.get("/metrics", headers={"Authorization": "Bearer another key for tests"})
        assert told.status_code == 200
        assert 'digest_signups_total{outcome="check"} 1.0' in told.text
        assert 'digest_signups_total{outcome="mistaken"} 1.0' in told.text
        assert 'digest_letters_total{kind="confirm",outcome="sent"} 1.0' in told.text
        assert ANN not in told.text
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            assert web.get("/metrics", headers=headers).status_code == 404


def test_without_a_key_there_are_no_counters(web):
    assert web.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 404


def test_a_proxy_on_this_machine_says_who_asks(web, mails, sqlite_engine):
    web.headers["X-Forwarded-For"] = "203.0.113.77"
    apply(web)
    eventually(mails, 1)
    assert _networks(sqlite_engine) == ["203.0.113.0/24"]


def _networks(engine: Engine) -> list[str]:
    """Of the consents, once there are any: they are written after the letter has left."""
    for _ in range(200):
        with Session(engine) as session:
            if found := list(session.exec(select(Consent.network))):
                return found
        time.sleep(0.01)
    return []


@pytest.mark.parametrize(("kept", "network"), [("network", "127.0.0.0/24"), ("full", "127.0.0.1"), ("none", "")])
class TestOfTheNetwork:
    """How much of the IP address a consent keeps."""

    @pytest.fixture
    def app(self, config, settings, sqlite_engine, mails, kept) -> FastAPI:
        changed = config.model_copy(update={"signup": SignUp(consent_network=kept)})
        return create_app(changed, settings, sqlite_engine, mails.append)

    def test_is_kept_what_the_publisher_chose(self, web, mails, sqlite_engine, network):
        apply(web)
        eventually(mails, 1)
        assert _networks(sqlite_engine) == [network]
