"""Mail servers that have no time, no patience or no word for us."""

import zlib

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from digest.deliver import Balance, Server, SmtpTransport, parse_smtp_url
from digest.deliver.patience import Patience
from digest.sending import Limits
from digest.store.engine import open_database
from digest.store.models import DeliveryRow
from digest.workspace import utc_now
from tests.deliver.conftest import make_issue, send
from tests.faults.mailing import MOST_IN_DOUBT, SEND, Mailing
from tests.faults.receiver import Faults, Receiver, busy_for

LATER = "451 4.2.0 come again later"


def test_a_server_that_takes_one_to_three_messages_a_connection_gets_them_all(sqlite_mailing: Mailing) -> None:
    sqlite_mailing.invite(40)
    sqlite_mailing.receiver.faults = lambda number: Faults(messages=1 + number % 3)
    sqlite_mailing.resume()
    sqlite_mailing.prove()


def test_a_server_that_turns_everybody_away_for_two_seconds_gets_them_all_afterwards(sqlite_mailing: Mailing) -> None:
    sqlite_mailing.invite(40)
    sqlite_mailing.receiver.faults = busy_for(2)
    sqlite_mailing.resume(100)
    sqlite_mailing.prove()


def test_whom_the_server_puts_off_is_written_to_when_the_time_has_come(mailing: Mailing) -> None:
    mailing.invite(60)
    third = {address for address in mailing.audience if zlib.crc32(address.encode()) % 3 == 0}
    mailing.receiver.answer = lambda address: LATER if address in third else None
    assert mailing.operator.digest(*SEND).returncode == 0
    deliveries = mailing.audit()["deliveries"]
    assert (deliveries["deferred"], deliveries["sent"]) == (len(third), 60 - len(third))
    assert {each.recipient for each in mailing.receiver.accepted} == mailing.audience - third
    mailing.receiver.answer = lambda _: None
    assert mailing.operator.digest(*SEND).returncode == 0
    assert mailing.state == "sending", "their time has not come yet"
    _let_time_pass(mailing)
    mailing.resume(1)
    mailing.prove()


def test_a_slow_server_gets_them_all(sqlite_mailing: Mailing) -> None:
    sqlite_mailing.invite(24)
    sqlite_mailing.receiver.faults = lambda number: Faults(pause=0.05 if number % 2 else 0.1)
    sqlite_mailing.resume(1)
    sqlite_mailing.prove()


def test_a_connection_that_falls_silent_holds_up_nobody_else(sqlite_mailing: Mailing) -> None:
    mailing = sqlite_mailing
    mailing.invite(150)
    mailing.receiver.faults = lambda number: Faults(silent=number == 1)
    sender = mailing.start()
    assert mailing.receiver.wait_for(100), sender.complaint
    sender.kill()
    sender.end()
    mailing.receiver.faults = lambda _: Faults()
    mailing.resume(1)
    mailing.prove(copies=MOST_IN_DOUBT)


@pytest.mark.anyio
async def test_a_connection_that_stays_silent_is_given_up_and_its_message_goes_by_another(
    sqlite_engine: Engine, receiver: Receiver
) -> None:
    issue_id = make_issue(sqlite_engine, 30)
    receiver.faults = lambda number: Faults(silent=number == 1)
    endpoint, hasty = parse_smtp_url(f"smtp://127.0.0.1:{receiver.port}?starttls=off"), Patience(greeting=0.3)
    hasty_server = Server(str(endpoint), lambda: SmtpTransport(endpoint, patience=hasty), Limits(connections=2))
    balance = await send(sqlite_engine, issue_id, receiver.port, servers=[hasty_server])
    assert balance == Balance(audience=30, sent=30)
    assert len(receiver.accepted) == 30


def _let_time_pass(mailing: Mailing) -> None:
    url = next(line for line in (mailing.folder / ".env").read_text().splitlines() if "DATABASE_URL" in line)
    engine = open_database(url.partition("=")[2])
    with engine.begin() as connection:
        connection.execute(update(DeliveryRow).where(col(DeliveryRow.due_at).is_not(None)).values(due_at=utc_now()))
    engine.dispose()
