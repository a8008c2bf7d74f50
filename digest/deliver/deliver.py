"""Sends one issue's outbox: claim, send, settle, until nothing can be sent now.

Several connections work side by side, each with small claims of its own; what became of their messages
is written together, a few milliseconds after each reply.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Engine

from digest.deliver import outbox
from digest.deliver.backoff import pause
from digest.deliver.holders import this_process
from digest.deliver.outbox import Balance, Claimed, Outcome, Wanted
from digest.deliver.transport import ConnectionLost, Envelope, Reply, Transport
from digest.errors import TransportError
from digest.store.models import DeliveryState

logger = logging.getLogger(__name__)

CLAIM = 25
LEASE = timedelta(minutes=15)
# No message is begun so late in its lease that another process could take it over while it is under way.
MARGIN = timedelta(minutes=5)
SETTLE_SECONDS = 0.005
# Messages of one connection that may be begun and not yet settled: what a crash can leave in doubt.
IN_DOUBT = 5
TRIES_TO_CONNECT = 4
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=0.5), timedelta(seconds=30)


async def deliver(
    engine: Engine,
    issue_id: int,
    *,
    write: Callable[[Claimed], Envelope],
    wanted: Wanted,
    connect: Callable[[], Transport],
    clock: Callable[[], datetime],
    random: Random,
    connections: int = 4,
    stop: asyncio.Event | None = None,
    progress: Callable[[Balance], None] | None = None,
) -> Balance:
    """Send what can be sent of the issue now; return the balance.

    ``wanted`` says of a subscriber whether they still want it. ``connect`` gives a new connection.
    When ``stop`` is set, messages under way are finished and the rest stays queued. Deferred deliveries
    that are not due yet are not waited for. Raises TransportError when the mail server cannot be used;
    nothing is lost then.
    """
    outbox.recover(engine, issue_id, now=clock())
    outbox.expire(engine, issue_id, now=clock())
    run = _Run(engine, issue_id, write, wanted, clock, random, stop or asyncio.Event(), progress)
    await run.work(connect, connections)
    outbox.withdraw_if_cancelled(engine, issue_id, now=clock())
    balance = outbox.balance(engine, issue_id)
    if run.failure is not None:
        raise TransportError(f"{run.failure} ({balance.waiting} messages stay queued)") from run.failure
    return balance


class _Run:
    """One process's share in sending one issue."""

    def __init__(
        self,
        engine: Engine,
        issue_id: int,
        write: Callable[[Claimed], Envelope],
        wanted: Wanted,
        clock: Callable[[], datetime],
        random: Random,
        stop: asyncio.Event,
        progress: Callable[[Balance], None] | None,
    ) -> None:
        self.engine, self.issue_id, self.write, self.wanted = engine, issue_id, write, wanted
        self.clock, self.random, self.stop, self.progress = clock, random, stop, progress
        self.holder = this_process()
        self.failure: TransportError | None = None
        self.outcomes: list[Outcome] = []
        self.balance = outbox.balance(engine, issue_id)

    async def work(self, connect: Callable[[], Transport], connections: int) -> None:
        self.room = asyncio.Semaphore(connections * IN_DOUBT)
        done = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._settle_until(done))
                workers = [group.create_task(self._send_claims(connect())) for _ in range(connections)]
                await asyncio.wait(workers)
                done.set()
        except ExceptionGroup as group:
            # What stopped one stopped them all: it is told as if there had been only one.
            raise group.exceptions[0] from group
        finally:
            if self.outcomes:
                await self._settle(self.outcomes)

    async def _send_claims(self, transport: Transport) -> None:
        try:
            while not self._over:
                claimed = await asyncio.to_thread(self._claim)
                if not claimed:
                    return
                await self._send_all(transport, claimed, self.clock() + LEASE - MARGIN)
        finally:
            await transport.close()

    def _claim(self) -> list[Claimed]:
        return outbox.claim(
            self.engine,
            self.issue_id,
            wanted=self.wanted,
            holder=self.holder,
            limit=CLAIM,
            lease=LEASE,
            now=self.clock(),
        )

    async def _send_all(self, transport: Transport, claimed: list[Claimed], deadline: datetime) -> None:
        for place, each in enumerate(claimed):
            if self._over or self.clock() > deadline:
                await self._settle([_again(left, "not begun") for left in claimed[place:]])
                return
            await self.room.acquire()
            try:
                reply = await self._try(transport, self.write(each))
            except TransportError as error:
                self.failure = error
                self.outcomes.append(_again(each, str(error)))
            else:
                self.outcomes.append(self._judge(each, reply))

    async def _try(self, transport: Transport, envelope: Envelope) -> Reply:
        """Send one message, over a new connection when the old one broke; give up after a few."""
        for attempt in range(1, TRIES_TO_CONNECT):
            try:
                return await transport.send(envelope)
            except ConnectionLost as error:
                logger.info("%s; trying again", error)
                wait = pause(attempt, self.random, FIRST_PAUSE, LONGEST_PAUSE)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.stop.wait(), wait.total_seconds())
                if self._over:
                    raise
        return await transport.send(envelope)

    def _judge(self, claimed: Claimed, reply: Reply) -> Outcome:
        outcome = Outcome(
            claimed.id, claimed.subscriber_id, DeliveryState.SENT, str(reply), attempts=claimed.attempts + 1
        )
        if reply.code < 400:
            return outcome
        if reply.code >= 500:
            return replace(outcome, state=DeliveryState.FAILED)
        due = self.clock() + pause(outcome.attempts, self.random)
        return replace(outcome, state=DeliveryState.DEFERRED, due=due)

    async def _settle_until(self, done: asyncio.Event) -> None:
        while not (done.is_set() and not self.outcomes):
            if self.outcomes:
                outcomes, self.outcomes = self.outcomes, []
                await self._settle(outcomes)
                for _ in outcomes:
                    self.room.release()
                self._tell(outcomes)
            await asyncio.sleep(0 if done.is_set() else SETTLE_SECONDS)

    async def _settle(self, outcomes: list[Outcome]) -> None:
        await asyncio.to_thread(outbox.settle, self.engine, outcomes, holder=self.holder, now=self.clock())

    def _tell(self, outcomes: list[Outcome]) -> None:
        counts = Counter(str(outcome.state) for outcome in outcomes if outcome.state != DeliveryState.QUEUED)
        changed = {state: getattr(self.balance, state) + number for state, number in counts.items()}
        self.balance = replace(self.balance, **changed, queued=self.balance.queued - counts.total())
        if self.progress is not None:
            self.progress(self.balance)

    @property
    def _over(self) -> bool:
        return self.failure is not None or self.stop.is_set()


def _again(claimed: Claimed, why: str) -> Outcome:
    """Back into the queue: the message is not to blame."""
    return Outcome(
        claimed.id, claimed.subscriber_id, DeliveryState.QUEUED, why, attempts=claimed.attempts, due=claimed.due
    )
