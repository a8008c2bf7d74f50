"""One slot from start to end: one issue, each reader once, whatever happens meanwhile."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select

from digest.deliver import outbox
from digest.errors import DigestError, TransportError
from digest.newsletters import Newsletter
from digest.preview import preview_issue
from digest.publish import Report, publish
from digest.store import issues
from digest.store.models import DeliveryState, IssueRow, IssueState, StoryRow
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import SLOT, at, write_articles

DAY = timedelta(days=1)


def send(workspace: Workspace, newsletter: Newsletter, slot: object = SLOT) -> Report:
    return asyncio.run(publish(workspace, newsletter, slot))  # type: ignore[arg-type]


def mails(postbox: Postbox) -> list[EmailMessage]:
    return [message_from_bytes(content, policy=policy.default) for _, content in postbox.received]


def test_a_slot_becomes_one_mail_in_every_inbox(workspace: Workspace, daily: Newsletter, postbox: Postbox) -> None:
    report = send(workspace, daily)
    assert report.issue.state == IssueState.SENT
    assert report.balance == outbox.Balance(audience=2, sent=2)
    assert postbox.recipients == ["reader1@example.com", "reader2@example.com"]
    for mail in mails(postbox):
        assert mail["Subject"] == report.issue.subject
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(mail["List-Id"]).endswith("<daily.post.example>")
        text = mail.get_body(("plain",)).get_content()
        assert all(story.headline in " ".join(text.split()) for story in stories(workspace, report))


def stories(workspace: Workspace, report: Report) -> list[StoryRow]:
    with Session(workspace.engine, expire_on_commit=False) as session:
        found = select(StoryRow).where(StoryRow.issue_id == report.issue.id).order_by("rank")
        return list(session.exec(found))


def test_sending_the_same_slot_again_sends_nothing(workspace: Workspace, daily: Newsletter, postbox: Postbox) -> None:
    send(workspace, daily)
    assert send(workspace, daily).note == "already sent"
    assert len(postbox.received) == 2


def test_several_processes_at_once_make_one_issue(workspace: Workspace, daily: Newsletter, postbox: Postbox) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(workspace, daily), range(4)))
    send(workspace, daily)
    assert len(issues.list_issues(workspace.engine)) == 1
    assert postbox.recipients == ["reader1@example.com", "reader2@example.com"]


def test_the_job_is_the_same_on_postgresql(
    make_workspace: Callable[..., Workspace], postgres_url: str, postbox: Postbox
) -> None:
    workspace = make_workspace(database_url=postgres_url.replace("+psycopg", ""))
    write_articles(workspace, 1, 2, 3)
    newsletter = workspace.config.newsletter("daily")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: send(workspace, newsletter), range(3)))
    assert send(workspace, newsletter).note == "already sent"
    assert postbox.recipients == ["reader1@example.com", "reader2@example.com"]


def test_an_article_is_never_used_twice(workspace: Workspace, daily: Newsletter, postbox: Postbox) -> None:
    send(workspace, daily)
    tomorrow = at(workspace, SLOT + DAY)
    write_articles(workspace, 4, published=SLOT + DAY)
    report = send(tomorrow, daily, SLOT + DAY)
    assert [story.headline for story in stories(workspace, report)] == ["The school opens its doors for the 4th time"]
    reasons = {decision["url"].rpartition("-")[2]: decision["reason"] for decision in report.issue.decisions}
    assert {number for number, reason in reasons.items() if reason == "already in an earlier issue"} == {"1", "2", "3"}
    assert report.issue.number == 2


def test_with_nothing_new_the_issue_is_skipped_and_nothing_is_mailed(
    workspace: Workspace, daily: Newsletter, postbox: Postbox
) -> None:
    send(workspace, daily)
    report = send(at(workspace, SLOT + DAY), daily, SLOT + DAY)
    assert report.issue.state == IssueState.SKIPPED
    assert "nothing new" in report.issue.reason
    assert len(postbox.received) == 2
    assert send(at(workspace, SLOT + DAY), daily, SLOT + DAY).note == "already skipped"


def test_when_no_source_can_be_read_the_slot_stays_open_for_another_try(
    workspace: Workspace, daily: Newsletter, postbox: Postbox
) -> None:
    articles = workspace.config.folder / "articles"
    articles.rename(articles.with_name("away"))
    with pytest.raises(
        DigestError, match=r"daily: no source could be read: desk: .*articles: the folder cannot be read"
    ):
        send(workspace, daily)
    assert postbox.received == []
    articles.with_name("away").rename(articles)
    assert send(workspace, daily).issue.state == IssueState.SENT
    assert len(postbox.received) == 2


def test_an_empty_folder_skips_the_issue_and_says_so(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace()
    report = send(workspace, workspace.config.newsletter("daily"))
    assert (report.issue.state, report.issue.reason) == (IssueState.SKIPPED, "no articles came from any source")
    assert postbox.received == []


def test_an_unreachable_server_loses_nothing_and_the_next_run_goes_on(
    workspace: Workspace, daily: Newsletter, postbox: Postbox, unused_port: int
) -> None:
    wrong = workspace.settings.model_copy(update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{unused_port}")})
    with pytest.raises(TransportError, match="2 messages stay queued"):
        send(replace(workspace, settings=wrong), daily)
    report = send(workspace, daily)
    assert report.issue.state == IssueState.SENT
    assert report.harvests == ()
    assert len(postbox.received) == 2


def test_an_issue_with_deferred_mail_is_not_called_sent(
    workspace: Workspace, daily: Newsletter, postbox: Postbox
) -> None:
    postbox.answers["reader2@example.com"] = ["451 4.2.1 later"]
    report = send(workspace, daily)
    assert (report.issue.state, report.balance) == (IssueState.SENDING, outbox.Balance(audience=2, sent=1, deferred=1))
    report = send(at(workspace, SLOT + timedelta(hours=1)), daily)
    assert (report.issue.state, len(postbox.received)) == (IssueState.SENT, 2)


def test_with_manual_approval_a_draft_waits_for_the_editor(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1)
    newsletter = workspace.config.newsletter("daily")
    report = send(workspace, newsletter)
    assert (report.issue.state, postbox.received) == (IssueState.DRAFT, [])
    assert f"digest issues approve {report.issue.id}" in report.note
    assert issues.approve(workspace.engine, report.issue.id or 0)
    assert send(workspace, newsletter).issue.state == IssueState.SENT


def test_an_issue_whose_time_has_passed_is_cancelled_instead_of_sent(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace('approval = "manual"')
    write_articles(workspace, 1)
    newsletter = workspace.config.newsletter("daily")
    issue_id = send(workspace, newsletter).issue.id or 0
    issues.approve(workspace.engine, issue_id)
    report = send(at(workspace, SLOT + DAY), newsletter)
    assert (report.issue.state, postbox.received) == (IssueState.CANCELLED, [])
    assert "time had passed" in report.issue.reason


def test_one_resumed_after_a_crash_sends_the_same_bytes(
    workspace: Workspace, daily: Newsletter, postbox: Postbox
) -> None:
    send(workspace, daily)
    before = sorted(postbox.received)
    with workspace.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE delivery SET state = '{DeliveryState.QUEUED}'")
        connection.exec_driver_sql(f"UPDATE issue SET state = '{IssueState.SENDING}'")
    postbox.received.clear()
    send(at(workspace, SLOT + timedelta(hours=2)), daily)
    assert sorted(postbox.received) == before


def test_the_preview_says_what_would_be_sent_and_changes_nothing(
    workspace: Workspace, daily: Newsletter, postbox: Postbox
) -> None:
    before = dump(workspace)
    preview = asyncio.run(preview_issue(workspace, daily))
    assert dump(workspace) == before
    report = send(workspace, daily)
    [sent, _] = mails(postbox)
    assert preview.message.subject == sent["Subject"]
    headlines = [each.story.headline for each in preview.draft.stories]
    assert headlines == [row.headline for row in stories(workspace, report)]


def test_the_preview_of_nothing_says_why(workspace: Workspace, daily: Newsletter) -> None:
    send(workspace, daily)
    with pytest.raises(DigestError, match="daily: the issue would be skipped: nothing new"):
        asyncio.run(preview_issue(workspace, daily))


def test_the_reasons_are_kept_with_the_issue(workspace: Workspace, daily: Newsletter) -> None:
    issue_id = send(workspace, daily).issue.id
    with Session(workspace.engine) as session:
        row = session.get(IssueRow, issue_id)
        assert row is not None
        assert {decision["reason"] for decision in row.decisions} == {"the lead", "story 2", "story 3"}


def dump(workspace: Workspace) -> list[str]:
    with sqlite3.connect(workspace.config.folder / "digest.db") as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines
