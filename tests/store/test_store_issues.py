"""An issue's life: each step takes effect once, whoever tries it and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from digest.domain import Article, Decision, Harvest, Story
from digest.errors import AskedWrongly
from digest.newsletters import Newsletter
from digest.store import articles, issues
from digest.store.issues import Draft, DraftStory, Rendering
from digest.store.models import IssueState

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
DAILY = Newsletter(key="daily", title="Daily", schedule="0 7 * * *", sender="d@example.com")
URL, COPY = "https://post.example/tram", "https://gull.example/tram"
STORY = DraftStory(Story(URL, "The tram stays", "For three years.", "The Post"), "dek", folded=(COPY,))
DRAFT = Draft(
    "The tram stays", "", (STORY,), (Decision(URL, "Tram", "city", True, "the lead", 1.0, {"freshness": 1.0}),)
)


def new_issue(engine: Engine, slot: datetime = NOW) -> int:
    return issues.open_issue(engine, DAILY, slot, NOW).id or 0


def drafted(engine: Engine, draft: Draft = DRAFT) -> int:
    with Session(engine) as session:
        found = tuple(Article(url, "Tram", "Text", source="city") for url in (URL, COPY))
        articles.save_harvest(session, Harvest("city", found), seen=NOW, backlog=False)
        session.commit()
    issue_id = new_issue(engine)
    assert issues.hold_draft(engine, issue_id, "me", NOW)
    assert issues.save_draft(engine, issue_id, draft, "me", NOW)
    return issue_id


def test_one_slot_has_one_issue_however_many_ask_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(lambda _: new_issue(engine), range(8)))
    assert len(ids) == 1
    assert new_issue(engine, NOW + timedelta(days=1)) not in ids


def test_one_process_drafts_and_the_others_leave_it_to_it(engine: Engine) -> None:
    issue_id = new_issue(engine)
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda name: issues.hold_draft(engine, issue_id, str(name), NOW), range(8)))
    assert held.count(True) == 1


def test_a_dead_process_and_an_old_lease_hold_nothing(engine: Engine) -> None:
    issue_id = new_issue(engine)
    assert issues.hold_draft(engine, issue_id, "dead", NOW)
    assert not issues.hold_draft(engine, issue_id, "me", NOW)
    assert issues.hold_draft(engine, issue_id, "me", NOW, gone=["dead"])
    assert issues.hold_draft(engine, issue_id, "later", NOW + timedelta(minutes=11))
    assert not issues.save_draft(engine, issue_id, DRAFT, "me", NOW), "the issue was taken over meanwhile"


def test_a_draft_keeps_its_stories_and_its_reasons(engine: Engine) -> None:
    row = issues.issue_by_id(engine, drafted(engine))
    assert (row.state, row.subject) == (IssueState.DRAFT, "The tram stays")
    assert row.decisions == [
        {
            "url": URL,
            "title": "Tram",
            "source": "city",
            "chosen": True,
            "reason": "the lead",
            "score": 1.0,
            "parts": {"freshness": 1.0},
        }
    ]
    used = articles.used_articles(engine, "daily", since=NOW - timedelta(days=1))
    assert {article.url for article in used} == {URL, COPY}


def test_what_a_cancelled_issue_held_is_free_again(engine: Engine) -> None:
    issue_id = drafted(engine)
    with Session(engine) as session:
        assert issues.cancel(session, issue_id, "by hand")
        session.commit()
    assert articles.used_articles(engine, "daily", since=NOW - timedelta(days=1)) == []


def test_a_draft_without_stories_is_skipped_for_good(engine: Engine) -> None:
    issue_id = drafted(engine, Draft("", "", (), (), skipped="nothing new"))
    assert not issues.approve(engine, issue_id)
    row = issues.issue_by_id(engine, issue_id)
    assert (row.state, row.reason) == (IssueState.SKIPPED, "nothing new")


def test_only_a_finished_draft_is_approved_and_only_once(engine: Engine) -> None:
    assert not issues.approve(engine, new_issue(engine, NOW + timedelta(days=1)))
    issue_id = drafted(engine)
    assert [issues.approve(engine, issue_id) for _ in range(2)] == [True, False]


def test_sending_begins_once_and_gives_the_issue_its_number(engine: Engine) -> None:
    issue_id = drafted(engine)
    issues.approve(engine, issue_id)
    row = issues.issue_by_id(engine, issue_id)
    with Session(engine) as session:
        number = issues.next_number(session, "daily")
        renderings = [Rendering("en", "<p>", "p"), Rendering("ar", "<b>", "b"), Rendering("en", "<i>", "i", "2,3", "I")]
        begun = issues.begin_sending(session, row, number, renderings, NOW)
        session.commit()
        assert issues.begin_sending(session, row, number, renderings, NOW) == []
        assert issues.next_number(session, "daily") == 2
    kept = issues.variants_of(engine, issue_id)
    assert [variant.id for variant in kept] == begun
    assert [(variant.language, variant.html, variant.stories, variant.subject) for variant in kept] == [
        ("en", "<p>", "", ""),
        ("ar", "<b>", "", ""),
        ("en", "<i>", "2,3", "I"),
    ]


def test_what_was_changed_since_it_was_rendered_is_not_sent_as_it_was(engine: Engine) -> None:
    issue_id = drafted(engine)
    issues.approve(engine, issue_id)
    rendered = issues.issue_by_id(engine, issue_id)
    assert issues.edit_draft(engine, rendered, replace(DRAFT, subject="Another"), {"subject"})
    assert not issues.edit_draft(engine, rendered, replace(DRAFT, subject="A third"))
    with Session(engine) as session:
        assert issues.begin_sending(session, rendered, 1, [Rendering("en", "<p>", "p")], NOW) == []
    edited = issues.issue_by_id(engine, issue_id)
    assert (edited.state, edited.subject, edited.subject_by_hand) == (IssueState.APPROVED, "Another", True)
    assert issues.stories_of(engine, issue_id) == [STORY]


def test_an_issue_that_is_not_there_is_told(engine: Engine) -> None:
    with pytest.raises(AskedWrongly, match=r"there is no issue 99 \(`digest issues` lists them\)"):
        issues.issue_by_id(engine, 99)
