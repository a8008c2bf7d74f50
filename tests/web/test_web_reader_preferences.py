"""The reader's own page over real HTTP: choosing, pausing, and nothing of the person on it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session, select

from digest.newsletters import Topic
from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.tokens import Tokens
from tests.web.letters import eventually

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
TOPICS = {"sea": "The <sea>", "sport": "Sport"}


@pytest.fixture
def config(config):
    """The daily offers topics."""
    topics = {key: Topic(key=key, name=name, words=(key,)) for key, name in TOPICS.items()}
    daily = config.newsletters["daily"].model_copy(update={"reader_topics": tuple(TOPICS)})
    return config.model_copy(update={"topics": topics, "newsletters": {**config.newsletters, "daily": daily}})


@pytest.fixture
def tokens(settings) -> Tokens:
    return Tokens(settings.keys)


@pytest.fixture
def ann(sqlite_engine) -> int:
    with Session(sqlite_engine) as session:
        session.add(Subscriber(id=1, address="ann@example.com", name="Ann Lee", created_at=NOW, fields={"city": "Oz"}))
        session.flush()
        session.add(Subscription(subscriber_id=1, newsletter="daily", status=Status.ACTIVE, requested_at=NOW))
        session.commit()
    return 1


@pytest.fixture
def page(ann, tokens) -> str:
    return "/preferences/" + tokens.issue_preferences(ann, "daily")


@pytest.fixture
def row(sqlite_engine):
    def row(newsletter: str = "daily") -> Subscription | None:
        with Session(sqlite_engine) as session:
            return session.exec(select(Subscription).where(Subscription.newsletter == newsletter)).first()

    return row


def form(**changes: object) -> dict[str, object]:
    """What a browser sends when nothing was changed."""
    shown = {
        "newsletter": ["daily"],
        "had": ["daily"],
        "divided": ["daily"],
        "topic": ["daily.sea", "daily.sport"],
        "language": "en",
        "hour": "ready",
        "timezone": "own",
        "pause": "none",
    }
    return {**shown, **changes}


def test_a_forwarded_mail_shows_nothing_of_its_owner(web, page):
    for answer in (web.get(page), web.post(page, data=form()), web.post(f"{page}/me")):
        assert answer.status_code == 200
        assert not re.search(r"Ann|ann@|Lee|Oz", answer.text)


def test_topics_hour_and_zone_are_kept_and_shown_again(web, page, row):
    web.post(page, data=form(topic=["daily.sport", "daily.made-up", "weekly.sea"], hour="18", timezone="Asia/Tokyo"))
    assert (row().topics, row().hour) == ("sport", 18)
    again = web.get(page).text
    assert 'value="daily.sport" checked' in again
    assert 'value="daily.sea">' in again
    assert '<option value="18" selected>' in again
    assert '<option value="Asia/Tokyo" selected>Tokyo' in again
    web.post(page, data=form())
    assert (row().topics, row().hour) == ("", None)


def test_what_nobody_offered_is_not_kept(web, page, row, sqlite_engine):
    answer = web.post(page, data=form(hour="24", timezone="Mars/Base", pause="for ever", newsletter=["daily", "x"]))
    assert answer.status_code == 200
    assert (row().hour, row().paused_until) == (None, None)
    with Session(sqlite_engine) as session:
        assert session.exec(select(Subscriber.timezone)).one() == ""


def test_a_pause_ends_by_itself_and_is_told(web, page, row):
    with time_machine.travel(NOW, tick=False) as clock:
        answer = web.post(page, data=form(pause="week", timezone="Asia/Tokyo"))
        assert "We write again from March 9, 2026 on." in answer.text
        assert row().paused_until == datetime(2026, 3, 8, 15, tzinfo=UTC)
        assert "You are having a pause." in web.get(page).text
        web.post(page, data=form(pause="date", until="2026-04-01", timezone="own"))
        assert row().paused_until == datetime(2026, 4, 1, tzinfo=UTC)
        assert 'value="2026-04-01"' in web.get(page).text
        clock.shift(timedelta(days=31))
        assert "You are having a pause." not in web.get(page).text
        web.post(page, data=form())
        assert row().paused_until is None


@pytest.mark.parametrize("day", ["", "2026-03-02", "2027-04-01", "tomorrow", "9999-99-99"])
def test_a_pause_until_no_day_of_the_next_year_is_explained_and_nothing_is_kept(web, page, row, day):
    with time_machine.travel(NOW, tick=False):
        answer = web.post(page, data=form(pause="date", until=day, hour="5"))
    assert answer.status_code == 422
    assert "Please choose a day between tomorrow and a year from now." in answer.text
    assert '<option value="5" selected>' in answer.text  # what else was chosen still stands in the form
    assert (row().hour, row().paused_until) == (None, None)


def test_a_newsletter_that_was_never_left_begins_at_once(web, page, row, mails, sqlite_engine):
    answer = web.post(page, data=form(newsletter=["daily", "weekly"]))
    assert answer.status_code == 200
    assert row("weekly").status == Status.ACTIVE
    assert mails == []
    with Session(sqlite_engine) as session:
        [proof] = session.exec(select(Consent)).all()
        assert (proof.act, proof.form, proof.newsletter) == ("confirmed", "preferences", "weekly")


def test_a_newsletter_that_was_left_comes_again_after_a_confirmation_by_mail(web, page, row, mails, sqlite_engine):
    with Session(sqlite_engine) as session:
        gone = {"status": Status.UNSUBSCRIBED, "requested_at": NOW, "ended_at": NOW}
        session.add(Subscription(subscriber_id=1, newsletter="weekly", **gone))
        session.commit()
    assert "You left it" in web.get(page).text
    answer = web.post(page, data=form(newsletter=["daily", "weekly"]))
    assert "press the button in the mail" in answer.text
    eventually(mails, 1)
    assert mails[0].subject == "Please confirm: The <Long> Weekend"
    assert row("weekly").status == Status.PENDING


def test_an_unticked_newsletter_ends_and_the_last_one_says_goodbye(web, page, row):
    web.post(page, data=form(newsletter=["daily", "weekly"]))
    answer = web.post(page, data=form(newsletter=["weekly"], had=["daily", "weekly"]))
    assert "Your choices are saved." in answer.text
    assert (row().status, row("weekly").status) == (Status.UNSUBSCRIBED, Status.ACTIVE)
    answer = web.post(page, data=form(newsletter=[], had=["weekly"]))
    assert "You are unsubscribed" in answer.text
    [undo] = re.findall(r'action="(/undo/[^"]+)"', answer.text)
    assert "The &lt;Long&gt; Weekend" in web.post(undo).text
    assert row("weekly").status == Status.ACTIVE


def test_a_page_that_lay_open_ends_nothing_that_it_did_not_show(web, page, row):
    web.post(page, data=form(newsletter=["daily", "weekly"]))
    web.post(page, data=form())
    assert row("weekly").status == Status.ACTIVE


def test_at_most_three_links_a_day_are_mailed_and_the_page_does_not_tell(web, page, mails):
    answers = {web.post(f"{page}/me").text for _ in range(5)}
    assert len(answers) == 1
    eventually(mails, 3)
    assert {(mail.to_address, mail.to_name, mail.unsubscribe_url) for mail in mails} == {("ann@example.com", "", "")}


def test_looking_changes_nothing(web, page, row):
    web.get(page, params=form(hour="5", pause="week"))
    web.head(page)
    assert (row().hour, row().paused_until) == (None, None)
    assert web.get(f"{page}/me").status_code == 405
