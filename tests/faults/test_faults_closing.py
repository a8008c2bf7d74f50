"""A mail server that hangs up at any byte of the conversation: whose message it took without a word gets a second one.

The dot's reply is the only place where a message can be accepted without our knowing it (RFC 1047); everywhere else
what was not answered was not accepted, and a copy too many would be our mistake.
"""

from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from sqlalchemy import Engine, update

from digest.deliver import Balance, outbox
from digest.errors import TransportError
from digest.store.models import DeliveryRow, DeliveryState
from tests.deliver.conftest import make_issue, send, server
from tests.faults.mailing import by_recipient
from tests.faults.receiver import Faults, Receiver

READERS = 3
TRIES = 3


@pytest.mark.anyio
async def test_a_server_that_hangs_up_here_and_there_loses_no_message(
    sqlite_engine: Engine, receiver: Receiver, dice: Random
) -> None:
    issue_id = make_issue(sqlite_engine, READERS)
    sends, reads = await _length(sqlite_engine, issue_id, receiver)
    for byte in sorted(dice.sample(range(sends), 15)):
        await _hang_up(sqlite_engine, issue_id, receiver, Faults(sends=byte))
    for byte in sorted(dice.sample(range(reads), 15)):
        await _hang_up(sqlite_engine, issue_id, receiver, Faults(reads=byte))


@pytest.mark.anyio
@pytest.mark.thorough
async def test_a_server_that_hangs_up_at_any_byte_loses_no_message(sqlite_engine: Engine, receiver: Receiver) -> None:
    issue_id = make_issue(sqlite_engine, READERS)
    sends, reads = await _length(sqlite_engine, issue_id, receiver)
    for byte in range(sends):
        await _hang_up(sqlite_engine, issue_id, receiver, Faults(sends=byte))
    for byte in range(reads):
        await _hang_up(sqlite_engine, issue_id, receiver, Faults(reads=byte))


async def _length(engine: Engine, issue_id: int, receiver: Receiver) -> tuple[int, int]:
    """The bytes that the server sends and reads in a conversation that nothing happens to."""
    await _send(engine, issue_id, receiver)
    [conversation] = receiver.conversations
    return conversation.sent, conversation.read


async def _hang_up(engine: Engine, issue_id: int, receiver: Receiver, faults: Faults) -> None:
    """Send the issue anew to a server that hangs up on the first connection; hold the copies against what it said."""
    with engine.begin() as connection:
        connection.execute(update(DeliveryRow).values(state=DeliveryState.QUEUED, attempts=0, settled_at=None))
    for log in (receiver.accepted, receiver.unconfirmed, receiver.conversations):
        log.clear()
    receiver.faults = lambda number: faults if number == 1 else Faults()
    for _ in range(TRIES):
        with suppress(TransportError):
            await _send(engine, issue_id, receiver)
        if outbox.balance(engine, issue_id).sent == READERS:
            break
    assert outbox.balance(engine, issue_id) == Balance(audience=READERS, sent=READERS), faults
    got = by_recipient(receiver.accepted)
    copies = {reader: len(each) - 1 for reader, each in got.items()}
    assert len(got) == READERS
    assert Counter(copies) == Counter({reader: receiver.unconfirmed.count(reader) for reader in got}), faults
    assert all(len(set(each)) == 1 for each in got.values())


async def _send(engine: Engine, issue_id: int, receiver: Receiver) -> None:
    """By one connection, so that it holds the whole conversation."""
    await send(engine, issue_id, receiver.port, servers=[server(receiver.port, connections=1)])
