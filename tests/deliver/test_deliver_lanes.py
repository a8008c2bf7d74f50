"""Several mail servers, one that fails, domains with care, a pace, and an end in the middle."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select, update

from digest.deliver import Balance, outbox
from digest.errors import TransportError
from digest.store.models import DeliveryRow, DeliveryState, IssueRow, IssueState
from subscribers.models import Subscriber
from tests.deliver.conftest import NOW, address_of, make_issue, send, server
from tests.postbox import OnAFreePort, Postbox
from tests.postbox import postbox as another_postbox

pytestmark = pytest.mark.anyio
LANE = import_module("digest.deliver.lane")
DELIVER = import_module("digest.deliver.deliver")


@pytest.fixture
def second() -> Iterator[Postbox]:
    with another_postbox() as box:
        yield box


@asynccontextmanager
async def talker(answer: Callable[[int], bytes]) -> AsyncIterator[int]:
    """A mail server that says ``answer(n)`` to its n-th caller, and hangs up; its port."""
    callers = 0

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal callers
        callers += 1
        writer.write(answer(callers))
        writer.close()

    listening = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with listening:
        yield listening.sockets[0].getsockname()[1]


# Several servers


async def test_servers_share_the_work_by_their_weight(sqlite_engine: Engine, postbox: Postbox, second: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 200)
    both = [server(postbox.port, weight=3, connections=2), server(second.port, connections=2)]
    assert await send(sqlite_engine, issue_id, 0, servers=both) == Balance(audience=200, sent=200)
    assert sorted(postbox.recipients + second.recipients) == sorted(address_of(n) for n in range(1, 201))
    assert 130 <= len(postbox.received) <= 170


async def test_when_one_server_cannot_be_reached_the_other_goes_on(
    engine: Engine, postbox: Postbox, unused_port: int
) -> None:
    issue_id = make_issue(engine, 40)
    both = [server(unused_port, connections=2), server(postbox.port, connections=2)]
    assert await send(engine, issue_id, 0, servers=both) == Balance(audience=40, sent=40)


async def test_a_server_that_will_not_have_us_leaves_the_work_to_the_other(
    sqlite_engine: Engine, postbox: Postbox
) -> None:
    async with talker(lambda _: b"554 5.7.1 not from here\r\n") as port:
        both = [server(port, connections=2), server(postbox.port, connections=2)]
        assert (await send(sqlite_engine, make_issue(sqlite_engine, 30), 0, servers=both)).sent == 30


async def test_a_server_without_weight_is_used_only_when_no_other_can_be(
    sqlite_engine: Engine, postbox: Postbox, second: Postbox, unused_port: int
) -> None:
    issue_id = make_issue(sqlite_engine, 40)
    await send(sqlite_engine, issue_id, 0, servers=[server(postbox.port), server(second.port, weight=0)])
    assert (len(postbox.received), len(second.received)) == (40, 0)
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET state = 'queued'"))
    balance = await send(sqlite_engine, issue_id, 0, servers=[server(unused_port), server(second.port, weight=0)])
    assert (balance.sent, len(second.received)) == (40, 40)


async def test_a_server_that_comes_back_is_used_again(
    sqlite_engine: Engine, postbox: Postbox, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("digest.deliver.breaker"), "FIRST_PAUSE", timedelta(seconds=0.1))
    issue_id = make_issue(sqlite_engine, 60)
    back = Postbox()
    controller = OnAFreePort(back, hostname="127.0.0.1", port=unused_port)
    loop = asyncio.get_running_loop()

    def come_back(_: str) -> None:
        time.sleep(0.03)  # the other one is slow
        if len(postbox.received) == 20:
            loop.call_soon_threadsafe(loop.run_in_executor, None, controller.start)

    postbox.on_message = come_back
    both = [server(unused_port, connections=1), server(postbox.port, connections=1)]
    try:
        assert (await send(sqlite_engine, issue_id, 0, servers=both)).sent == 60
    finally:
        controller.stop()
    assert len(back.received) + len(postbox.received) == 60
    assert back.received


async def test_when_no_server_can_be_used_everything_stays_queued(engine: Engine, unused_port: int) -> None:
    issue_id = make_issue(engine, 30)
    async with talker(lambda _: b"421 4.3.2 closing\r\n") as port:
        with pytest.raises(TransportError, match=r"30 messages stay queued"):
            await send(engine, issue_id, 0, servers=[server(unused_port), server(port)])
    assert outbox.balance(engine, issue_id) == Balance(audience=30, queued=30)


async def test_a_server_that_turns_most_callers_away_gets_it_all_in_the_end(
    sqlite_engine: Engine, postbox: Postbox
) -> None:
    calls = 0

    async def handle_MAIL(smtp: object, session: object, envelope: object, address: str, options: object) -> str:
        nonlocal calls
        calls += 1
        if calls % 3:
            return "421 4.7.0 too many connections"
        envelope.mail_from = address  # type: ignore[attr-defined]
        return "250 OK"

    postbox.handle_MAIL = handle_MAIL  # type: ignore[attr-defined]
    assert (await send(sqlite_engine, make_issue(sqlite_engine, 30), postbox.port)).sent == 30


async def test_a_message_on_which_the_connection_always_breaks_does_not_hold_up_the_others(
    sqlite_engine: Engine, postbox: Postbox
) -> None:
    postbox.answers[address_of(7)] = ["hang up"] * 100
    balance = await send(sqlite_engine, make_issue(sqlite_engine, 30), postbox.port)
    assert balance == Balance(audience=30, sent=29, deferred=1)
    assert 100 - len(postbox.answers[address_of(7)]) == LANE.BREAKS


# Domains


def give_domains(engine: Engine, domains: list[str]) -> None:
    """Reader n reads at the n-th of the domains, over and over."""
    with Session(engine) as session:
        for reader in session.exec(select(Subscriber)).all():
            reader.address = f"reader{reader.id}@{domains[(reader.id or 0) % len(domains)]}"
        session.commit()


async def test_of_one_domain_no_more_are_under_way_than_was_said(sqlite_engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(sqlite_engine, 40)
    give_domains(sqlite_engine, ["big.example", "big.example", "big.example", "small.example"])
    under_way: list[str] = []
    most = {"big.example": 0, "small.example": 0}

    async def handle_RCPT(smtp: object, session: object, envelope: object, address: str, options: object) -> str:
        domain = address.partition("@")[2]
        under_way.append(domain)
        most[domain] = max(most[domain], under_way.count(domain))
        await asyncio.sleep(0.01)
        under_way.remove(domain)
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    postbox.handle_RCPT = handle_RCPT  # type: ignore[method-assign]
    limited = [server(postbox.port, connections=6, per_domain=2)]
    assert (await send(sqlite_engine, issue_id, 0, servers=limited)).sent == 40
    assert most["big.example"] == 2


async def test_a_domain_that_puts_mails_off_is_left_alone_and_the_others_are_not(
    sqlite_engine: Engine, postbox: Postbox
) -> None:
    issue_id = make_issue(sqlite_engine, 60)
    give_domains(sqlite_engine, ["busy.example", "fine.example"])
    asked: list[str] = []

    async def handle_RCPT(smtp: object, session: object, envelope: object, address: str, options: object) -> str:
        asked.append(address)
        if address.endswith("@busy.example"):
            return "451 4.7.1 slow down"
        envelope.rcpt_tos.append(address)  # type: ignore[attr-defined]
        return "250 OK"

    postbox.handle_RCPT = handle_RCPT  # type: ignore[method-assign]
    balance = await send(sqlite_engine, issue_id, 0, servers=[server(postbox.port, connections=1)])
    assert balance == Balance(audience=60, sent=30, deferred=30)
    # Three, and what may have been begun behind the third.
    assert 3 <= sum(address.endswith("@busy.example") for address in asked) <= 4
    with Session(sqlite_engine) as session:
        tried = session.exec(select(DeliveryRow.attempts).where(DeliveryRow.state == DeliveryState.DEFERRED)).all()
    assert sum(tried) <= 4


# Pace


async def test_so_many_leave_in_a_second_and_no_more(engine: Engine, postbox: Postbox) -> None:
    moments: list[float] = []
    postbox.on_message = lambda _: moments.append(time.monotonic())
    issue_id = make_issue(engine, 30)
    paced = [server(postbox.port, per_second=40)]
    assert (await send(engine, issue_id, 0, servers=paced, clock=_clock())).sent == 30
    assert moments[-1] - moments[0] >= 29 / 40 * 0.8


async def test_what_an_hour_may_not_have_waits_for_the_next(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 30)
    hourly = [server(postbox.port, per_hour=12)]
    assert await send(engine, issue_id, 0, servers=hourly) == Balance(audience=30, sent=12, queued=18)
    assert (await send(engine, issue_id, 0, servers=hourly)).sent == 12
    later = NOW + timedelta(minutes=63)
    assert (await send(engine, issue_id, 0, servers=hourly, clock=lambda: later)).sent == 24


def _clock() -> Callable[[], object]:
    began = time.monotonic()
    return lambda: NOW + timedelta(seconds=time.monotonic() - began)


# An end in the middle


async def test_whoever_is_told_to_end_while_a_server_does_not_answer_leaves_nothing_in_doubt(
    sqlite_engine: Engine, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DELIVER, "DRAIN_SECONDS", 0.3)
    issue_id, stop = make_issue(sqlite_engine, 50), asyncio.Event()
    loop = asyncio.get_running_loop()

    async def handle_DATA(smtp: object, session: object, envelope: object) -> str:
        loop.call_soon_threadsafe(stop.set)
        await asyncio.sleep(60)
        return "250 late"

    postbox.handle_DATA = handle_DATA  # type: ignore[method-assign]
    began = time.monotonic()
    balance = await send(sqlite_engine, issue_id, postbox.port, stop=stop)
    assert balance == Balance(audience=50, queued=50)
    assert time.monotonic() - began < 5


async def test_a_paused_issue_stops_and_goes_on_where_it_was(engine: Engine, postbox: Postbox) -> None:
    issue_id = make_issue(engine, 400)

    def pause(_: str) -> None:
        if len(postbox.received) == 20:
            _set_state(engine, IssueState.PAUSED)

    postbox.on_message = pause
    balance = await send(engine, issue_id, postbox.port)
    assert balance.sent == len(postbox.received) < 400
    assert balance == Balance(audience=400, sent=balance.sent, queued=400 - balance.sent)
    postbox.on_message = lambda _: None
    _set_state(engine, IssueState.SENDING)
    assert (await send(engine, issue_id, postbox.port)).sent == len(postbox.received) == 400


async def test_what_was_claimed_ahead_of_a_pause_is_given_back_and_not_sent(
    sqlite_engine: Engine, postbox: Postbox
) -> None:
    issue_id = make_issue(sqlite_engine, 600)

    def pause(_: str) -> None:
        if len(postbox.received) == 200:
            postbox.seconds = 0.2  # what is in hand now would take far longer than a pause may
            _set_state(sqlite_engine, IssueState.PAUSED)

    postbox.on_message = pause
    balance = await send(sqlite_engine, issue_id, postbox.port)
    # In a third of a second four connections get two or three more through, and what was begun behind them.
    assert balance.sent == len(postbox.received) <= 200 + 20
    assert balance.sending == 0


def _set_state(engine: Engine, state: IssueState) -> None:
    with engine.begin() as connection:
        connection.execute(update(IssueRow).values(state=state))


async def test_what_another_process_left_behind_is_sent_by_whoever_still_works(
    engine: Engine, postbox: Postbox
) -> None:
    issue_id = make_issue(engine, 20)

    def leave(_: str) -> None:
        if len(postbox.received) == 10:
            with engine.begin() as connection:
                waits = col(DeliveryRow.state) == DeliveryState.QUEUED
                values = {"state": DeliveryState.SENDING, "holder": "x:1:1", "lease_until": NOW - timedelta(hours=1)}
                connection.execute(update(DeliveryRow).where(waits).values(**values))

    postbox.on_message = leave
    assert (await send(engine, issue_id, 0, servers=[server(postbox.port, connections=1)])).sent == 20
