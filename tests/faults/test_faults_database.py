"""A database that is locked, or goes away, in the middle of sending."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.e2e.conftest import wait_until
from tests.faults.mailing import MOST_IN_DOUBT, Mailing, is_one_clear_line, make_mailing
from tests.faults.receiver import Receiver
from tests.faults.sender import Sender, give_up_soon


def test_a_sender_waits_for_a_lock_and_goes_on(sqlite_mailing: Mailing) -> None:
    mailing = sqlite_mailing
    mailing.invite(200)
    sender = mailing.start_and_send(60)
    with locked(mailing.folder / "digest.db"):
        mailing.receiver.allow_all()
        time.sleep(2)
        assert len(mailing.receiver.accepted) <= 60 + MOST_IN_DOUBT, "no more is begun than may be in doubt"
    assert sender.end() == 0
    mailing.prove()


def test_a_sender_that_waits_in_vain_for_a_lock_says_so_in_one_line(sqlite_mailing: Mailing) -> None:
    mailing = sqlite_mailing
    mailing.invite(200)
    sender = mailing.start_and_send(60, give_up_soon)
    with locked(mailing.folder / "digest.db"):
        mailing.receiver.allow_all()
        status = sender.end()
    assert is_one_clear_line(sender.complaint, status), sender.complaint
    assert "locked" in sender.complaint
    mailing.resume()
    mailing.prove(copies=MOST_IN_DOUBT)


@pytest.mark.thorough
def test_a_lock_of_twelve_seconds_costs_nobody_the_issue(sqlite_mailing: Mailing) -> None:
    mailing = sqlite_mailing
    mailing.invite(200)
    sender = mailing.start_and_send(60)
    with locked(mailing.folder / "digest.db"):
        mailing.receiver.allow_all()
        time.sleep(12)
    _goes_on_or_says_why(mailing, sender)


@pytest.mark.usefixtures("fork_server")
@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.thorough)])
def test_a_postgres_server_that_ends_its_connections_costs_nobody_the_issue(
    tmp_path: Path, postgres_url: str, receiver: Receiver, times: int
) -> None:
    mailing = make_mailing(tmp_path, postgres_url, receiver)
    mailing.invite(300)
    share, copies = 300 // (times + 1), 0
    sender = mailing.start_and_send(share)
    for _ in range(times):
        end_connections(postgres_url)
        if not _goes_on(sender, mailing.receiver, share):
            copies += _ends_well(sender)
            sender = mailing.start()
    mailing.receiver.allow_all()
    copies += _ends_well(sender)
    mailing.resume()
    mailing.prove(copies=copies)


def _goes_on(sender: Sender, receiver: Receiver, messages: int) -> bool:
    """Whether so many more were accepted, or the sender ended before."""
    enough = receiver.allow(messages) + messages
    while not receiver.wait_for(enough, 0.1):
        if not sender.lives:
            return False
    return True


def _goes_on_or_says_why(mailing: Mailing, sender: Sender) -> None:
    copies = _ends_well(sender)
    mailing.resume()
    mailing.prove(copies)


def _ends_well(sender: Sender) -> int:
    """How many copies may come of it: none from a sender that went on, what was in doubt from one that ended."""
    status = sender.end()
    assert status == 0 or is_one_clear_line(sender.complaint, status), sender.complaint
    return MOST_IN_DOUBT if status else 0


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Keep everybody else from writing to an SQLite file."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def end_connections(url: str) -> None:
    """Do to the connections of this database, as soon as there are any, what a server that restarts does to all."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")  # in a transaction nothing new would be seen
    with engine.connect() as connection:
        ended = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        wait_until(lambda: connection.scalar(ended), 20)
    engine.dispose()
