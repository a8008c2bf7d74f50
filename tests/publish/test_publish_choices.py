"""What readers choose takes effect when an issue is sent: their pause, their hour, their topics."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from digest.cli import app
from digest.deliver import Balance, outbox
from digest.errors import AskedWrongly
from digest.preview import preview_stored
from digest.publish import Report, publish
from digest.schedule import due, publish_due
from digest.store import issues
from digest.store.models import DeliveryRow, IssueState, Subscriber, Subscription
from digest.web import create_app
from digest.workspace import Workspace
from tests.postbox import Postbox
from tests.publish.conftest import FOLDER, SLOT, at, write_articles

DAY = timedelta(days=1)
EVENING = datetime(2026, 11, 23, 18, tzinfo=UTC)
TOPICS = """
[topics.sea]
words = ["lighthouse", "harbour", "beach"]

[topics.trade]
name = "Shops and markets"
words = ["market"]

[topics.books]
words = ["library"]
"""
OFFERED = 'reader_topics = ["sea", "trade"]'


def send(workspace: Workspace, moment: datetime = SLOT, slot: datetime = SLOT) -> Report:
    return asyncio.run(publish(at(workspace, moment), workspace.config.newsletter("daily"), slot))


def choose(workspace: Workspace, reader: int, **choices: object) -> None:
    """Let a reader choose."""
    with Session(workspace.engine) as session:
        for table, key in ((Subscriber, Subscriber.id), (Subscription, Subscription.subscriber_id)):
            own = {name: value for name, value in choices.items() if name in table.model_fields}
            if own:
                session.exec(update(table).where(col(key) == reader).values(**own))
        session.commit()


def mail_to(postbox: Postbox, reader: int) -> EmailMessage:
    [content] = [content for to, content in postbox.received if to == f"reader{reader}@example.com"]
    return message_from_bytes(content, policy=policy.default)


def headlines(mail: EmailMessage) -> set[str]:
    words = mail.get_body(("plain",)).get_content()
    return {place for place in ("harbour", "library", "market", "lighthouse") if f"The {place} opens" in words}


@pytest.fixture
def four(make_workspace: Callable[..., Workspace]) -> Workspace:
    """Four readers of a newsletter that offers two topics; four stories: market, library, lighthouse and school."""
    made = make_workspace(OFFERED, readers=4, sources=FOLDER + TOPICS)
    write_articles(made, 1, 2, 3, 4)
    return made


def test_who_pauses_gets_nothing_and_everything_again_afterwards(four: Workspace, postbox: Postbox) -> None:
    choose(four, 1, paused_until=SLOT + timedelta(hours=1))
    assert send(four).balance == Balance(audience=3, sent=3)
    write_articles(four, 5, published=SLOT + DAY)
    assert send(four, SLOT + DAY, SLOT + DAY).balance == Balance(audience=4, sent=4)
    assert postbox.recipients.count("reader1@example.com") == 1


def test_an_issue_waits_for_its_readers_hours_and_then_ends(four: Workspace, postbox: Postbox) -> None:
    choose(four, 1, hour=18)
    choose(four, 2, hour=18, timezone="America/New_York")
    choose(four, 3, hour=4)  # too late for an issue that expires at three: it comes at once
    due(at(four, SLOT - DAY), four.config.newsletter("daily"))
    report = send(four)
    assert (report.issue.state, report.balance) == (
        IssueState.SENDING,
        Balance(audience=4, sent=2, queued=2, for_later=2),
    )
    assert report.note == "2 deliveries wait for their readers' hour; the daemon or `digest send --due` goes on"
    assert sorted(postbox.recipients) == ["reader3@example.com", "reader4@example.com"]
    told: list[Report] = []
    for moment in (SLOT + timedelta(minutes=1), EVENING - timedelta(seconds=1)):
        assert asyncio.run(publish_due(at(four, moment), asyncio.Event(), told.append)) == []
    assert told == []
    assert asyncio.run(publish_due(at(four, EVENING), asyncio.Event(), told.append)) == []
    assert told[-1].note.startswith("1 delivery waits for its reader's hour;")
    assert "compose" not in told[-1].seconds
    assert asyncio.run(publish_due(at(four, EVENING + timedelta(hours=5)), asyncio.Event(), told.append)) == []
    assert (told[-1].issue.state, told[-1].balance) == (IssueState.SENT, Balance(audience=4, sent=4))
    assert len(set(postbox.recipients)) == len(postbox.recipients) == 4
    assert [parsedate_to_datetime(mail_to(postbox, reader)["Date"]) for reader in (1, 2, 4)] == [
        EVENING,
        EVENING + timedelta(hours=5),
        SLOT,
    ]


def test_the_archive_shows_an_issue_while_deliveries_wait(four: Workspace) -> None:
    choose(four, 1, hour=18)
    send(four)
    with TestClient(create_app(four.config, four.settings, four.engine, lambda _: None)) as web:
        assert web.get("/archive/daily/1").status_code == 200


def test_the_next_issue_does_not_wait_for_the_one_before(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace("expires_hours = 40", readers=2)
    write_articles(workspace, 1)
    choose(workspace, 1, hour=6)
    send(workspace)
    choose(workspace, 1, hour=18)
    write_articles(workspace, 2, published=SLOT + timedelta(hours=12))
    second = send(workspace, SLOT + timedelta(hours=13), SLOT + timedelta(hours=13))
    assert second.balance == Balance(audience=2, sent=1, queued=1, for_later=1)
    told: list[Report] = []
    for hours in (23, 35):
        asyncio.run(publish_due(at(workspace, SLOT + timedelta(hours=hours)), asyncio.Event(), told.append))
    balances = [outbox.balance(workspace.engine, number) for number in (1, 2)]
    assert balances == [Balance(audience=2, sent=2), Balance(audience=2, sent=2)]
    assert sorted(postbox.recipients) == ["reader1@example.com"] * 2 + ["reader2@example.com"] * 2


def test_a_pause_or_a_farewell_before_the_hour_takes_the_delivery_back(four: Workspace, postbox: Postbox) -> None:
    for reader in (1, 2, 3):
        choose(four, reader, hour=18)
    send(four)
    choose(four, 1, paused_until=EVENING + DAY)
    choose(four, 2, status="unsubscribed")
    assert send(four, EVENING).balance == Balance(audience=4, sent=2, withdrawn=2)
    assert sorted(postbox.recipients) == ["reader3@example.com", "reader4@example.com"]


def test_each_reader_gets_the_stories_of_their_topics_and_general_news(four: Workspace, postbox: Postbox) -> None:
    choose(four, 1, topics="sea")
    choose(four, 2, topics="trade", language="de")
    choose(four, 3, topics="books")  # not offered, or not any more
    report = send(four)
    everything = headlines(mail_to(postbox, 4))
    assert everything == {"library", "market", "lighthouse"}
    assert headlines(mail_to(postbox, 1)) == {"library", "lighthouse"}
    assert headlines(mail_to(postbox, 2)) == {"library", "market"}
    assert mail_to(postbox, 2).get_body(("html",))["Content-Language"] == "de"
    assert headlines(mail_to(postbox, 3)) == everything
    variants = issues.variants_of(four.engine, report.issue.id or 0)
    assert [(variant.language, variant.stories == "") for variant in variants] == [
        ("en", True),
        ("en", False),
        ("de", False),
    ]


def test_the_subject_of_a_mail_names_a_story_that_it_has(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(f'{OFFERED}\npins = ["market"]', readers=3, sources=FOLDER + TOPICS)
    write_articles(workspace, 1, 2, 3, 4)
    choose(workspace, 1, topics="sea")
    choose(workspace, 2, topics="trade")
    report = send(workspace)
    subjects = {reader: mail_to(postbox, reader)["Subject"] for reader in (1, 2, 3)}
    assert "market" in report.issue.subject
    assert subjects[2] == subjects[3] == report.issue.subject
    assert subjects[1] != report.issue.subject
    assert "market" not in subjects[1]


def test_who_would_get_an_empty_issue_gets_all_of_it(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(OFFERED, sources=FOLDER + TOPICS)
    write_articles(workspace, 2)
    choose(workspace, 1, topics="sea")
    report = send(workspace)
    assert headlines(mail_to(postbox, 1)) == {"market"}
    assert len(issues.variants_of(workspace.engine, report.issue.id or 0)) == 1


def test_the_archive_and_an_editor_see_the_whole_issue(four: Workspace) -> None:
    for reader in (1, 2, 3, 4):
        choose(four, reader, topics="sea")
    choose(four, 1, topics="sea", language="de")
    report = send(four)
    issue_id, daily = report.issue.id or 0, four.config.newsletter("daily")
    assert "The market opens" in preview_stored(four, daily, issue_id).message.text
    assert "The market opens" not in preview_stored(four, daily, issue_id, variant="de").message.text
    with pytest.raises(AskedWrongly, match="was not sent in fr"):
        preview_stored(four, daily, issue_id, variant="fr")
    with TestClient(create_app(four.config, four.settings, four.engine, lambda _: None)) as web:
        assert "The market opens" in web.get("/archive/daily/1/mail").text


def test_an_operator_is_told_of_the_versions_and_of_what_waits(four: Workspace) -> None:
    choose(four, 1, topics="trade", hour=18)
    send(four)
    (four.config.folder / ".env").write_text(f"DIGEST_SECRET_KEY={'k' * 40}\n")
    file = str(four.config.folder / "digest.toml")
    shown = CliRunner().invoke(app, ["--config", file, "issues", "show", "1"]).stdout
    ranks = issues.versions_of(four.engine, 1)[1][1]
    assert f"versions   2: en; en with stories {ranks}\n" in shown
    assert "1 queued, 3 sent, 1 of them waiting for its reader's hour; audience 4: adds up" in shown
    told = json.loads(CliRunner().invoke(app, ["--config", file, "issues", "show", "1", "--json"]).stdout)
    assert told["versions"] == [{"language": "en", "stories": ""}, {"language": "en", "stories": ranks}]
    assert told["deliveries"]["for_later"] == 1


def test_the_hour_and_the_topics_of_a_reader_go_together(four: Workspace, postbox: Postbox) -> None:
    choose(four, 1, topics="sea", hour=18, timezone="Europe/Berlin")
    send(four)
    with Session(four.engine) as session:
        row = session.exec(select(DeliveryRow).where(DeliveryRow.subscriber_id == 1)).one()
    assert row.due_at == EVENING - timedelta(hours=1)
    send(four, EVENING)
    assert headlines(mail_to(postbox, 1)) == {"library", "lighthouse"}
