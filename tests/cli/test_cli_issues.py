"""`digest issues`: pausing, resuming and auditing, as an operator reads it."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col
from typer.testing import CliRunner, Result

from digest.cli import app
from digest.deliver import outbox
from digest.deliver.holders import this_process
from digest.errors import AskedWrongly, DigestError
from digest.store.engine import open_database
from digest.store.models import DeliveryRow, DeliveryState, IssueRow
from digest.workspace import utc_now
from tests.deliver.conftest import address_of, make_issue

READERS = 20


@pytest.fixture
def engine(folder: Path, migrated_sqlite: Path) -> Iterator[Engine]:
    """The folder's database; issue 1 is being sent to twenty readers."""
    shutil.copyfile(migrated_sqlite, folder / "digest.db")
    opened = open_database("sqlite:///digest.db", folder)
    make_issue(opened, READERS)
    set_issue(opened, expires_at=utc_now() + timedelta(hours=20))
    yield opened
    opened.dispose()


def issues(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--config", str(folder / "digest.toml"), "issues", *arguments])


def set_issue(engine: Engine, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(update(IssueRow).values(**values))


def set_deliveries(engine: Engine, first: int, last: int, state: DeliveryState, **values: object) -> None:
    """Of the readers from ``first`` to ``last``."""
    chosen = col(DeliveryRow.subscriber_id).between(first, last)
    with engine.begin() as connection:
        connection.execute(update(DeliveryRow).where(chosen).values(state=state, **values))


def test_pausing_tells_how_many_are_sent_and_wait_and_resuming_who_goes_on(folder: Path, engine: Engine) -> None:
    set_deliveries(engine, 1, 5, DeliveryState.SENT)
    paused = issues(folder, "pause", "1")
    assert paused.exit_code == 0
    assert paused.output.startswith("issue 1 is paused: 5 sent, 15 wait; `digest issues resume 1` goes on, until 20")
    assert json.loads(issues(folder, "list", "--json").output)[0]["state"] == "paused"
    assert "paused" in issues(folder, "show", "1").output
    resumed = issues(folder, "resume", "1")
    assert resumed.exit_code == 0
    assert resumed.output.startswith("issue 1 goes on, 15 wait: `digest run` or `digest worker` begins within a second")
    assert json.loads(issues(folder, "list", "--json").output)[0]["state"] == "sending"


def test_one_that_is_resumed_too_late_is_said_to_end(folder: Path, engine: Engine) -> None:
    issues(folder, "pause", "1")
    set_issue(engine, expires_at=datetime.fromisoformat("2026-01-05T07:00+00:00"))
    answer = issues(folder, "resume", "1")
    assert answer.output == (
        "issue 1 ends: its time was over at 2026-01-05 07:00 UTC, and the 20 that wait are given up\n"
    )


@pytest.mark.parametrize(
    ("state", "verb", "complaint"),
    [
        ("draft", "pause", "issue 1 is draft: only one that is being sent can be paused"),
        ("paused", "pause", "issue 1 is paused: only one that is being sent can be paused"),
        ("sent", "pause", "issue 1 is sent: only one that is being sent can be paused"),
        ("sending", "resume", "issue 1 is sending: only one that is paused can be resumed"),
        ("cancelled", "resume", "issue 1 is cancelled: only one that is paused can be resumed"),
        ("sent", "cancel", "issue 1 is sent: it cannot be cancelled any more"),
    ],
)
def test_a_step_that_an_issue_cannot_take_is_refused_in_one_line(
    folder: Path, engine: Engine, state: str, verb: str, complaint: str
) -> None:
    set_issue(engine, state=state)
    answer = issues(folder, verb, "1")
    assert isinstance(answer.exception, AskedWrongly)
    assert str(answer.exception) == complaint


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_there_is_nothing_to_pause_where_there_is_no_issue(folder: Path, engine: Engine, verb: str) -> None:
    answer = issues(folder, verb, "7")
    assert isinstance(answer.exception, AskedWrongly)
    assert "there is no issue 7" in str(answer.exception)


def test_a_paused_issue_can_be_cancelled_and_nothing_of_it_waits(folder: Path, engine: Engine) -> None:
    set_deliveries(engine, 1, 5, DeliveryState.SENT)
    issues(folder, "pause", "1")
    assert issues(folder, "cancel", "1").exit_code == 0
    deliveries = json.loads(issues(folder, "audit", "1", "--json").output)["deliveries"]
    assert (deliveries["sent"], deliveries["withdrawn"], deliveries["queued"]) == (5, 15, 0)


def test_what_a_killed_sender_had_of_a_cancelled_issue_is_taken_back_too(folder: Path, engine: Engine) -> None:
    gone, until = f"{this_process().partition(':')[0]}:1:999/2", utc_now() + timedelta(minutes=9)
    set_deliveries(engine, 1, 2, DeliveryState.SENDING, holder=gone, lease_until=until)
    assert issues(folder, "cancel", "1").exit_code == 0
    assert outbox.balance(engine, 1).sending == 0


def test_an_audit_tells_what_servers_said_most_often_and_never_to_whom(folder: Path, engine: Engine) -> None:
    for reader in (1, 2, 3):
        words = f"550 5.1.1 <{address_of(reader)}>: no such person"
        set_deliveries(engine, reader, reader, DeliveryState.FAILED, reply=words)
    set_deliveries(engine, 4, 4, DeliveryState.DEFERRED, reply="450 too many of you")
    set_deliveries(engine, 5, 5, DeliveryState.DEFERRED, reply=f"not tried: {address_of(5)}")
    set_deliveries(engine, 6, 6, DeliveryState.SENT, reply="250 2.0.0 queued")
    answer = issues(folder, "audit", "1")
    assert answer.exit_code == 0
    assert [line for line in answer.output.splitlines() if line.startswith("refused")] == [
        "refused    3 with 550 5.1.1",
        "refused    1 with 450",
        "refused    1 with no code",
    ]
    assert "@" not in answer.output + issues(folder, "audit", "1", "--json").output


def test_an_audit_tells_who_has_what_is_in_doubt(folder: Path, engine: Engine) -> None:
    host = this_process().partition(":")[0]
    until = utc_now() + timedelta(minutes=15)
    set_deliveries(engine, 1, 3, DeliveryState.SENDING, holder=f"{this_process()}/1", lease_until=until)
    set_deliveries(engine, 4, 5, DeliveryState.SENDING, holder=f"{host}:1:999/2", lease_until=until)
    late = until + timedelta(minutes=1)
    set_deliveries(engine, 6, 6, DeliveryState.SENDING, holder="elsewhere:1:1/3", lease_until=late)
    found = json.loads(issues(folder, "audit", "1", "--json").output)
    assert {each["whose"]: each["number"] for each in found["in_doubt"]} == {"living": 3, "gone": 2, "elsewhere": 1}
    assert found["in_doubt"][-1]["whose"] == "elsewhere"
    told = issues(folder, "audit", "1").output
    assert "in doubt   2 with a process that is gone: the next run sends them again\n" in told
    assert f"in doubt   1 with a process of another host, theirs until {late:%Y-%m-%d %H:%M} UTC\n" in told


@pytest.mark.parametrize("values", [{"audience": READERS + 1}, {"state": "sent"}])
def test_an_audit_fails_when_somebody_is_missing_or_waits_though_it_is_sent(
    folder: Path, engine: Engine, values: dict[str, object]
) -> None:
    assert issues(folder, "audit", "1").exit_code == 0
    set_issue(engine, **values)
    answer = issues(folder, "audit", "1", "--json")
    assert isinstance(answer.exception, DigestError)
    assert json.loads(answer.output)["holds"] is False
