"""A sender that is killed at any instant: nobody is missed, and who gets a second copy gets the same one."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from digest.deliver import Balance, outbox
from digest.deliver.deliver import IN_DOUBT
from digest.deliver.holders import is_gone, this_process
from digest.store.models import DeliveryRow, DeliveryState
from subscribers.audience import still_wanted
from tests.deliver.conftest import NOW, address_of, make_issue
from tests.postbox import Postbox

SENDER = """
import asyncio, sys
from tests.deliver.conftest import send
from digest.store.engine import open_database
asyncio.run(send(open_database(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
"""
CONNECTIONS = 4


def start_sender(database_url: str, issue_id: int, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", SENDER, database_url, str(issue_id), str(port)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])


def wait_for(postbox: Postbox, messages: int) -> None:
    deadline = time.monotonic() + 20
    while len(postbox.received) < messages:
        assert time.monotonic() < deadline, "the sender did not begin"
        time.sleep(0.005)


def test_a_killed_sender_is_resumed_and_nobody_is_missed(engine: Engine, database_url: str, postbox: Postbox) -> None:
    issue_id, readers, kills = make_issue(engine, 300), 300, 2
    for number in range(1, kills + 1):
        sender = start_sender(database_url, issue_id, postbox.port)
        wait_for(postbox, 80 * number)
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
    assert start_sender(database_url, issue_id, postbox.port).wait() == 0

    assert outbox.balance(engine, issue_id) == Balance(audience=readers, sent=readers)
    copies = Counter(postbox.recipients)
    assert set(copies) == {address_of(number) for number in range(1, readers + 1)}
    # In doubt at a kill: what was begun and not yet settled.
    assert copies.total() - readers <= kills * CONNECTIONS * IN_DOUBT
    message_ids = defaultdict(set)
    for address, content in postbox.received:
        message_ids[address].add(message_from_bytes(content)["Message-ID"])
    assert all(len(ids) == 1 for ids in message_ids.values())


def test_what_a_living_process_holds_is_left_to_it(engine: Engine) -> None:
    issue_id = make_issue(engine, 3)
    assert len(_claim(engine, issue_id, this_process())) == 3
    assert outbox.recover(engine, issue_id, now=NOW) == 0
    assert _claim(engine, issue_id, "another") == []


def test_a_lease_that_ran_out_is_void(engine: Engine) -> None:
    issue_id = make_issue(engine, 3)
    _claim(engine, issue_id, "elsewhere:1:1")
    assert outbox.recover(engine, issue_id, now=NOW + timedelta(minutes=14)) == 0
    assert outbox.recover(engine, issue_id, now=NOW + timedelta(minutes=16)) == 3


def test_a_late_word_about_a_delivery_that_somebody_else_took_over_is_not_heard(engine: Engine) -> None:
    issue_id = make_issue(engine, 1)
    [claimed] = _claim(engine, issue_id, "slow")
    with engine.begin() as connection:
        connection.execute(update(DeliveryRow).values(holder="quick"))
    late = outbox.Outcome(claimed.id, claimed.subscriber_id, DeliveryState.FAILED, "550 late")
    outbox.settle(engine, [late], holder="slow", now=NOW)
    assert outbox.balance(engine, issue_id).sending == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="tells processes apart by /proc")
def test_a_process_is_told_from_a_later_one_with_the_same_number() -> None:
    me = this_process()
    host, pid, started = me.rsplit(":", 2)
    assert not is_gone(me)
    assert is_gone(f"{host}:{pid}:{int(started) + 1}")
    assert not is_gone(f"another-host:{pid}:1")


def _claim(engine: Engine, issue_id: int, holder: str) -> list[outbox.Claimed]:
    _, claimed = outbox.claim(
        engine,
        issue_id,
        wanted=lambda column: still_wanted(col(column), "daily", NOW),
        holder=holder,
        limit=10,
        lease=timedelta(minutes=15),
        now=NOW,
    )
    return claimed
