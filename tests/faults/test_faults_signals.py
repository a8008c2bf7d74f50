"""Senders that are told to end, and senders that are begun twice."""

import json
import signal

import pytest

from tests.faults.mailing import MOST_IN_DOUBT, Mailing
from tests.faults.receiver import Faults


@pytest.mark.parametrize("pause", [0.0, 0.2], ids=["quick", "slow"])
def test_a_sender_that_is_told_to_end_leaves_nothing_in_doubt(sqlite_mailing: Mailing, pause: float) -> None:
    mailing = sqlite_mailing
    mailing.invite(200)
    sender = mailing.start_and_send(60)
    mailing.receiver.faults = lambda _: Faults(pause=pause)
    for conversation in mailing.receiver.conversations:
        conversation.faults = Faults(pause=pause)
    sender.kill(signal.SIGTERM)
    mailing.receiver.allow_all()
    assert (sender.end(10), sender.complaint) == (0, "")
    received, left = len(mailing.receiver.accepted), mailing.audit()["deliveries"]
    assert (left["sent"], left["sending"], left["queued"]) == (received, 0, 200 - received)
    assert 60 <= received < 200
    mailing.receiver.faults = lambda _: Faults()
    mailing.resume()
    mailing.prove()


@pytest.mark.thorough
def test_a_sender_that_is_told_to_end_waits_ten_seconds_at_the_most_for_a_silent_server(
    sqlite_mailing: Mailing,
) -> None:
    sqlite_mailing.invite(100)
    sender = sqlite_mailing.start_and_send(30)
    sender.kill(signal.SIGTERM)
    assert sender.end(11) in (0, 1)
    assert sqlite_mailing.audit()["deliveries"]["sending"] == 0
    sqlite_mailing.receiver.allow_all()
    sqlite_mailing.resume()
    sqlite_mailing.prove(copies=MOST_IN_DOUBT)


def test_senders_begun_at_once_make_one_issue_and_write_to_nobody_twice(mailing: Mailing) -> None:
    mailing.invite(200)
    mailing.receiver.allow(20)
    at_once = [mailing.start(), mailing.start()]
    assert mailing.receiver.wait_for(20)
    beside_them = mailing.start()
    mailing.receiver.allow_all()
    assert [each.end() for each in (*at_once, beside_them)] == [0, 0, 0]
    assert len(json.loads(mailing.operator.digest("issues", "list", "--json").stdout)) == 1
    mailing.prove()
