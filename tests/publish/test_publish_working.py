"""Workers: they take part in what is being sent, stop when told, and outlive what fails."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import create_engine, event, text
from sqlmodel import Session

from digest import working
from digest.deliver import Balance, outbox
from digest.errors import TransportError
from digest.publish import make
from digest.store import issues
from digest.store.models import IssueState
from digest.web.app import create_app
from digest.working import work
from digest.workspace import Workspace
from subscribers.tokens import Tokens
from tests.e2e.conftest import wait_until
from tests.postbox import OnAFreePort, Postbox
from tests.publish.conftest import SLOT, at, write_articles

MANY = 150  # more than are claimed ahead


def begin(workspace: Workspace) -> int:
    """Make the issue of the slot; nothing has left. Return its id."""
    write_articles(workspace, 1)
    row = asyncio.run(make(workspace, workspace.config.newsletter("daily"), SLOT)).issue
    assert row.state == IssueState.SENDING
    return row.id or 0


def work_once(workspace: Workspace) -> None:
    asyncio.run(work(workspace, asyncio.Event(), once=True))


def state_of(workspace: Workspace, issue_id: int) -> str:
    return issues.issue_by_id(workspace.engine, issue_id).state


@contextmanager
def at_work(workspace: Workspace) -> Iterator[None]:
    """A worker in a thread of its own; it is told to stop in the end, and does."""
    begun = threading.Event()
    told: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def until_told() -> None:
        told.append((asyncio.get_running_loop(), asyncio.Event()))
        begun.set()
        await work(workspace, told[0][1])

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(asyncio.run, until_told())
        assert begun.wait(10)
        loop, stop = told[0]
        try:
            yield
        finally:
            loop.call_soon_threadsafe(stop.set)
            ended.result(timeout=20)


def test_a_worker_sends_what_is_being_sent_and_makes_nothing(workspace: Workspace, postbox: Postbox) -> None:
    work_once(workspace)
    assert issues.list_issues(workspace.engine) == []
    issue_id = begin(workspace)
    assert postbox.received == []
    work_once(workspace)
    assert (state_of(workspace, issue_id), len(postbox.received)) == (IssueState.SENT, 2)


def test_workers_share_an_issue_and_one_of_them_ends_it(
    make_workspace: Callable[..., Workspace], postgres_url: str, postbox: Postbox
) -> None:
    workspace = make_workspace(database_url=postgres_url.replace("+psycopg", ""), readers=60)
    issue_id = begin(workspace)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work_once, [workspace] * 3))
    assert outbox.balance(workspace.engine, issue_id) == Balance(audience=60, sent=60)
    assert len(set(postbox.recipients)) == len(postbox.recipients) == 60
    assert state_of(workspace, issue_id) == IssueState.SENT


def test_a_paused_issue_is_left_alone_and_begun_as_soon_as_it_is_resumed(
    workspace: Workspace, postbox: Postbox
) -> None:
    issue_id = begin(workspace)
    assert issues.pause(workspace.engine, issue_id)
    work_once(workspace)
    assert (state_of(workspace, issue_id), postbox.received) == (IssueState.PAUSED, [])
    with at_work(workspace):
        assert issues.resume(workspace.engine, issue_id)
        wait_until(lambda: state_of(workspace, issue_id) == IssueState.SENT, 10)
    assert len(postbox.received) == 2


def test_who_pauses_in_mid_send_stops_it_and_it_ends_where_the_rest_is_sent(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(readers=MANY)
    issue_id = begin(workspace)
    postbox.on_message = lambda _: issues.pause(workspace.engine, issue_id)
    work_once(workspace)
    balance = outbox.balance(workspace.engine, issue_id)
    assert balance == Balance(audience=MANY, sent=len(postbox.received), queued=MANY - len(postbox.received))
    assert balance.queued
    postbox.on_message = lambda _: None
    issues.resume(workspace.engine, issue_id)
    work_once(workspace)
    assert state_of(workspace, issue_id) == IssueState.SENT
    assert len(set(postbox.recipients)) == len(postbox.recipients) == MANY


def test_an_issue_that_is_paused_when_its_last_message_is_under_way_is_sent(
    workspace: Workspace, postbox: Postbox
) -> None:
    issue_id = begin(workspace)
    postbox.on_message = lambda _: len(postbox.received) == 2 and issues.pause(workspace.engine, issue_id)
    work_once(workspace)
    assert (state_of(workspace, issue_id), len(postbox.received)) == (IssueState.SENT, 2)


def test_cancelling_in_mid_send_withdraws_the_rest(make_workspace: Callable[..., Workspace], postbox: Postbox) -> None:
    workspace = make_workspace(readers=MANY)
    issue_id = begin(workspace)

    def cancel(_: str) -> None:
        with Session(workspace.engine) as session:
            issues.cancel(session, issue_id, "a mistake in it")
            session.commit()

    postbox.on_message = cancel
    work_once(workspace)
    sent = len(postbox.received)
    assert outbox.balance(workspace.engine, issue_id) == Balance(audience=MANY, sent=sent, withdrawn=MANY - sent)
    assert sent < MANY


def test_who_unsubscribes_on_the_page_in_mid_send_gets_nothing(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(readers=MANY)
    issue_id = begin(workspace)
    token = Tokens(workspace.settings.keys).issue_unsubscribe(MANY, "daily")
    web = TestClient(create_app(workspace.config, workspace.settings, workspace.engine, lambda _: None))
    answers = []

    def leave(_: str) -> None:
        if not answers:
            answers.append(web.post(f"/unsubscribe/{token}", data={"List-Unsubscribe": "One-Click"}).status_code)

    postbox.on_message = leave
    work_once(workspace)
    assert answers == [200]
    assert outbox.balance(workspace.engine, issue_id) == Balance(audience=MANY, sent=MANY - 1, withdrawn=1)
    assert f"reader{MANY}@example.com" not in postbox.recipients
    assert state_of(workspace, issue_id) == IssueState.SENT


def test_a_worker_that_is_told_to_stop_finishes_what_is_under_way(
    make_workspace: Callable[..., Workspace], postbox: Postbox
) -> None:
    workspace = make_workspace(readers=MANY)
    issue_id = begin(workspace)
    postbox.seconds = 0.02
    with at_work(workspace):
        wait_until(lambda: postbox.received, 10)
    balance = outbox.balance(workspace.engine, issue_id)
    assert balance == Balance(audience=MANY, sent=len(postbox.received), queued=MANY - len(postbox.received))


def test_a_mail_server_that_is_away_is_told_in_a_line_and_tried_again(
    workspace: Workspace,
    unused_port: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(working, "FIRST_PAUSE", timedelta(milliseconds=10))
    url = SecretStr(f"smtp://127.0.0.1:{unused_port}?starttls=off")
    away = replace(workspace, settings=workspace.settings.model_copy(update={"smtp_url": url}))
    issue_id = begin(away)
    with pytest.raises(TransportError, match="2 messages stay queued"):
        work_once(away)
    box = Postbox()
    server = OnAFreePort(box, hostname="127.0.0.1", port=unused_port)
    with at_work(away):
        wait_until(lambda: "trying again" in caplog.text, 20)
        server.start()
        try:
            wait_until(lambda: state_of(away, issue_id) == IssueState.SENT, 20)
        finally:
            server.stop()
    assert len(box.received) == 2
    told = [record.getMessage() for record in caplog.records if record.name == "digest.working"]
    assert all("\n" not in line for line in told)
    assert any(line.startswith(f"issue {issue_id} of daily: mail server 127.0.0.1") for line in told)


def test_a_database_that_is_away_for_a_moment_ends_no_worker(
    make_workspace: Callable[..., Workspace],
    postgres_url: str,
    postbox: Postbox,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(working, "FIRST_PAUSE", timedelta(milliseconds=10))
    workspace = make_workspace(database_url=postgres_url.replace("+psycopg", ""))
    issue_id = begin(workspace)
    issues.pause(workspace.engine, issue_id)
    name = workspace.engine.url.database
    server = create_engine(workspace.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection, at_work(workspace):
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :it"), {"it": name}
        )
        wait_until(lambda: "the database failed" in caplog.text, 20)
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        issues.resume(workspace.engine, issue_id)
        wait_until(lambda: len(postbox.received) == 2, 20)
    server.dispose()


def test_an_issue_whose_newsletter_is_no_longer_configured_is_left_alone_with_one_warning(
    workspace: Workspace, postbox: Postbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LOOK_SECONDS", 0.001)
    issue_id = begin(workspace)
    without = replace(workspace, config=workspace.config.model_copy(update={"newsletters": {}}))
    looks: list[str] = []
    event.listen(workspace.engine, "before_cursor_execute", lambda *about: looks.append(about[2]))
    with at_work(without):
        wait_until(lambda: len(looks) > 3, 10)
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert warnings == [f"issue {issue_id} is left alone: there is no newsletter daily in digest.toml"]
    assert (postbox.received, state_of(workspace, issue_id)) == ([], IssueState.SENDING)


def test_a_paused_issue_whose_time_is_over_ends_with_the_rest_expired(workspace: Workspace, postbox: Postbox) -> None:
    issue_id = begin(workspace)
    issues.pause(workspace.engine, issue_id)
    later = at(workspace, SLOT + timedelta(hours=21))
    issues.resume(workspace.engine, issue_id)
    work_once(later)
    assert (state_of(workspace, issue_id), postbox.received) == (IssueState.SENT, [])
    assert outbox.balance(workspace.engine, issue_id) == Balance(audience=2, expired=2)
