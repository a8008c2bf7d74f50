"""A computer whose clock is set while an issue is being sent."""

import signal
from datetime import timedelta

from sqlalchemy import func, select
from sqlmodel import col

from digest.store.engine import open_database
from digest.store.models import DeliveryRow
from tests.faults.mailing import MOST_IN_DOUBT, Mailing
from tests.faults.sender import move_clock_when_told


def test_a_clock_that_is_set_by_a_day_changes_nothing_about_who_gets_the_issue(
    sqlite_mailing: Mailing, sqlite_url: str
) -> None:
    mailing = sqlite_mailing
    mailing.invite(200)
    sender = mailing.start_and_send(40, move_clock_when_told)
    for told in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGUSR2):
        sender.kill(told)
        mailing.receiver.take(40)
    mailing.receiver.allow_all()
    assert (sender.end(), sender.complaint) == (0, "")
    mailing.prove()
    assert _settled_within(sqlite_url) > timedelta(hours=47)


def test_a_lease_from_a_clock_that_was_ahead_ends_with_its_process(mailing: Mailing) -> None:
    mailing.invite(100)
    sender = mailing.start_and_send(30, move_clock_when_told)
    sender.kill(signal.SIGUSR2)
    mailing.receiver.take(30)
    sender.kill()
    sender.end()
    mailing.receiver.allow_all()
    mailing.resume(1)
    mailing.prove(copies=MOST_IN_DOUBT)


def _settled_within(url: str) -> timedelta:
    engine, settled = open_database(url), col(DeliveryRow.settled_at)
    with engine.connect() as connection:
        [(first, last)] = connection.execute(select(func.min(settled), func.max(settled)))
    engine.dispose()
    return last - first
