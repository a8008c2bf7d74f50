"""Sending an issue's outbox through real SMTP conversations."""

import asyncio
import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from digest.deliver import Balance, Claimed, outbox
from digest.errors import TransportError
from digest.store.engine import open_database
from digest.store.models import DeliveryRow, DeliveryState, IssueState
from subscribers.models import Subscriber, Subscription
from subscribers.roster import forget
from tests.deliver.conftest import NOW, address_of, letter, make_issue, send
from tests.postbox import Postbox

pytestmark = pytest.mark.anyio


async def test_everybody_gets_it_once(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 60)
    balance = await send(engine, issue_id, postbox.port)
    assert balance == Balance(audience=60, sent=60)
    assert Counter(postbox.recipients) == Counter(address_of(number) for number in range(1, 61))
    assert outbox.finish(engine, issue_id, now=NOW)


async def test_of_who_is_erased_while_the_mail_leaves_no_word_of_the_server_stays(
    engine: Engine, postbox: Postbox
) -> None:
    issue_id = make_issue(engine, 1)

    def erase(address: str) -> None:
        with Session(engine) as session:
            forget(session, address, now=NOW, keys=("a secret key for tests",))

    postbox.on_message = erase
    assert (await send(engine, issue_id, postbox.port)).sent == 1
    with Session(engine) as session:
        assert session.exec(select(DeliveryRow.reply)).all() == [""]


async def test_what_arrives_is_what_was_written_to_the_byte(sqlite_engine: Engine, postbox: Postbox) -> None:
    await send(sqlite_engine, make_issue(sqlite_engine, 1), postbox.port)
    [(_, content)] = postbox.received
    assert content == letter(Claimed(1, 1, address_of(1), "", 0)).message


async def test_sending_again_sends_nothing(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 5)
    await send(engine, issue_id, postbox.port)
    await send(engine, issue_id, postbox.port)
    assert len(postbox.received) == 5


async def test_two_senders_at_once_share_the_work(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 120)
    await asyncio.gather(*(send(engine, issue_id, postbox.port) for _ in range(2)))
    assert postbox.recipients == sorted(address_of(number) for number in range(1, 121))
    assert outbox.balance(engine, issue_id) == Balance(audience=120, sent=120)


async def test_later_is_tried_again_when_it_is_due_and_not_before(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 2)
    postbox.answers[address_of(1)] = ["450 4.2.1 greylisted"]
    assert await send(engine, issue_id, postbox.port) == Balance(audience=2, sent=1, deferred=1)
    assert not outbox.finish(engine, issue_id, now=NOW)
    assert (await send(engine, issue_id, postbox.port)).deferred == 1
    later = NOW + timedelta(hours=1)
    assert await send(engine, issue_id, postbox.port, clock=lambda: later) == Balance(audience=2, sent=2)


async def test_never_is_not_tried_again_and_counts_against_the_address(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 2)
    postbox.answers[address_of(2)] = ["550 5.1.1 no such user"]
    assert await send(engine, issue_id, postbox.port) == Balance(audience=2, sent=1, failed=1)
    with Session(engine) as session:
        bounces = {person.address: person.bounces for person in session.exec(select(Subscriber))}
    assert bounces == {address_of(1): 0, address_of(2): 1}


async def test_a_connection_that_breaks_in_mid_message_loses_nobody(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 10)
    postbox.answers = {address_of(number): ["hang up"] for number in (3, 7)}
    assert await send(engine, issue_id, postbox.port) == Balance(audience=10, sent=10)
    assert len(postbox.received) == 10


async def test_an_unreachable_server_leaves_everything_queued(engine: Engine, unused_port: int) -> None:
    issue_id = make_issue(engine, 3)
    with pytest.raises(TransportError, match=r"127\.0\.0\.1:.* cannot be reached.*3 messages stay queued"):
        await send(engine, issue_id, unused_port)
    assert outbox.balance(engine, issue_id) == Balance(audience=3, queued=3)


async def test_who_leaves_in_mid_send_gets_nothing(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 200)

    def leave(_: str) -> None:
        if len(postbox.received) == 1:
            with Session(sqlite_engine) as session:
                subscription = session.exec(select(Subscription).where(Subscription.subscriber_id == 200)).one()
                subscription.status = "unsubscribed"
                session.add(subscription)
                session.commit()

    postbox.on_message = leave
    assert await send(sqlite_engine, issue_id, postbox.port) == Balance(audience=200, sent=199, withdrawn=1)
    assert address_of(200) not in postbox.recipients


async def test_being_asked_to_stop_finishes_what_is_under_way(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 100)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    postbox.on_message = lambda _: loop.call_soon_threadsafe(stop.set)
    balance = await send(sqlite_engine, issue_id, postbox.port, stop=stop)
    assert balance.sent == len(postbox.received) < 100
    assert balance.sending == 0
    assert (await send(sqlite_engine, issue_id, postbox.port)).sent == 100
    assert len(postbox.received) == 100


async def test_a_cancelled_issue_is_not_sent_further(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 100)

    def cancel(_: str) -> None:
        with sqlite_engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE issue SET state = '{IssueState.CANCELLED}'")

    postbox.on_message = cancel
    balance = await send(sqlite_engine, issue_id, postbox.port)
    assert balance.waiting == 0
    assert balance.sent == len(postbox.received) <= 100
    assert balance.adds_up


async def test_what_is_too_late_is_given_up(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 3, expires=timedelta(hours=-1))
    assert await send(sqlite_engine, issue_id, postbox.port) == Balance(audience=3, expired=3)
    assert postbox.received == []


REPLIES = st.lists(
    st.sampled_from(["250 OK", "450 4.2.1 later", "452 4.2.2 full", "550 never", "hang up"]), min_size=1, max_size=12
)


@given(replies=REPLIES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_balance_adds_up_whatever_the_server_says(
    replies: list[str], postbox: Postbox, migrated_sqlite: Path, tmp_path: Path
) -> None:
    engine = open_database(f"sqlite:///{shutil.copyfile(migrated_sqlite, tmp_path / 'law.db')}")
    postbox.received.clear()
    postbox.answers = {address_of(number): [reply] for number, reply in enumerate(replies, 1) if reply != "250 OK"}
    issue_id = make_issue(engine, len(replies))
    balance = asyncio.run(send(engine, issue_id, postbox.port))
    engine.dispose()
    assert balance.adds_up
    assert balance.sent == len(postbox.received) == sum(reply in ("250 OK", "hang up") for reply in replies)
    assert balance.failed == replies.count("550 never")
    assert getattr(balance, DeliveryState.DEFERRED) == sum(reply.startswith("45") for reply in replies)
