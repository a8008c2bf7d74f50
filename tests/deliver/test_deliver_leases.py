"""Leases: what a sender holds, and what is left when it is gone. (tests/faults kills senders at any instant.)"""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from digest.deliver import outbox
from digest.deliver.holders import is_gone, this_process
from digest.store.models import DeliveryRow, DeliveryState
from subscribers.audience import still_wanted
from tests.deliver.conftest import NOW, make_issue


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
