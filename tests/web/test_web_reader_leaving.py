"""The goodbye over real HTTP: one button, other ways, a way back, a question."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlmodel import Session, select

from subscribers.models import Consent, Status, Subscriber, Subscription
from subscribers.tokens import Tokens

NOW = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)


@pytest.fixture
def tokens(settings) -> Tokens:
    return Tokens(settings.keys)


@pytest.fixture
def page(sqlite_engine, tokens) -> str:
    with Session(sqlite_engine) as session:
        session.add(Subscriber(id=1, address="ann@example.com", name="Ann Lee", created_at=NOW))
        session.flush()
        session.add(Subscription(subscriber_id=1, newsletter="daily", status=Status.ACTIVE, requested_at=NOW))
        session.commit()
    return "/unsubscribe/" + tokens.issue_unsubscribe(1, "daily")


@pytest.fixture
def statuses(sqlite_engine):
    def statuses() -> dict[str, str]:
        with Session(sqlite_engine) as session:
            return {row.newsletter: row.status for row in session.exec(select(Subscription))}

    return statuses


def actions(text: str) -> set[str]:
    return {re.sub(r"/[^/]+\.[^/?]+", "", action) for action in re.findall(r'action="([^"]+)"', text)}


def test_one_button_leaves_and_the_others_stand_beside(web, page):
    answer = web.get(page)
    assert actions(answer.text) == {"/unsubscribe", "/unsubscribe/instead", "/unsubscribe/pause"}
    assert "Only <bdi>The &lt;Long&gt; Weekend</bdi> instead" in answer.text


def test_another_newsletter_instead(web, page, statuses):
    answer = web.post(f"{page}/instead", data={"newsletter": "weekly"})
    assert "From now on <bdi>The &lt;Long&gt; Weekend</bdi> comes to you." in answer.text
    assert statuses() == {"daily": Status.UNSUBSCRIBED, "weekly": Status.ACTIVE}


def test_what_was_left_is_not_offered_nor_begun_instead(web, page, statuses, sqlite_engine):
    with Session(sqlite_engine) as session:
        gone = {"status": Status.UNSUBSCRIBED, "requested_at": NOW, "ended_at": NOW}
        session.add(Subscription(subscriber_id=1, newsletter="weekly", **gone))
        session.commit()
    assert "instead" not in web.get(page).text
    web.post(f"{page}/instead", data={"newsletter": "weekly"})
    assert set(statuses().values()) == {Status.UNSUBSCRIBED}


def test_who_has_left_begins_nothing_with_an_old_link(web, page, statuses):
    web.post(page)
    assert actions(web.get(page).text) == {"/unsubscribe"}
    web.post(f"{page}/instead", data={"newsletter": "weekly"})
    assert statuses() == {"daily": Status.UNSUBSCRIBED}
    assert web.post(f"{page}/pause").status_code == 410


def test_a_pause_for_a_month_instead(web, page, sqlite_engine):
    with time_machine.travel(NOW, tick=False):
        assert "April 1, 2026" in web.post(f"{page}/pause").text
    with Session(sqlite_engine) as session:
        row = session.exec(select(Subscription)).one()
        assert (row.status, row.paused_until) == (Status.ACTIVE, datetime(2026, 4, 1, tzinfo=UTC))


def test_only_the_press_that_ended_it_can_be_taken_back_and_only_for_an_hour(web, page, statuses):
    with time_machine.travel(NOW, tick=False) as clock:
        [undo] = re.findall(r'action="(/undo/[^"]+)"', web.post(page).text)
        assert "/undo/" not in web.post(page).text
        assert web.get(undo).status_code == 405
        assert statuses() == {"daily": Status.UNSUBSCRIBED}
        assert "As if nothing had happened" in web.post(undo).text
        assert statuses() == {"daily": Status.ACTIVE}
        clock.shift(1)
        web.post(page, data={"List-Unsubscribe": "One-Click"})
        assert web.post(undo).status_code == 410
        [undo] = re.findall(r'action="(/undo/[^"]+)"', web.post("/undo/x").text) or [undo]
        clock.shift(3601)
        assert web.post(undo).status_code == 410
    assert statuses() == {"daily": Status.UNSUBSCRIBED}


def test_all_the_rest_is_left_with_one_more_press(web, page, statuses):
    web.post(f"{page}/instead", data={"newsletter": "weekly"})
    answer = web.post(f"{page}/everything")
    assert "None of our newsletters" in answer.text
    assert set(statuses().values()) == {Status.UNSUBSCRIBED}


def test_a_reason_is_kept_as_it_was_given_and_only_once(web, page, sqlite_engine):
    web.post(page)
    for words in ("Too\r\nlong & <b>dull</b>\x00", "again"):
        assert (
            "Thank you for telling us." in web.post(f"{page}/reason", data={"reason": "too-many", "words": words}).text
        )
    with Session(sqlite_engine) as session:
        [note] = session.exec(select(Consent.note).where(Consent.act == "reason")).all()
    assert note == "too-many: Too long & <b>dull</b>"


def test_one_click_answers_without_a_page_or_a_detour(web, page, tokens):
    for door in (page, page, "/unsubscribe/" + tokens.issue_unsubscribe(99, "daily")):
        answer = web.post(door, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
        assert (answer.status_code, answer.text) == (200, "You are unsubscribed.\n")


@pytest.mark.parametrize("newsletter", ["daily", "hourly"])
def test_a_link_of_somebody_erased_works_as_ever_and_tells_nothing(web, page, tokens, newsletter):
    door = "/unsubscribe/" + tokens.issue_unsubscribe(99, newsletter)
    assert actions(web.get(door).text) == {"/unsubscribe"}
    for way in ("", "/everything", "/instead", "/reason"):
        answer = web.post(door + way)
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text
    assert web.post(f"{door}/pause").status_code == 410
